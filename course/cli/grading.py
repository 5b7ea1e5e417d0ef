"""Commands for instructors: grade."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from course.errors import UsageError

from .app import app, console


@app.command()
def grade(
    session: Annotated[str, typer.Argument(help="The session, such as 06_optimizers.")],
    submissions: Annotated[
        Path, typer.Argument(help="STUDENT.ipynb files, or STUDENT/SESSION/SESSION.ipynb.")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for grades, feedback and report.")] = Path(
        "grades"
    ),
    seed: Annotated[
        str | None, typer.Option(help="Repeat a run; a fresh secret seed is drawn otherwise.")
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds that one cell may take, at least 1.")] = 60,
):
    """Grade a class: every notebook runs with the solution's questions, and answers are compared."""
    from tqdm import tqdm

    from course.grading.batch import claim_output, grade_class, prepare
    from course.grading.grade import FAILED
    from course.grading.gradebook import clean
    from course.grading.submissions import find_submissions
    from course.notebooks.workbook import find_workbook

    workbook = find_workbook()
    workbook.find("solutions", session)
    if not 1 <= timeout <= 86_400:
        raise UsageError(f"--timeout={timeout} must be from 1 to 86400 seconds")
    drawn = _seed(seed)
    found = find_submissions(submissions, session)
    claim_output(out, session, submissions)
    task = prepare(workbook, session, drawn, timeout, 10 * timeout)
    results = grade_class(task, found, out, track=lambda items: tqdm(items, unit="notebook", desc=session))
    table = Table("student", "status", "points", "note", title=f"{session}, {task.points} points")
    for result in results:
        points = "" if result.status == FAILED else str(sum(result.points(task).values()))
        table.add_row(clean(result.student), result.status, points, clean(result.reason)[:60])
    console.print(table)
    print(f"report: {out / 'report.html'}\ngrades: {out / 'gradebook.csv'}")
    raise typer.Exit(1 if any(result.status == FAILED for result in results) else 0)


def _seed(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 20 or not 0 < int(text) < 2**64:
        raise UsageError(f"--seed={text!r} must be a whole number from 1 to 2**64 - 1")
    return int(text)
