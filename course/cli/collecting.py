"""Commands around grading: collect what was handed in, give it back, export the grades."""

from pathlib import Path
from typing import Annotated

import typer

from .app import app, console

MOST_SHOWN = 50
NO_DATES = (
    "no dates are known, so nobody counts as late: give Moodle's grading worksheet (--worksheet) and --due"
)


@app.command()
def collect(
    archive: Annotated[
        Path, typer.Argument(metavar="ZIP", help="The download of Moodle or Canvas, or its folder.")
    ],
    session: Annotated[str, typer.Argument(help="The session, such as 06_optimizers.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="A new folder for what was handed in.")],
    due: Annotated[str | None, typer.Option(help="The deadline, such as 2026-11-24 18:00.")] = None,
    worksheet: Annotated[
        Path | None, typer.Option(help="Moodle's grading worksheet (CSV): when each one handed in.")
    ] = None,
    tree: Annotated[bool, typer.Option("--tree", help="STUDENT/SESSION/SESSION.ipynb, as nbgrader.")] = False,
):
    """Take a zip of Moodle or Canvas apart, for `course grade`.

    Exit code 1 when a file was left aside or somebody has no notebook: look at what is printed.
    """
    from course.errors import UsageError, quantity
    from course.grading.exchange.collect import collect as collect_zip
    from course.grading.exchange.collect import write_collection
    from course.grading.exchange.moodle import parse_date
    from course.grading.exchange.unzip import BY_PROGRAM
    from course.grading.record.gradebook import clean
    from course.notebooks.workbook import find_workbook

    workbook = find_workbook()
    workbook.find("solutions", session)
    if worksheet is not None and due is None:
        raise UsageError("--worksheet says when each one handed in; add --due, the deadline")
    deadline = parse_date(due, "--due") if due else None
    collection = collect_zip(archive, session, deadline, worksheet, workbook.stems("solutions"))
    write_collection(collection, session, out, tree)
    aside = [(path, why) for path, why in collection.aside if why != BY_PROGRAM]
    show_left_aside(aside)
    for row in collection.rows:
        if row.content is None:
            console.print(f"no notebook: {clean(row.student)}", soft_wrap=True)
    known = [row for row in collection.rows if row.late is not None]
    late, undated = sum(row.late for row in known), len(collection.rows) - len(known)
    counts = [quantity(len(collection.rows), "student"), *[f"{late} late"] * bool(known)]
    counts += [f"{undated} without a date"] * bool(known and undated)
    print(f"{', '.join(counts)}, {sum(row.files > 1 for row in collection.rows)} with several notebooks")
    if not known:
        print(NO_DATES)
    print(f"{quantity(len(aside), 'file')} left aside")
    print(f"who handed in what: {out / 'collected.csv'}")
    print(f"what was left aside, and why: {out / 'left_aside.csv'}")
    raise typer.Exit(1 if aside or any(row.content is None for row in collection.rows) else 0)


def show_left_aside(aside: list[tuple[str, str]]) -> None:
    """Print which files were left aside, and why; of very many the first."""
    from course.grading.record.gradebook import clean

    for path, why in aside[:MOST_SHOWN]:
        console.print(f"left aside: {clean(path)}: {clean(why)}", soft_wrap=True)
    if len(aside) > MOST_SHOWN:
        console.print(f"left aside: {len(aside) - MOST_SHOWN} more")


@app.command()
def submissions(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The output folder of `course grade`.")],
    student: Annotated[str, typer.Option(help="A name or number of the gradebook, or what begins it.")],
    folder: Annotated[Path, typer.Option("-o", "--out", help="A new folder for the files.")],
):
    """Give back all that a student handed in, byte by byte.

    Attempts are FOLDER/1, FOLDER/2 and so on, each with the modules that lay beside the notebook.
    """
    from course.grading.exchange.collect import give_back
    from course.grading.record.database import open_database
    from course.grading.record.gradebook import clean
    from course.grading.record.roster import absent, attempts_of, class_list, find_student

    with open_database(out) as db:
        student = find_student([*class_list(db), *absent(db)], student)
        session, attempts = db.setting("session"), attempts_of(db, student)
    for line in give_back(attempts, session, folder):
        console.print(clean(line), soft_wrap=True)


@app.command()
def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The output folder of `course grade`.")],
    to: Annotated[str, typer.Option(help="csv, moodle, canvas, nbgrader, moodle-feedback, reading.")] = "csv",
    file: Annotated[
        Path | None,
        typer.Option(
            "-o", "--file", help="The file to write; else OUT/grades_TO.csv, for csv OUT/grades.csv."
        ),
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option(help="Moodle's worksheet or Canvas's gradebook (CSV) to fill in.")
    ] = None,
    assignment: Annotated[
        str | None, typer.Option(help="The name of the assignment there; the session otherwise.")
    ] = None,
):
    """Write grades or feedback for a platform, or texts to read."""
    from course.errors import UsageError, quantity, unknown_name
    from course.grading.exchange import PLATFORMS, moodle_feedback, reading
    from course.grading.exchange.export import export_grades
    from course.grading.record.database import open_database
    from course.grading.record.final_grades import final_results
    from course.grading.record.gradebook import not_final
    from course.notebooks.written import Record

    if to not in (forms := (*PLATFORMS, moodle_feedback.NAME, reading.NAME)):
        raise UsageError(unknown_name("--to", to, forms))
    with open_database(out) as db:
        task = db.graded_task(out)
        results = final_results(db)
    if to in (moodle_feedback.NAME, reading.NAME) and (sheet or assignment):
        raise UsageError(f"--to {to} takes neither --sheet nor --assignment")
    if to == reading.NAME:
        target = file or out / f"{to}.csv"
        done = reading.write_reading_sheet(task, results, target, Record(out))
    elif to == moodle_feedback.NAME:
        target = file or out / f"{to}.zip"
        done = moodle_feedback.write_feedback_zip(task, results, out / "feedback", target, Record(out))
    else:
        target = file or out / ("grades.csv" if to == "csv" else f"grades_{to}.csv")
        done = export_grades(task, results, to, target, sheet, assignment, Record(out))
    for line in [*done.lines, *not_final(results)]:
        console.print(line, soft_wrap=True)
    counted = f"{done.students} of " if done.students < len(results) else ""
    print(f"{counted}{quantity(len(results), 'student')}: {target}")
