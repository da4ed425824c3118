"""Grades all submissions: many at once, each result written when it is known, so that a run can be stopped and go on.

submitted ─▶ match ─▶ job ─▶ a worker's sandbox and checks ─▶ result ─▶ store ─▶ on_result (gradebook)
             (here)          (a Dask worker)                            (here)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field

from rich.console import Console

from dt_helpers.authoring import CourseError
from dt_helpers.authoring.tree import ASSIGNMENT
from dt_helpers.grading import release, sandbox
from dt_helpers.grading.judging import fingerprints
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
OPEN = (
    "[bold red]No certificates:[/] whoever can reach {scheduler} can run code on its workers. Give the scheduler and "
    "its workers some (docs/sandbox.md), and a tls:// address here."
)


@dataclass
class Summary:
    """What a run did."""

    kept: int = 0  # results that were still good
    states: Counter = field(default_factory=Counter)  # of the submissions that were graded now
    scores: list[float] = field(default_factory=list)  # of all that have one, the kept ones too
    max_score: float = 0.0

    @property
    def done(self) -> int:
        return self.kept + self.states.total()

    def count(self, result: SubmissionResult, kept: bool) -> None:
        self.kept += kept
        self.states[result.state] += not kept
        if result.score is not None:
            self.scores.append(result.score)

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
    """Grades what has been submitted, and says in a bar how far it is.

    `students`: names, default everyone who handed something in; a name that did not is recorded as missing.
    `jobs`: submissions at a time on this machine, default one a core; or `scheduler`, the address of a Dask cluster.
    `resume` keeps results whose submission, release and grader are the same; `regrade` names students (or "all") for
    whom nothing is kept. `only` names notebooks: of the others, earlier verdicts are kept, or they are "not run".
    `on_result` is called in this process with each new result, after it was stored.

    Raises SandboxUnavailable where there is no bubblewrap, CourseError for a release that can't be graded, ValueError
    for a notebook in `only` that does not exist. Whatever a submission is, it gets a result.
    """
    if scheduler is None:
        sandbox.check(sandbox_kind)
        if sandbox_kind == sandbox.BUBBLEWRAP and (place := view.holding(places.root)):
            raise CourseError(
                f"The course is in {place}, which belongs to Python, so the students' code would see it: move the "
                "course elsewhere."
            )
    console = console or Console(quiet=True)
    if sandbox_kind == sandbox.LIMITS:
        console.print("[bold red]No sandbox:[/] the students' code can read and write your files while it is graded.")
    if scheduler is not None and is_open(scheduler):
        console.print(OPEN.format(scheduler=scheduler))
    course = _Course(places, only, sandbox_kind, limits or Limits())
    store = Store(places.results)
    summary = Summary(max_score=sum(task.points for task in course.tasks))
    names = sorted(places.students() if students is None else set(students))

    def finish(result: SubmissionResult) -> None:
        store.put(result)
        if on_result:
            on_result(result)
        summary.count(result, kept=False)
        progress.step(str(summary))

    def prepared() -> Iterator[tuple[_Submission, Job]]:
        """Those for whom there is something to run; the others are finished on the way."""
        for name in names:
            submission = _Submission(course, name, store.get(name))
            keep = resume and not {name, EVERYONE} & set(regrade)
            if keep and submission.earlier is not None and submission.is_settled():
                summary.count(submission.earlier, kept=True)
                progress.step(str(summary))
                continue
            job = submission.job(store.key(), keep)
            if job.tasks:
                yield submission, job
            else:
                finish(submission.result(None))

    with Progress(console, len(names)) as progress:
        for submission, outcome in run(prepared(), work, close=close, jobs=jobs, scheduler=scheduler):
            finish(submission.result(outcome))
    return summary


class _Course:
    """What is the same for all submissions."""

    def __init__(self, places: Places, only: Collection[str], kind: str, limits: Limits):
        self.places, self.kind, self.limits = places, kind, limits
        paths = places.notebooks()
        self.releases = release.read(paths)
        if unknown := set(only) - self.releases.keys():
            there = ", ".join(self.releases)
            raise ValueError(f"There is no notebook {', '.join(sorted(unknown))}. There are: {there}.")
        self.tasks = [task for one in self.releases.values() for task in one.tasks if task.check]
        self.graded = list(dict.fromkeys(task.notebook for task in self.tasks))
        self.imports = tuple(dict.fromkeys(line for task in self.tasks for line in task.imports))
        self.wanted = set(only) or set(self.graded)
        rules = f"{kind} {limits.cell_seconds}"
        self.fingerprint = fingerprints.joined(fingerprints.of_files(paths), fingerprints.of_the_grader(), rules)


class _Submission:
    """One student's, from what was handed in to what is known about it."""

    def __init__(self, course: _Course, student: str, earlier: SubmissionResult | None):
        self.course, self.student = course, student
        self.files = {stem: course.places.submitted(student) / f"{stem}.ipynb" for stem in course.graded}
        self.fingerprint = fingerprints.joined(course.fingerprint, fingerprints.of_files(self.files.values()))
        self.earlier = earlier if earlier and earlier.fingerprint == self.fingerprint else None
        self.matched: dict[str, Matched] = {}
        self.kept: dict[str, ExerciseResult] = {}

    def is_settled(self) -> bool:
        """Whether all that is wanted has been graded already, as far as it can be read."""
        if self.earlier is None:
            return False
        unreadable = {stem for stem, found in self.earlier.matched.items() if found["unreadable"]}
        wanted = self.course.wanted - unreadable
        return all(one.status != NOT_RUN for one in self.earlier.exercises if one.notebook in wanted)

    def job(self, key: bytes, keep: bool) -> Job:
        """What is to be run; `keep`: but for what was run already."""
        for stem, path in self.files.items():
            if path.is_symlink() or path.exists():
                self.matched[stem] = match(self.course.releases[stem], path)
        known = self.earlier.exercises if self.earlier else ()
        again = {one.notebook for one in known if one.status == NOT_RUN or not keep} & self.course.wanted
        for one in known:  # a notebook is judged as a whole: exercises build on one another
            if one.status != NOT_RUN and one.notebook not in again:
                self.kept[one.check_id] = one
        readable = {stem: found for stem, found in self.matched.items() if found.unreadable is None}
        todo = tuple(
            task
            for task in self.course.tasks
            if task.notebook in readable.keys() & self.course.wanted and task.check_id not in self.kept
        )
        seeds = {t.check_id: seed(key, self.student, t.notebook, t.check_id, self.fingerprint) for t in todo}
        scripts = {stem: found.script for stem, found in readable.items()}
        course = self.course
        return Job(self.student, todo, scripts, seeds, course.imports, course.kind, course.limits)

    def result(self, outcome: Done | Failed | None) -> SubmissionResult:
        """All that is known now."""
        new = {one.check_id: one for one in outcome.exercises} if isinstance(outcome, Done) else {}
        failure = f"The grader failed: {outcome.reason}" if isinstance(outcome, Failed) else ""
        exercises = tuple(
            new.get(task.check_id) or self.kept.get(task.check_id) or self._not_judged(task, failure)
            for task in self.course.tasks
        )
        done = outcome if isinstance(outcome, Done) else None
        earlier = self.earlier
        return SubmissionResult(
            student=self.student,
            assignment=ASSIGNMENT,
            state=self._state(exercises),
            reason=self._reason(exercises),
            exercises=exercises,
            matched={stem: _without(asdict(found), "notebook", "script") for stem, found in self.matched.items()},
            flags=tuple(sorted({*(done.flags if done else ()), *(earlier.flags if earlier else ())})),
            limits=done.in_force if done else earlier.limits if earlier else {},
            fingerprint=self.fingerprint,
            seconds=done.seconds if done else 0.0,
        )

    def _not_judged(self, task: Task, failure: str) -> ExerciseResult:
        found = self.matched.get(task.notebook)
        status, sentence = NOT_RUN, failure or f"{task.notebook} was not graded yet."
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
        return " ".join(dict.fromkeys(f"{one.notebook}: {one.sentence}" for one in open_))


def _without(fields: dict, *names: str) -> dict:
    return {key: value for key, value in fields.items() if key not in names}
