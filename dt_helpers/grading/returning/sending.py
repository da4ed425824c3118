"""Archives of feedback to upload to platforms, each page named so that the platform finds its student."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from dt_helpers.grading.collecting.naming import Student
from dt_helpers.grading.places import Places
from dt_helpers.grading.returning.feedback import FILE
from dt_helpers.workspace import replacing

_MOODLE_REFUSES = re.compile(r"[\x00-\x1f\x7f&<>\"`|':\\/_~]")


@dataclass(frozen=True)
class Sent:
    """An archive, and the students whose pages it lacks."""

    path: Path
    sent: int
    others: list[str]  # from another platform
    unknown: list[str]  # the platform's own number is unknown
    unchecked: list[str] = field(default_factory=list)  # no worksheet told whether the number is a group's


def write(platform: str, places: Places, names: list[str], students: dict[str, Student]) -> Sent:
    """Write grading/feedback_<platform>.zip with the existing pages of the students `names`."""
    files: dict[str, Path] = {}
    others: list[str] = []
    unknown: list[str] = []
    unchecked: list[str] = []
    for name in names:
        student = students.get(name)
        if student is None or student.lms.lower() != platform:
            others.append(name)
        elif called := _NAMES[platform](student):
            files |= dict.fromkeys(called, places.feedback(name) / FILE)
            unchecked += [name] if platform == "moodle" and not (student.members or student.slip) else []
        else:
            unknown.append(name)
    path = places.reports / f"feedback_{platform}.zip"
    with replacing(path) as staged, zipfile.ZipFile(staged, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, page in sorted(files.items()):
            archive.write(page, place)
    return Sent(path, len(files), others, unknown, unchecked)


def _moodle(student: Student) -> list[str]:
    """For "Upload multiple feedback files in a zip": name_number_assignfeedback_file_feedback.html.

    moodle/moodle mod/assign/feedback/file/importziplib.php splits it at "_" and reads the second part as the
    participant's number; each member of a group has a page.
    """
    people = student.members or ((student.name, student.lms_id),)  # a group's own number is no participant's
    return [
        f"{_MOODLE_REFUSES.sub(' ', name).lstrip(' .').rstrip() or 'student'}_{number}_assignfeedback_file_{FILE}"
        for name, number in people
        if number.isdigit()
    ]


def _canvas(student: Student) -> list[str]:
    """For "Upload Submissions": the first two parts that are numbers are the user's and the attachment's.

    instructure/canvas-lms app/models/assignment.rb, infer_comment_context_from_filename: a file with the number of an
    attachment of the submission becomes a comment on it. In anonymous grading "anon" and the student's mark stand in
    place of the user's number.
    """
    return [f"{student.slip}_{FILE}"] if student.slip else []


_NAMES = {"moodle": _moodle, "canvas": _canvas}
