"""The grading commands of ``dt-course``, for instructors. Each imports what it needs when it runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from dt_helpers.grading.choices import AssignmentOption, DatabaseOption, Platform, Returning, Sandbox, StudentsArgument
from dt_helpers.options import a_file, optional

COLUMN = "Decision Transformer"  # the platform's name for the one assignment, unless another is given


def collect(
    sources: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Platforms' downloads, each by itself; folders; notebooks. None: show what is already there.",
            show_default=False,
        ),
    ] = None,
    student: Annotated[str | None, optional(help="Whose files they are, if their names don't say.")] = None,
    roster: Annotated[
        Path | None,
        a_file("The class list that the platform exports (CSV): settles names, and shows who handed in nothing."),
    ] = None,
    assignment: AssignmentOption = None,
    database: DatabaseOption = None,
) -> None:
    """Collect submissions, and show how they were matched.

    A download is read in its platform's layout: Canvas, Moodle, Google Classroom, D2L, Blackboard, Gradescope,
    Sakai, ILIAS, Schoology, GitHub Classroom, nbgrader; else by folders and by names such as ada_02_dataset.ipynb. The
    last attempt counts. Whose file it is, or which of two counts, is never guessed: the table asks.

    \b
    Examples:
      dt-course collect submissions.zip
      dt-course collect submissions.zip --roster gradebook.csv
      dt-course collect --student ada "Copy of 02_dataset.ipynb"
      dt-course collect submissions.zip --assignment 02_dataset
    """
    from dt_helpers.grading.collecting import collect as collecting
    from dt_helpers.grading.collecting import roster as students_file
    from dt_helpers.grading.gradebook.recorder import Recorder
    from dt_helpers.grading.places import Places
    from dt_helpers.grading.returning import terminal

    places = Places.find(db_url=database)
    wanted = assignment or ()
    if sources:
        collected = collecting.collect(places, sources, student, roster, wanted)
    else:
        collected = collecting.survey(places, roster, wanted)
    if collected.students and sources:
        for own in places.assignments():
            with Recorder(own) as recorder:  # which enters the assignment: a due date can be set from now on
                recorder.enrol(collected.students.values())
        # also by assignment: some platforms give students a new number in each
        for own, students in [(places, collected.students), *collected.by_assignment(places)]:
            students_file.add(own, students.values())
    terminal.collected(collected, places.reports / terminal.FILE if sources else None)
    raise typer.Exit(0 if collected.rows else 1)


def grade(
    students: StudentsArgument = None,
    jobs: Annotated[
        int | None,
        optional(min=1, help="How many to grade in parallel. Default: one per core."),
    ] = None,
    scheduler: Annotated[
        str | None,
        optional(metavar="ADDRESS", help="A Dask scheduler to use: tls://host:8786."),
    ] = None,
    resume: Annotated[
        bool, typer.Option(help="Keep the results of unchanged submissions, or grade all again (--no-resume).")
    ] = True,
    only: Annotated[
        list[str] | None,
        optional(help="A notebook or an exercise to grade, such as 04_model or predict; repeatable."),
    ] = None,
    regrade: Annotated[
        list[str] | None,
        optional(
            metavar="STUDENT", help="Grade this student again, or all; repeatable. Verdicts that change are kept."
        ),
    ] = None,
    sandbox: Annotated[
        Sandbox, typer.Option(help="What students' code runs in; 'limits' does not isolate it.")
    ] = Sandbox.bubblewrap,
    cell_seconds: Annotated[
        int,
        typer.Option(min=1, help="CPU seconds for each cell above a check; a cell that takes longer is set aside."),
    ] = 5,
    assignment: AssignmentOption = None,
    database: DatabaseOption = None,
) -> None:
    """Grade the collected submissions, unattended.

    Each result is saved immediately: a stopped run continues where it was. The scores go into the gradebook, and
    formgrader shows them.

    \b
    Examples:
      dt-course grade
      dt-course grade --jobs 4 --only 04_model
      dt-course grade --regrade ada --only predict
      dt-course grade --cell-seconds 30
      dt-course grade --scheduler tls://10.0.0.7:8786
    """
    from dt_helpers.grading.chosen import handed_in
    from dt_helpers.grading.judging import scheduling
    from dt_helpers.grading.places import Places

    chosen = handed_in(Places.find(db_url=database), assignment or (), students or (), regrade or ())
    if only and len(chosen) > 1:
        raise ValueError("--only goes with one assignment: add --assignment and its name, such as 04_model.")
    if scheduler is None:
        scheduling.warm_up()  # while this process imports too, and opens the gradebook

    from rich.console import Console

    from dt_helpers.grading.gradebook.rebuild import write_autograded
    from dt_helpers.grading.gradebook.recorder import Recorder
    from dt_helpers.grading.judging import grade as grading
    from dt_helpers.grading.results import Store
    from dt_helpers.grading.returning import terminal
    from dt_helpers.grading.sandbox.limits import Limits

    for places in chosen:
        with Recorder(places) as recorder:

            def keep(result, places=places, recorder=recorder) -> None:
                recorder.record(result)
                write_autograded(places, result)

            try:
                summary = grading.grade(
                    places,
                    students=sorted({*students} & {*places.students()}) if students else None,
                    jobs=jobs,
                    scheduler=scheduler,
                    resume=resume,
                    only=only or (),
                    regrade=regrade or (),
                    sandbox_kind=sandbox.value,
                    limits=Limits.with_cells_of(cell_seconds),
                    console=Console(),
                    on_result=keep,
                )
            except KeyboardInterrupt:
                print(
                    "dt-course: Stopped. What was graded is kept: the same command goes on from there.",
                    file=sys.stderr,
                )
                raise typer.Exit(130) from None
            for result in recorder.catch_up(Store(places.results).all()):
                write_autograded(places, result)
        terminal.changed(summary.changed)
        terminal.waiting(summary.waiting)
        print(f"{places.title}{summary}. The scores are in the gradebook; next: dt-course feedback, dt-course report")


def feedback(
    students: StudentsArgument = None,
    platform: Annotated[
        Returning | None,
        optional("--for", help="Also make the archive to upload to this platform."),
    ] = None,
    assignment: AssignmentOption = None,
    database: DatabaseOption = None,
) -> None:
    """Make a page for each student.

    The pages are feedback/<student>/decision_transformer/feedback.html, with the scores that the gradebook has now,
    including an instructor's changes and comments. `nbgrader release_feedback` takes them from there; for Moodle
    ("Upload multiple feedback files in a zip") and Canvas ("Upload Submissions"), --for makes an archive of them.

    \b
    Examples:
      dt-course feedback
      dt-course feedback ada
      dt-course feedback --for moodle
    """
    from dt_helpers.grading.chosen import graded
    from dt_helpers.grading.collecting import roster
    from dt_helpers.grading.places import Places
    from dt_helpers.grading.returning import feedback as pages
    from dt_helpers.grading.returning import sending, terminal

    for places, results, records, tasks in graded(Places.find(db_url=database), assignment or (), students or ()):
        for result in results:
            if result.student in records:
                pages.write(places, result, records[result.student], tasks)
        print(f"{len(results)} pages, such as {places.feedback(results[0].student) / pages.FILE}")
        if platform:
            names = [result.student for result in results if result.student in records]
            terminal.sent(sending.write(platform.value, places, names, roster.read(places)), platform.value.title())


def report(assignment: AssignmentOption = None, database: DatabaseOption = None) -> None:
    """Make the instructor's report.

    It is grading/report.html, with tables next to it: scores, the most frequent mistakes in each exercise, similar
    submissions, and what an instructor should look at.

    \b
    Example:
      dt-course report
    """
    from dt_helpers.grading.chosen import graded
    from dt_helpers.grading.places import Places
    from dt_helpers.grading.returning import report as reporting

    for places, results, records, tasks in graded(Places.find(db_url=database), assignment or ()):
        for path in reporting.write(places, reporting.make(results, records, tasks, places)):
            print(path)


def export(
    platform: Annotated[Platform, typer.Argument(help="The platform whose format to write.")],
    template: Annotated[
        Path | None,
        a_file("The platform's own file to fill in: an exported gradebook, Moodle's grading worksheet."),
    ] = None,
    column: Annotated[
        str, typer.Option(help="The platform's name for the assignment; of one notebook: by default the notebook's.")
    ] = COLUMN,
    output: Annotated[Path | None, optional(help="The file to write. Default: in the folder grading.")] = None,
    scale: Annotated[
        bool, typer.Option("--scale", help="Scale the scores to the maximum in the platform's file.")
    ] = False,
    assignment: AssignmentOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write the final scores for a platform to import.

    With --template, the platform's own file is filled in, with its language and separators. Without it (Canvas and
    Moodle only), the students' numbers come from the collected files. Each member of a group has a row. Students who
    were collected from another platform are left out.

    \b
    Examples:
      dt-course export canvas --column "Decision Transformer (12345)"
      dt-course export moodle --template worksheet.csv --output grades.csv
      dt-course export blackboard --template gradebook.csv --column "PS1"
    """
    from dt_helpers.grading.chosen import graded
    from dt_helpers.grading.collecting import roster
    from dt_helpers.grading.places import Places
    from dt_helpers.grading.returning import export as exporting
    from dt_helpers.grading.returning import terminal

    found = graded(Places.find(db_url=database), assignment or ())
    if len(found) > 1 and (output or template or column != COLUMN):
        raise ValueError("--output, --template and --column go with one assignment: name it with --assignment.")
    for places, results, records, _ in found:
        students = roster.read(places)
        path = output or places.reports / f"{platform.value}.csv"
        title = places.assignment if places.per_notebook and column == COLUMN else column
        numbered = exporting.numbered(records.values(), students) if places.per_notebook else records.values()
        own, strangers = exporting.people(platform.value, numbered, students)
        exported = exporting.write(platform.value, own, title, path, template, scale)
        exported.lacking = [one.student for one in results if one.lacking and one.student in records]
        terminal.exported(exported, strangers)


VERBS = (collect, grade, feedback, report, export)
