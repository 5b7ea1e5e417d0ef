"""The command line: parses, calls one function, prints.

Exit codes: 0 all is well, 1 findings (a fault of the workbook, a cell that failed, a submission that could
not be graded), 2 a call that cannot be carried out, explained in one line.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from course import __version__
from course.errors import CourseError, UsageError

app = typer.Typer(
    name="course",
    help="The CNN course workbook: run lectures, build exercises, grade a class.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
console = Console(markup=False, emoji=False, highlight=False)  # names and errors are not ours


def main() -> None:
    """Entry point. Every trouble that a person can mend becomes one line and exit code 2."""
    sys.stdout.reconfigure(errors="replace")  # a student's name must not end a run on an old terminal
    try:
        sys.exit(app(standalone_mode=False))
    except CourseError as error:
        _stop(str(error), 2)
    except (typer.Abort, KeyboardInterrupt):
        _stop("stopped", 130)
    except OSError as error:
        _stop(f"{error.filename}: {error.strerror}" if error.filename else str(error), 2)
    except Exception as error:
        if not hasattr(error, "format_message"):  # only click's usage errors have it
            raise
        _stop(error.format_message(), 2)


def _stop(text: str, code: int) -> None:
    print("course:", " ".join(text.split()), file=sys.stderr)
    sys.exit(code)


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
):
    if version:
        print(__version__)
    elif context.invoked_subcommand is None:
        print(context.get_help())
    else:
        return
    raise typer.Exit()


@app.command()
def build():
    """Fill quoted cells, cut exercises from solutions, renew public answers, normalise notebooks."""
    from course.notebooks.build import build as build_all
    from course.notebooks.workbook import find_workbook

    workbook = find_workbook()
    changed = build_all(workbook)
    for path in changed:
        print("changed", path.relative_to(workbook.root))
    print("nothing to do" if not changed else f"{len(changed)} files changed")


@app.command()
def check(fast: Annotated[bool, typer.Option("--fast", help="Do not execute notebooks.")] = False):
    """Prove, without writing, that exercises, quotes and answers are what their sources give."""
    from course.notebooks.check import check as check_all
    from course.notebooks.workbook import find_workbook

    faults = check_all(find_workbook(), run=not fast)
    for fault in faults:
        print(fault)
    print("all is well" if not faults else f"{len(faults)} faults")
    raise typer.Exit(1 if faults else 0)


@app.command()
def new(session: Annotated[str, typer.Argument(help="Two digits and a topic, such as 06_optimizers.")]):
    """Lay out lecture, solution and exercise of a new session."""
    from course.notebooks.new import new_session
    from course.notebooks.workbook import find_workbook

    workbook = find_workbook()
    for path in new_session(workbook, session):
        print("new", path.relative_to(workbook.root))


@app.command()
def run(
    sessions: Annotated[
        list[str] | None, typer.Argument(help="Lectures to run; all when none is named.")
    ] = None,
    parameters: Annotated[
        list[str] | None, typer.Option("-p", metavar="NAME=VALUE", help="A parameter, such as epochs=1.")
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the executed notebooks.")] = Path(
        "runs"
    ),
    write: Annotated[bool, typer.Option("--write", help="Store the outputs in lectures/ itself.")] = False,
):
    """Execute lectures with papermill and print how it went."""
    from course.notebooks.lectures import parse_parameters, run_lectures
    from course.notebooks.workbook import find_workbook

    runs = run_lectures(find_workbook(), sessions or [], parse_parameters(parameters or []), out, write)
    table = Table("lecture", "cells", "seconds", "result", title="Lectures")
    for item in runs:
        table.add_row(item.session, str(item.cells), f"{item.seconds:.0f}", item.error or "ok")
    console.print(table)
    print(f"executed notebooks: {'lectures' if write else out}")
    raise typer.Exit(1 if any(item.error for item in runs) else 0)


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
