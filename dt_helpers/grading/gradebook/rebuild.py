"""The notebooks that formgrader shows: the release with the student's solution cells and the grader's verdicts.

Nothing else of a submission is included: no output, markdown or metadata, so no student's script runs in the reader's
browser. Source is shown as source and verdicts are plain text, both escaped by formgrader.
"""

from __future__ import annotations

import copy
from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode, v4

from dt_helpers.grading.places import Places
from dt_helpers.grading.results import PASSED, ExerciseResult, SubmissionResult
from dt_helpers.workspace import replacing


def rebuild(release: NotebookNode, matched: dict, exercises: dict[str, ExerciseResult]) -> NotebookNode:
    """The release's notebook as it was graded.

    `matched` is its `matching.Matched` as a dict, `exercises` the verdicts by grade id of the check cell.
    """
    notebook = copy.copy(release)
    notebook.cells = [copy.copy(cell) for cell in release.cells]
    solutions = matched.get("solutions", {})
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution") and marks.grade_id in solutions:
            cell.source = solutions[marks.grade_id]
        elif marks.get("grade") and cell.cell_type == "code" and marks.grade_id in exercises:
            cell.outputs = [_verdict(exercises[marks.grade_id])]
    if remarks := [*filter(None, [matched.get("unreadable")]), *matched.get("notes", ())]:
        lines = ["# How the submission was read:", *(f"# - {remark}" for remark in remarks)]
        notebook.cells.insert(0, nbformat.v4.new_code_cell("\n".join(lines), id="how-it-was-read"))
    return notebook


def write_autograded(places: Places, result: SubmissionResult) -> None:
    """Write autograded/<student>/<assignment> again, in one rename. Nothing for a student who handed nothing in."""
    if not result.matched:
        return
    with replacing(places.autograded(result.student)) as folder:
        folder.mkdir()
        for path in places.notebooks():
            verdicts = {e.check_id: e for e in result.exercises if e.notebook == path.stem}
            notebook = rebuild(_release(path, path.stat().st_mtime_ns), result.matched.get(path.stem, {}), verdicts)
            (folder / path.name).write_text(v4.writes(notebook) + "\n", encoding="utf-8")


@lru_cache(32)
def _release(path: Path, changed: int) -> NotebookNode:
    """The notebook at `path` as it was when last `changed`."""
    return nbformat.read(path, as_version=4)


def _verdict(exercise: ExerciseResult) -> NotebookNode:
    lines = [f"{exercise.points:g} of {exercise.max_points:g} points: {exercise.status}"]
    if exercise.mistake:
        lines[0] += f" ({exercise.mistake})"
    lines += [exercise.sentence, *exercise.lines, *exercise.remarks, *(f"Hint: {hint}" for hint in exercise.hints)]
    text = "\n".join(filter(None, lines)) + "\n"
    if exercise.status == PASSED:
        return nbformat.v4.new_output("stream", name="stdout", text=text)
    return nbformat.v4.new_output("error", ename=exercise.status, evalue=exercise.sentence, traceback=[text])
