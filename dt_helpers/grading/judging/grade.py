"""Grade all submissions: many in parallel, each result saved immediately, so that a stopped run can continue.

submitted ─▶ match ─▶ job ─▶ a worker's sandbox and checks ─▶ result ─▶ store ─▶ on_result (gradebook)
             (here)          (a Dask worker)                            (here)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console

from dt_helpers.authoring import CourseError
from dt_helpers.grading import release, sandbox
from dt_helpers.grading.judging import beside, depending, fingerprints
from dt_helpers.grading.judging.progress import Progress
from dt_helpers.grading.judging.scheduling import Failed, is_open, run
from dt_helpers.grading.judging.worker import Done, Job, close, work
from dt_helpers.grading.matching import Matched, match
from dt_helpers.grading.places import Places
from dt_helpers.grading.release import Task
from dt_helpers.grading.results import (
    GRADED,
    MISSING,
    NOT_RUN,
    PARTLY,
    UNREADABLE,
    ExerciseResult,
    Store,
    SubmissionResult,
    seed,
)
from dt_helpers.grading.sandbox import view
from dt_helpers.grading.sandbox.limits import Limits

EVERYONE = "all"
UNPROTECTED = "[bold red]No sandbox:[/] the students' code can read and write {} files while it is graded."
OPEN = (
    "[bold red]No certificates:[/] anyone who can reach {scheduler} can run code on its workers. Set up certificates "
    "for it and its workers (docs/sandbox.md), and pass a tls:// address here."
)


@dataclass
class Summary:
    """What a run did."""

    kept: int = 0  # results that were still valid
    states: Counter = field(default_factory=Counter)  # of the submissions graded in this run
    scores: list[float] = field(default_factory=list)  # of all submissions that have one, including kept ones
    max_score: float = 0.0
    wanted: Collection[str] = ()  # the notebooks to grade
    waiting: list[tuple[str, str]] = field(default_factory=list)  # who needs an instructor, and why
    changed: list[tuple[str, ExerciseResult, ExerciseResult]] = field(default_factory=list)  # by a regrade: was, is

    @property
    def done(self) -> int:
        return self.kept + self.states.total()

    def count(self, result: SubmissionResult, kept: bool) -> None:
        self.kept += kept
        self.states[result.state] += not kept
        if result.score is not None:
            self.scores.append(result.score)
        stuck = [one for one in result.exercises if one.status == NOT_RUN and one.notebook in self.wanted]
        if stuck and result.state != MISSING:
            reasons = dict.fromkeys(f"{one.notebook}: {one.sentence}" for one in stuck)
            self.waiting.append((result.student, " ".join(reasons)))

    def compare(self, earlier: SubmissionResult | None, result: SubmissionResult) -> None:
        """Note the verdicts that a regrade has replaced by others."""
        new = result.before[len(earlier.before) if earlier else 0 :]
        now = {one.check_id: one for one in result.exercises}
        self.changed += [(result.student, one, now[one.check_id]) for one in new if one.check_id in now]

    def __str__(self) -> str:
        parts = [f"{count} {state}" for state, count in self.states.items() if count]
        parts += [f"{self.kept} as before"] if self.kept else []
        if self.scores:
            parts.append(f"mean {sum(self.scores) / len(self.scores):.1f} of {self.max_score:g}")
        return ", ".join(parts) or "nothing yet"


def grade(
    places: Places,
    *,
    students: Collection[str] | None = None,
    jobs: int | None = None,
    scheduler: str | None = None,
    resume: bool = True,
    only: Collection[str] = (),
    regrade: Collection[str] = (),
    sandbox_kind: str = sandbox.BUBBLEWRAP,
    limits: Limits | None = None,
    console: Console | None = None,
    on_result: Callable[[SubmissionResult], None] | None = None,
) -> Summary:
    """Grade the submissions, with a progress bar.

    `students`: names, default all who handed something in; others that are named are recorded as missing.
    `jobs`: submissions in parallel on this machine, default one per core, 0 for no other process than this; or
    `scheduler`, a Dask cluster's address.
    `resume` keeps results whose submission, release and grader are unchanged; `regrade` names students (or "all") for
    whom nothing is kept but, in `before`, the verdicts that became others. `only` names notebooks or exercises: for the
    others, earlier verdicts are kept, or they are "not run".
    `on_result` is called in this process with each new result, after it was stored.

    Raises SandboxUnavailable without bubblewrap, CourseError for a release that can't be graded, ValueError for a
    notebook or an exercise in `only` that does not exist. Every submission gets a result, whatever it contains.
    """
    if scheduler is None:
        sandbox.check(sandbox_kind)
        if sandbox_kind == sandbox.BUBBLEWRAP and (place := view.holding(places.root)):
            raise CourseError(
                f"The course is in {place}, a folder of Python's, so students' code would see it: move the course "
                "elsewhere."
            )
    console = console or Console(quiet=True)
    limits = limits or Limits()
    if sandbox_kind == sandbox.LIMITS:
        console.print(UNPROTECTED.format(f"the account {limits.account}'s" if limits.account else "your"))
    if scheduler is not None and is_open(scheduler):
        console.print(OPEN.format(scheduler=scheduler))
    course = _Course(places, only, sandbox_kind, limits)
    store = Store(places.results)
    summary = Summary(max_score=sum(task.points for task in course.tasks), wanted=course.wanted)
    names = sorted(places.students() if students is None else set(students))

    def finish(result: SubmissionResult) -> None:
        store.put(result)
        if on_result:
            on_result(result)
        summary.count(result, kept=False)
        progress.step(str(summary), result.student)

    def prepared() -> Iterator[tuple[_Submission, Job]]:
        """The submissions with something to run; the others are finished along the way."""
        for name in names:
            submission = _Submission(course, name, store.get(name))
            keep = resume and not {name, EVERYONE} & set(regrade)
            if keep and submission.earlier is not None and submission.is_settled():
                summary.count(submission.earlier, kept=True)
                progress.step(str(summary))
                continue
            job = submission.job(store.key(), keep)
            if job.tasks:
                progress.begin(name)
                yield submission, job
            else:
                finish(submission.result(None))

    with Progress(console, len(names)) as progress:
        for submission, outcome in run(prepared(), work, close=close, jobs=jobs, scheduler=scheduler):
            result = submission.result(outcome)
            summary.compare(submission.previous, result)
            finish(result)
    return summary


class _Course:
    """What all submissions share."""

    def __init__(self, places: Places, only: Collection[str], kind: str, limits: Limits):
        self.places, self.kind, self.limits = places, kind, limits
        paths = places.notebooks()
        self.releases = release.read(paths)
        self.tasks = [task for one in self.releases.values() for task in one.tasks if task.check]
        self.exercises = {task.check_id for task in self.tasks if task.solution_id in only}
        if unknown := set(only) - self.releases.keys() - {task.solution_id for task in self.tasks}:
            there = ", ".join([*self.releases, *(task.solution_id for task in self.tasks)])
            raise ValueError(f"There is no notebook or exercise {', '.join(sorted(unknown))}. Choose from {there}.")
        self.graded = list(dict.fromkeys(task.notebook for task in self.tasks))
        self.imports = tuple(dict.fromkeys(line for task in self.tasks for line in task.imports))
        self.whole = set(only) & self.releases.keys() if only else set(self.graded)
        self.wanted = self.whole | {task.notebook for task in self.tasks if task.check_id in self.exercises}
        rules = f"{kind} {limits.cell_seconds}"
        self.fingerprint = fingerprints.joined(fingerprints.of_files(paths), fingerprints.of_the_grader(), rules)


class _Submission:
    """One student's submission, from the files handed in to the result."""

    def __init__(self, course: _Course, student: str, earlier: SubmissionResult | None):
        self.course, self.student = course, student
        self.files = {stem: course.places.submitted(student) / f"{stem}.ipynb" for stem in course.graded}
        self.fingerprint = fingerprints.joined(course.fingerprint, fingerprints.of_files(self._read()))
        self.previous = earlier
        self.regraded = False
        self.earlier = earlier if earlier and earlier.fingerprint == self.fingerprint else None
        self.matched: dict[str, Matched] = {}
        self.kept: dict[str, ExerciseResult] = {}

    def _read(self) -> list[Path]:
        return [*self.files.values(), *beside.paths(self.course.places.submitted(self.student))]

    def is_settled(self) -> bool:
        """Whether everything requested has already been graded, as far as it can be read."""
        if self.earlier is None:
            return False
        unreadable = {stem for stem, found in self.earlier.matched.items() if found["unreadable"]}
        wanted = self.course.wanted - unreadable
        return all(one.status != NOT_RUN for one in self.earlier.exercises if one.notebook in wanted)

    def job(self, key: bytes, keep: bool) -> Job:
        """What to run; with `keep`, except what was already run. A notebook is judged as a whole, as exercises build
        on one another, even if the verdict on only one of them is wanted."""
        self.regraded = not keep
        for stem, path in self.files.items():
            if path.is_symlink() or path.exists():
                self.matched[stem] = match(self.course.releases[stem], path)
        known = self.earlier.exercises if self.earlier else ()
        again = {one.notebook for one in known if one.status == NOT_RUN or not keep} & self.course.wanted
        for one in known:
            if one.status != NOT_RUN and not (one.notebook in again and self._is_wanted(one)):
                self.kept[one.check_id] = one
        readable = {stem: found for stem, found in self.matched.items() if found.unreadable is None}
        todo = tuple(
            task
            for task in self.course.tasks
            if task.notebook in readable.keys() & self.course.wanted
            and any(one.check_id not in self.kept for one in self.course.tasks if one.notebook == task.notebook)
        )
        seeds = {t.check_id: seed(key, self.student, t.notebook, t.check_id, self.fingerprint) for t in todo}
        scripts = {stem: found.script for stem, found in readable.items()}
        course = self.course
        texts = [text for script in scripts.values() for _, text in script.cells]
        own = beside.read(course.places.submitted(self.student), texts)
        return Job(self.student, todo, scripts, seeds, course.imports, course.kind, course.limits, own)

    def result(self, outcome: Done | Failed | None) -> SubmissionResult:
        """The result so far."""
        new = {one.check_id: one for one in outcome.exercises} if isinstance(outcome, Done) else {}
        failure = f"The grader failed: {outcome.reason}" if isinstance(outcome, Failed) else ""
        exercises = tuple(
            self.kept.get(task.check_id) or new.get(task.check_id) or self._not_judged(task, failure)
            for task in self.course.tasks
        )
        done = outcome if isinstance(outcome, Done) else None
        earlier = self.earlier
        return SubmissionResult(
            student=self.student,
            assignment=self.course.places.assignment,
            state=self._state(exercises),
            reason=self._reason(exercises),
            exercises=exercises,
            matched={stem: _without(asdict(found), "notebook", "script") for stem, found in self.matched.items()},
            flags=tuple(sorted({*(done.flags if done else ()), *(earlier.flags if earlier else ())})),
            limits=done.in_force if done else earlier.limits if earlier else {},
            fingerprint=self.fingerprint,
            seconds=done.seconds if done else 0.0,
            before=self._before(exercises),
        )

    def _is_wanted(self, one: ExerciseResult) -> bool:
        return one.notebook in self.course.whole or one.check_id in self.course.exercises

    def _before(self, exercises: Sequence[ExerciseResult]) -> tuple[ExerciseResult, ...]:
        """The verdicts that regrades replaced by others."""
        if self.previous is None:
            return ()
        now = {one.check_id: (one.status, one.points, one.mistake) for one in exercises}
        other = [
            one
            for one in self.previous.exercises
            if self.regraded and now.get(one.check_id, ()) != (one.status, one.points, one.mistake)
        ]
        return (*self.previous.before, *other)

    def _not_judged(self, task: Task, failure: str) -> ExerciseResult:
        found = self.matched.get(task.notebook)
        status, sentence = NOT_RUN, failure or f"{task.notebook} has not been graded yet."
        if found is None:
            status, sentence = MISSING, f"{task.notebook}.ipynb was not handed in."
        elif found.unreadable:
            sentence = found.unreadable
        return ExerciseResult(task.notebook, task.check_id, 0.0, task.points, status, sentence=sentence)

    def _state(self, exercises: Sequence[ExerciseResult]) -> str:
        if not self.matched:
            return MISSING
        if all(found.unreadable for found in self.matched.values()):
            return UNREADABLE
        return PARTLY if any(one.status in (MISSING, NOT_RUN) for one in exercises) else GRADED

    def _reason(self, exercises: Sequence[ExerciseResult]) -> str:
        if not self.matched:
            return "Nothing was handed in."
        open_ = [one for one in exercises if one.status in (MISSING, NOT_RUN)]
        told = (f"{one.notebook}: {depending.for_the_instructor(one.sentence)}" for one in open_)
        return " ".join(dict.fromkeys(told))


def _without(fields: dict, *names: str) -> dict:
    return {key: value for key, value in fields.items() if key not in names}
