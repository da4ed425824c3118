"""The output of grading: a verdict on each exercise, the result of a submission, and the folder that stores them.

A result is one JSON file per student, written by rename as soon as it is known, so a killed run loses nothing.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from dt_helpers.workspace import replacing

PASSED, FAILED, ERROR, NOT_RUN, MISSING = "passed", "failed", "error", "not run", "missing"
GRADED, PARTLY, UNREADABLE = "graded", "partly", "unreadable"  # and MISSING: states of a whole submission


@dataclass(frozen=True)
class ExerciseResult:
    """The verdict on one check cell.

    `status` is "passed"; "failed" if the check failed; "error" if there was nothing to check, because the student's
    cell stopped, hung or used too much; "not run" if the grader could not do its work, which is not the same as zero;
    "missing" if the notebook was not handed in.
    """

    notebook: str  # "04_model"
    check_id: str  # grade id of the check cell: "check_stack_inputs"
    points: float
    max_points: float
    status: str
    mistake: str | None = None  # a slug from the checks' catalogue
    sentence: str = ""  # what is right or wrong, for the student
    hints: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()  # the student's own lines on the way to an exception, the innermost last
    seconds: float = 0.0
    remarks: tuple[str, ...] = ()  # what was set aside or lent while it was judged


@dataclass(frozen=True)
class SubmissionResult:
    """Everything known about one submission.

    `state` is "graded"; "partly" if an exercise is missing or was not run; "unreadable" if no notebook could be read;
    "missing" if there is none. The last two have no score.
    """

    student: str
    assignment: str
    state: str
    reason: str = ""  # why not everything was graded, in words
    exercises: tuple[ExerciseResult, ...] = ()
    matched: dict = field(default_factory=dict)  # notebook -> {"how": {solution id: how}, "notes": [...]}
    flags: tuple[str, ...] = ()  # what an instructor should look at: "library model" ...
    limits: dict = field(default_factory=dict)  # what the student's code ran under
    fingerprint: str = ""  # of the submission's bytes, the release and the grader
    seconds: float = 0.0
    before: tuple[ExerciseResult, ...] = ()  # verdicts that a regrade replaced by other ones, the oldest first

    @property
    def score(self) -> float | None:
        """Points, or None if nothing was graded."""
        if self.state in (UNREADABLE, MISSING):
            return None
        return sum(exercise.points for exercise in self.exercises)

    @property
    def lacking(self) -> bool:
        """Whether some notebooks, but not all, were not handed in."""
        return self.score is not None and any(exercise.status == MISSING for exercise in self.exercises)

    @property
    def max_score(self) -> float:
        return sum(exercise.max_points for exercise in self.exercises)

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> SubmissionResult:
        """Raises ValueError for a text that is not a result."""
        try:
            fields = json.loads(text)
            exercises = tuple(map(_exercise, fields.pop("exercises")))
            before = tuple(map(_exercise, fields.pop("before", ())))
            return cls(**(fields | {"exercises": exercises, "before": before, "flags": tuple(fields["flags"])}))
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"This is not the result of a submission: {error}") from None


def _exercise(fields: dict) -> ExerciseResult:
    if "grade_id" in fields:  # its name in earlier results
        fields["check_id"] = fields.pop("grade_id")
    return ExerciseResult(**(fields | {name: tuple(fields.get(name, ())) for name in ("hints", "lines", "remarks")}))


class Store:
    """The results in a folder: `<student>.json`, and a key that only the grader knows."""

    def __init__(self, folder: Path | str):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def get(self, student: str) -> SubmissionResult | None:
        """The student's result; None, as if not graded, if there is none or the file is not a result."""
        try:
            return SubmissionResult.from_json(self._path(student).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def put(self, result: SubmissionResult) -> None:
        with replacing(self._path(result.student)) as staged:
            staged.write_text(result.to_json(), encoding="utf-8")

    def all(self) -> Iterator[SubmissionResult]:
        """In the order of the students' names."""
        for path in sorted(self.folder.glob("*.json")):
            if (result := self.get(path.stem)) is not None:
                yield result

    def key(self) -> bytes:
        """Made once per folder. The inputs of the checks are drawn from it: the same when a run continues, and unknown
        to students."""
        path = self.folder / "key"
        if not path.exists():
            with replacing(path) as staged:
                staged.touch(mode=0o600)
                staged.write_bytes(secrets.token_bytes(32))
        return path.read_bytes()

    def _path(self, student: str) -> Path:
        if Path(student).name != student or student in ("", ".."):
            raise ValueError(f"A student's name must be usable as a file name; {student!r} is not.")
        return self.folder / f"{student}.json"


def seed(key: bytes, *names: str) -> int:
    """A 32-bit seed for the inputs of one check, from the grader's key and the names of student, exercise and so on."""
    text = "\0".join(names).encode("utf-8", "surrogateescape")
    return int.from_bytes(hashlib.blake2b(text, key=key, digest_size=4).digest(), "big")
