"""The verbs of grading on the command line, for instructors. What they need is imported when they run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dt_helpers.grading.choices import DatabaseOption, Platform, Returning, Sandbox, StudentsArgument
from dt_helpers.options import a_file, optional


def collect(
    sources: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Downloads of platforms, one by one; folders, notebooks. None: show what is there already.",
            show_default=False,
        ),
    ] = None,
    student: Annotated[str | None, optional(help="Whose they are, if the files' names don't say it.")] = None,
    roster: Annotated[
        Path | None,
        a_file("The class as the platform exports it (CSV): settles names, and tells who handed in nothing."),
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Collect submissions, and say what was matched how.

    A download is read as its platform lays it out: Canvas, Moodle, Google Classroom, D2L, Blackboard, Gradescope,
    Sakai, ILIAS, Schoology, GitHub Classroom, nbgrader; else by folders and by names such as ada_02_dataset.ipynb. The
    last attempt counts. Whose a file is, or which of two counts, is never guessed: the table asks.

    \b
    Examples:
      dt-course collect submissions.zip
      dt-course collect submissions.zip --roster gradebook.csv
      dt-course collect --student ada "Copy of 02_dataset.ipynb"
    """
    from dt_helpers.grading.collecting import collect as collecting
    from dt_helpers.grading.collecting import roster as students_file
    from dt_helpers.grading.gradebook.recorder import Recorder
    from dt_helpers.grading.places import Places
    from dt_helpers.grading.returning import terminal

    places = Places.find(db_url=database)
    collected = collecting.collect(places, sources, student, roster) if sources else collecting.survey(places, roster)
    if collected.students and sources:
        with Recorder(places) as recorder:
            recorder.enrol(collected.students.values())
        students_file.add(places, collected.students.values())
    terminal.collected(collected, places.reports / terminal.FILE if sources else None)
    raise typer.Exit(0 if collected.rows else 1)


def grade(
    students: StudentsArgument = None,
    jobs: Annotated[
        int | None,
        optional(min=1, help="How many at once. Default: as many as there are cores."),
    ] = None,
    scheduler: Annotated[
        str | None,
        optional(metavar="ADDRESS", help="A Dask scheduler to use: tls://host:8786."),
    ] = None,
    resume: Annotated[
        bool, typer.Option(help="Keep the results of submissions that did not change, or grade all anew (--no-resume).")
    ] = True,
    only: Annotated[
        list[str] | None,
        optional(help="A notebook to grade, such as 04_model; may be given again."),
    ] = None,
    regrade: Annotated[
        list[str] | None,
        optional(metavar="STUDENT", help="Grade this student anew, or all; may be given again."),
    ] = None,
    sandbox: Annotated[
        Sandbox, typer.Option(help="What students' code runs in; limits alone do not isolate it.")
    ] = Sandbox.bubblewrap,
    cell_seconds: Annotated[
        int,
        typer.Option(
            min=1, help="Seconds of the processor for each cell above a check; one that takes longer is set aside."
        ),
    ] = 5,
    database: DatabaseOption = None,
) -> None:
    """Grade what was collected, unattended.

    Each result is kept when it is known: a run that was stopped goes on where it was. Scores are in the gradebook, and
    formgrader shows them.

    \b
    Examples:
      dt-course grade
      dt-course grade --jobs 4 --only 04_model
      dt-course grade --regrade ada
      dt-course grade --cell-seconds 30
      dt-course grade --scheduler tls://10.0.0.7:8786
    """
    from dt_helpers.grading.judging import scheduling
    from dt_helpers.grading.places import Places

    places = Places.find(db_url=database)
    _check_names(places, {*(students or ()), *(regrade or ())})
    if scheduler is None:
        scheduling.warm_up()  # while this process imports as well, and opens the gradebook

    from rich.console import Console

    from dt_helpers.grading.gradebook.rebuild import write_autograded
    from dt_helpers.grading.gradebook.recorder import Recorder
    from dt_helpers.grading.judging import grade as grading
    from dt_helpers.grading.results import Store
    from dt_helpers.grading.sandbox.limits import Limits

    with Recorder(places) as recorder:

        def keep(result) -> None:
            recorder.record(result)
            write_autograded(places, result)

        summary = grading.grade(
            places,
            students=students or None,
            jobs=jobs,
            scheduler=scheduler,
            resume=resume,
            only=only or (),
            regrade=regrade or (),
            sandbox_kind=sandbox.value,
            limits=Limits(cell_seconds=cell_seconds),
            console=Console(),
            on_result=keep,
        )
        for result in recorder.catch_up(Store(places.results).all()):
            write_autograded(places, result)
    print(f"{summary}. The scores are in the gradebook; next: dt-course feedback, dt-course report")


def _check_names(places, names: set[str]) -> None:
    """Raises ValueError when nothing was handed in at all, or not by one of these students."""
    there = places.students()
    if not there:
        raise ValueError("Nothing was handed in yet: run `dt-course collect` first.")
    if unknown := names - {*there, "all"}:
        raise ValueError(
            f"Nothing was handed in by {', '.join(sorted(unknown))}. Students are called as their folders in "
            f"{places.steps['submitted']}/ are; `dt-course collect` lists them."
        )


def feedback(
    students: StudentsArgument = None,
    platform: Annotated[
        Returning | None,
        optional("--for", help="Also make the archive that this platform takes back."),
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Make a page for each student.

    The pages are feedback/<student>/decision_transformer/feedback.html, with the scores as they are in the gradebook
    now: an instructor's changes and comments are in them. `nbgrader release_feedback` takes them from there; for Moodle
    ("Upload multiple feedback files in a zip") and Canvas ("Upload Submissions") there is an archive of them.

    \b
    Examples:
      dt-course feedback
      dt-course feedback ada
      dt-course feedback --for moodle
    """
    from dt_helpers.grading.collecting import roster
    from dt_helpers.grading.returning import feedback as pages
    from dt_helpers.grading.returning import sending, terminal

    places, results, records, tasks = _everything(database, students)
    for result in results:
        if result.student in records:
            pages.write(places, result, records[result.student], tasks)
    print(f"{len(results)} pages, such as {places.feedback(results[0].student) / pages.FILE}")
    if platform:
        names = [result.student for result in results if result.student in records]
        terminal.sent(sending.write(platform.value, places, names, roster.read(places)), platform.value.title())


def report(database: DatabaseOption = None) -> None:
    """Make the instructor's report.

    It is grading/report.html, with tables beside it: scores, the most frequent mistakes of each exercise, similar
    submissions, and what needs a human.

    \b
    Example:
      dt-course report
    """
    from dt_helpers.grading.returning import report as reporting

    places, results, records, tasks = _everything(database)
    for path in reporting.write(places, reporting.make(results, records, tasks, places)):
        print(path)


def export(
    platform: Annotated[Platform, typer.Argument(help="Whose format.")],
    template: Annotated[
        Path | None,
        a_file("The file that the platform offers: an exported gradebook, Moodle's grading worksheet."),
    ] = None,
    column: Annotated[str, typer.Option(help="The platform's name of the assignment.")] = "Decision Transformer",
    output: Annotated[Path | None, optional(help="The file to write. Default: in the folder grading.")] = None,
    scale: Annotated[
        bool, typer.Option("--scale", help="Convert the scores to the maximum that is in the platform's file.")
    ] = False,
    database: DatabaseOption = None,
) -> None:
    """Write the final scores for a platform to import.

    With --template the platform's own file is filled in, in its language and with its separators. Without, which
    Canvas and Moodle alone take, the students' numbers come from what was collected. Members of a group have a row
    each. Students who were collected from another platform are left out.

    \b
    Examples:
      dt-course export canvas --column "Decision Transformer (12345)"
      dt-course export moodle --template worksheet.csv --output grades.csv
      dt-course export blackboard --template gradebook.csv --column "PS1"
    """
    from dt_helpers.grading.collecting import roster
    from dt_helpers.grading.returning import export as exporting
    from dt_helpers.grading.returning import terminal

    places, _, records, _ = _everything(database)
    path = output or places.reports / f"{platform.value}.csv"
    own, strangers = exporting.people(platform.value, records.values(), roster.read(places))
    terminal.exported(exporting.write(platform.value, own, column, path, template, scale), strangers)


def _everything(database: str | None, students: list[str] | None = None):
    """Places, results, the gradebook's records, the release's exercises. Raises ValueError when nothing was graded."""
    from dt_helpers.grading import release
    from dt_helpers.grading.gradebook import marks
    from dt_helpers.grading.places import Places
    from dt_helpers.grading.results import Store

    places = Places.find(db_url=database)
    results = [result for result in Store(places.results).all() if not students or result.student in students]
    if unknown := set(students or ()) - {result.student for result in results}:
        raise ValueError(f"There is no result for {', '.join(sorted(unknown))}: run `dt-course grade` first.")
    if not results:
        raise ValueError("Nothing was graded yet: run `dt-course collect` and `dt-course grade` first.")
    tasks = release.tasks(places.notebooks())
    return places, results, marks.read(places, tasks), tasks


VERBS = (collect, grade, feedback, report, export)
