"""Commands for what comes after grading: adjust points, the next mistake of a solution, a term's overview."""

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from course.errors import UsageError, quantity

from .app import app

Out = Annotated[Path, typer.Argument(metavar="OUT", help="The output folder of `course grade`.")]


# A negative number is no option here, so click must let what it does not know pass as an argument.
@app.command(context_settings={"ignore_unknown_options": True})
def adjust(
    student: Annotated[
        str | None,
        typer.Argument(help="A name or number of the gradebook, or what begins it.", show_default=False),
    ] = None,
    question: Annotated[
        str | None, typer.Argument(help="A question, total, or late (days).", show_default=False)
    ] = None,
    points: Annotated[
        str | None, typer.Argument(help="2 sets, +1 and -1 change, graded withdraws.", show_default=False)
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why; the student reads it.")] = None,
    comment: Annotated[
        str | None, typer.Option(help="A comment that changes no points; an empty one takes it back.")
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option(help="In place of all that: the filled-in CSV of course export --to reading."),
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="The output folder of `course grade`.")] = Path(
        "grades"
    ),
):
    """Change points or late days by hand, or comment.

    A change needs a reason. A comment changes nothing; both are kept on record, and the student reads them.
    QUESTION is total for the whole notebook.
    """
    from course.grading.record.database import open_database
    from course.grading.record.final_grades import about_text, final_results, parse_adjustment, parse_comment
    from course.grading.record.gradebook import beyond, clean, describe
    from course.grading.record.roster import adjust as record_adjustment
    from course.grading.record.roster import class_list, find_student
    from course.grading.report.publish import publish

    if sheet is not None:
        _adjust_by_sheet(sheet, out, (student, question, points, reason, comment))
        return
    _check_adjust(student, question, points, reason, comment)
    with open_database(out) as db:
        task, student = db.graded_task(out), find_student(class_list(db), student)
        if comment is None:
            change = parse_adjustment(task, question, points, reason)
            if task.records.get(question, {}).get("manual"):  # only then is the class read for it
                change = about_text(final_results(db), student, change)
        else:
            change = parse_comment(task, question, comment)
        record_adjustment(db, student, change)
        results = publish(db, out)
    result = next(item for item in results if item.student == student)
    total = result.total(task)
    shown = "no score" if total is None else f"{total} of {quantity(task.points, 'point')}"
    line = clean(describe(change)) if change.reason else f"the comment on {question} is taken back"
    print(f"{clean(student)}: {shown}; {line}")
    if question in (above := beyond(task, result)):
        more = f"that is more than the {above[question][1]:g} points of {question}"
        print(f"course: note: {more}; {clean(_way_back(result, question, out))}", file=sys.stderr)


def _way_back(result, question: str, out: Path) -> str:
    """The command that takes back all changes of a question since it was last as graded, and how many."""
    count = 0
    for change in result.adjustments:
        if change.what == question and change.kind != "comment":
            count = 0 if change.points is None else count + 1
    what = "the change" if count == 1 else f"all {count} changes of {question}"
    call = ["course", "adjust", result.student, question, "graded", "--reason", "WHY", "-o", str(out)]
    return f"this takes {what} back: {shlex.join(call)}"


def _adjust_by_sheet(sheet: Path, out: Path, others: tuple) -> None:
    """The points of a reading sheet, all of them or, where a row is wrong, none.

    A row that is in force already is not recorded again: sheets are filled in bit by bit.
    """
    from course.grading.exchange.reading import read_reading_sheet
    from course.grading.record.database import open_database
    from course.grading.record.final_grades import about_text, final_results, parse_adjustment
    from course.grading.record.roster import adjust as record_adjustment
    from course.grading.report.publish import publish

    if any(value is not None for value in others):
        raise UsageError("--sheet names students, questions, points and reasons; give --out alone with it")
    with open_database(out) as db:
        task, results = db.graded_task(out), final_results(db)
        rows = read_reading_sheet(task, results, sheet)
        in_force = {result.student: result.in_force for result in results}
        with db.transaction():
            for row in rows:
                change = parse_adjustment(task, row.question, row.points, row.reason)
                change = about_text(results, row.student, change)
                if change not in [replace(known, at=change.at) for known in in_force[row.student]]:
                    record_adjustment(db, row.student, change)
        waits = sum(len(result.waiting) for result in publish(db, out))
    read = "1 answer has" if len(rows) == 1 else f"{len(rows)} answers have"
    print(f"{read} points from {sheet}; {waits} {'waits' if waits == 1 else 'wait'} to be read")


def _check_adjust(
    student: str | None, question: str | None, points: str | None, reason: str | None, comment: str | None
) -> None:
    if student is None:
        raise UsageError(
            "STUDENT is missing; name one, or with --sheet the CSV of course export --to reading"
        )
    if question is None:
        raise UsageError("QUESTION is missing: name a question, or total for the whole notebook")
    if comment is not None and (points is not None or reason is not None):
        raise UsageError("--comment changes no points; give POINTS and --reason in a call of their own")
    if comment is None and points is None:
        raise UsageError("POINTS is missing; without a change of points say --comment TEXT")
    if comment is None and reason is None:
        raise UsageError("--reason is missing: say why the points change; the student reads it")


@app.command()
def mistake(
    out: Out,
    question: Annotated[str, typer.Argument(help="The question, such as momentum.")],
    group: Annotated[str, typer.Argument(help="The group's letters, as the report names them.")],
    hint: Annotated[str | None, typer.Option(help="What students read who make this mistake.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Write it into the solution; needs --hint.")] = False,
):
    """Print a wrong answer as the solution's next @mistake.

    It is tried once: where it does not answer as the group does, a line says so, and nothing is written.
    OUT/report.html names the groups of wrong answers that no known mistake explains, and of each the command.
    """
    from course.grading.record.database import open_database
    from course.grading.report.new_mistake import (
        HINT,
        add_to_solution,
        as_cell,
        find_cluster,
        try_versions,
        versions_of,
    )
    from course.notebooks.workbook import find_workbook

    if write and not (hint or "").strip():
        raise UsageError("--write needs --hint, what students read who make this mistake")
    with open_database(out) as db:
        task = db.graded_task(out)
        cluster = find_cluster(db, task, question, group)
        versions = versions_of(db, task, cluster)
        alike, doubt = try_versions(db, task, cluster, versions)
    doubt = doubt and f"GROUP={cluster.id!r}: {doubt}"
    if doubt and write:
        raise UsageError(f"{doubt}; nothing is written")
    cell = as_cell(question, alike or versions, hint or HINT)
    if not write:
        print(cell)
        if doubt:
            print(f"course: note: {doubt}", file=sys.stderr)
            raise typer.Exit(1)
        return
    path = find_workbook().find("solutions", task.session)
    where = add_to_solution(path, question, cell)
    print(
        f"{path}: cell {where} has the new mistake. Read it first: course build runs code outside "
        "the sandbox. Then run course build and course check"
    )


@app.command()
def term(
    outs: Annotated[list[Path], typer.Argument(metavar="OUT...", help="Output folders of `course grade`.")],
    folder: Annotated[Path, typer.Option("-o", "--out", help="Folder for term.html and term.csv.")] = Path(
        "term"
    ),
):
    """One page and one CSV over the sessions of a term."""
    from course.grading.term import read_sessions, write_term

    sessions = read_sessions(outs)
    rows = write_term(sessions, folder)
    print(f"{quantity(len(rows), 'student')} over {', '.join(session.name for session in sessions)}")
    for session in sessions:
        if session.waiting:
            print(f"{session.name}: {session.waiting} not final: a person has still to read an answer")
    print(f"report: {folder / 'term.html'}\ngrades: {folder / 'term.csv'}")
