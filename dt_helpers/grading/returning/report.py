"""A class at a glance: scores, the most frequent mistakes in each exercise, similar submissions, open questions."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from dt_helpers.grading.gradebook.marks import Record
from dt_helpers.grading.places import Places
from dt_helpers.grading.release import Task
from dt_helpers.grading.results import ERROR, GRADED, MISSING, NOT_RUN, PARTLY, PASSED, ExerciseResult, SubmissionResult
from dt_helpers.grading.returning import pages, similarity, suspicious, tables
from dt_helpers.workspace import replacing

TITLE = "Decision Transformer: the class"
BINS = 10  # of the histogram


@dataclass(frozen=True)
class Row:
    """An exercise: how many passed, failed or neither; and the mistakes, most frequent first."""

    notebook: str
    exercise: str
    passed: int
    failed: int
    other: int  # not handed in, or not run
    mistakes: list[tuple[str, int, str]]  # slug, how many, the sentence that students read
    discrimination: float | None = None  # correlation with the points for all other exercises, -1 to 1

    @property
    def all(self) -> int:
        return self.passed + self.failed + self.other

    @property
    def share(self) -> float:
        return self.passed / self.all if self.all else 0.0


@dataclass(frozen=True)
class Report:
    """Everything on the page and in the tables."""

    records: list[Record]  # of those with a result
    results: dict[str, SubmissionResult]
    rows: list[Row]
    pairs: list[similarity.Pair]
    flagged: list[tuple[str, str, str]]  # student, exercise, what to look at
    tasks: list[Task]


def make(results: list[SubmissionResult], records: dict[str, Record], tasks: list[Task], places: Places) -> Report:
    """The report on the given results. `records` are the gradebook's students, by id."""
    by_student = {result.student: result for result in results}
    texts = {name: _texts(result) for name, result in by_student.items()}
    known = [records.get(name, Record(name)) for name in sorted(by_student)]
    with_solution = texts | {similarity.SOLUTION: _solution(places)} if texts else {}
    return Report(
        records=known,
        results=by_student,
        rows=sorted((_row(task, results) for task in tasks), key=lambda row: row.share),
        pairs=similarity.compare(with_solution, tasks),
        flagged=[*_flags(results), *_signs(texts, tasks)],
        tasks=tasks,
    )


def page(report: Report) -> str:
    """The report as one HTML page."""
    scores = [record.score for record in report.records if record.score is not None]
    limits = {str(sorted(result.limits.items())): result.limits for result in report.results.values() if result.limits}
    return pages.render(
        "report.html.j2",
        title=TITLE,
        students=len(report.records),
        scores=sorted(scores),
        median=statistics.median(scores) if scores else None,
        most=max((record.max_score for record in report.records), default=0.0),
        bars=_histogram(report),
        rows=report.rows,
        pairs=report.pairs,
        flagged=report.flagged,
        attention=[result for result in report.results.values() if _needs_attention(result)],
        incomplete=sum(any(e.status == MISSING for e in result.exercises) for result in report.results.values()),
        limits=list(limits.values()),
        texts={pair: _side_by_side(report, pair) for pair in report.pairs[:20]},
        names={record.student: record.name for record in report.records},
        marks=sorted(report.records, key=lambda record: (record.last_name, record.name)),
        states={name: result.state for name, result in report.results.items()},
    )


def write(places: Places, report: Report) -> list[Path]:
    """The page and its tables, in the folder of reports: report.html, grades.csv, mistakes.csv, similar.csv."""
    path = places.reports / "report.html"
    with replacing(path) as staged:
        staged.write_text(page(report), encoding="utf-8", errors="replace")
    header = ["student", "first name", "last name", "score", "maximum", "state", "needs a human", "flags"]
    header += [f"{task.notebook}/{task.solution_id}{end}" for task in report.tasks for end in ("", " mistake")]
    return [
        path,
        tables.write(places.reports / "grades.csv", header, [_line(report, record) for record in report.records]),
        tables.write(
            places.reports / "mistakes.csv",
            ["notebook", "exercise", "mistake", "students", "sentence"],
            [(row.notebook, row.exercise, slug, n, text) for row in report.rows for slug, n, text in row.mistakes],
        ),
        tables.write(
            places.reports / "similar.csv",
            ["one", "other", "similarity", "evidence in bits", "exercises"],
            [
                (p.one, p.other, round(p.similarity, 3), round(p.evidence, 1), " ".join(p.exercises))
                for p in report.pairs
            ],
        ),
    ]


def _needs_attention(result: SubmissionResult) -> bool:
    return result.state not in (GRADED, PARTLY) or any(e.status == NOT_RUN for e in result.exercises)


def _row(task: Task, results: list[SubmissionResult]) -> Row:
    own = [e for r in results for e in r.exercises if (e.notebook, e.check_id) == (task.notebook, task.check_id)]
    passed = sum(exercise.status == PASSED for exercise in own)
    other = sum(exercise.status in (MISSING, NOT_RUN) for exercise in own)
    wrong = [exercise for exercise in own if exercise.status not in (PASSED, MISSING, NOT_RUN)]
    return Row(
        task.notebook, task.solution_id, passed, len(wrong), other, _mistakes(wrong), _discrimination(task, results)
    )


def _discrimination(task: Task, results: list[SubmissionResult]) -> float | None:
    """How well passing goes with doing well elsewhere, among those whose exercise was judged."""
    passed, elsewhere = [], []
    for result in results:
        own = next((e for e in result.exercises if (e.notebook, e.check_id) == (task.notebook, task.check_id)), None)
        if own and own.status not in (MISSING, NOT_RUN):
            passed.append(float(own.status == PASSED))
            elsewhere.append(sum(e.points for e in result.exercises) - own.points)
    if len(set(passed)) < 2 or len(set(elsewhere)) < 2:
        return None  # all alike: nothing to tell apart
    return statistics.correlation(passed, elsewhere)


def _mistakes(wrong: list[ExerciseResult]) -> list[tuple[str, int, str]]:
    sentences: dict[str, Counter[str]] = {}
    for exercise in wrong:
        slug = exercise.mistake or ("stopped" if exercise.status == ERROR else "another mistake")
        sentences.setdefault(slug, Counter())[exercise.sentence] += 1
    counted = [(s, sum(own.values()), pages.without_paths(own.most_common(1)[0][0])) for s, own in sentences.items()]
    return sorted(counted, key=lambda entry: (-entry[1], entry[0]))


def _texts(result: SubmissionResult) -> dict[str, str]:
    """Solution cell -> the student's text."""
    return {
        solution: text
        for matched in result.matched.values()
        for solution, text in matched.get("solutions", {}).items()
        if matched["how"].get(solution) != "missing"
    }


def _solution(places: Places) -> dict[str, str]:
    """The course's own answers, which students can find if the course is published."""
    import nbformat

    texts = {}
    for path in sorted(places.tree.solutions.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                texts[cell.metadata.nbgrader.grade_id] = cell.source
    return texts


def _flags(results: list[SubmissionResult]) -> list[tuple[str, str, str]]:
    return [(result.student, "", flag) for result in results for flag in result.flags]


def _signs(texts: dict[str, dict[str, str]], tasks: list[Task]) -> list[tuple[str, str, str]]:
    return [
        (student, task.solution_id, sign)
        for student, own in sorted(texts.items())
        for task in tasks
        for sign in suspicious.signs(own.get(task.solution_id, ""))
    ]


def _line(report: Report, record: Record) -> list:
    result = report.results[record.student]
    verdicts = {(exercise.notebook, exercise.check_id): exercise for exercise in result.exercises}
    line = [record.student, record.first_name, record.last_name, record.score, record.max_score, result.state]
    line += ["yes" if record.waiting else "", "; ".join(result.flags)]
    for task in report.tasks:
        key = task.notebook, task.check_id
        line += [record.marks[key].score if key in record.marks else None]
        line += [verdicts[key].mistake or "" if key in verdicts else ""]
    return line


def _histogram(report: Report) -> list[tuple[str, int, float]]:
    """(label, how many, height from 0 to 1) for tenths of the points."""
    shares = [r.score / r.max_score for r in report.records if r.score is not None and r.max_score]
    counts = Counter(min(int(share * BINS), BINS - 1) for share in shares)
    highest = max(counts.values(), default=1)
    return [(f"{100 * i // BINS}–{100 * (i + 1) // BINS}%", counts[i], counts[i] / highest) for i in range(BINS)]


def _side_by_side(report: Report, pair: similarity.Pair) -> list[tuple[str, str]]:
    """The two texts of the exercise with most in common; for the course's solution, only the student's."""
    exercise = pair.exercises[0]
    found = []
    for name in (pair.one, pair.other):
        if name in report.results:
            found.append((name, _texts(report.results[name]).get(exercise, "")))
    return found
