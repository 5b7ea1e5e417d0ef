"""Commands for those who write the course: build, check, new, run."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from .app import app, console


@app.command()
def build(
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also replace answers in exercises and quotes edited by hand.")
    ] = False,
):
    """Cut exercises from solutions, and renew all that follows.

    Fills quoted cells, renews public answers and the table of rooms, normalizes notebooks. What a person
    wrote into an exercise or a quote is left and named; the exit code is then 1.
    """
    from course.errors import quantity
    from course.notebooks.build import build as build_all
    from course.notebooks.workbook import find_workbook

    workbook = find_workbook()
    built = build_all(workbook, overwrite)
    for path in built.changed:
        print("changed", path.relative_to(workbook.root))
    for line in built.left:
        console.print("left", line, soft_wrap=True)
    are = "it is" if len(built.left) == 1 else "they are"
    left = f", {len(built.left)} left as {are}" if built.left else ""
    changed = f"{quantity(len(built.changed), 'file')} changed"
    print(f"{changed}{left}" if built.changed or left else "nothing to do")
    raise typer.Exit(1 if built.left else 0)


@app.command()
def check(
    sessions: Annotated[
        list[str] | None, typer.Argument(help="Sessions, such as 06; all when none is named.")
    ] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Do not execute notebooks.")] = False,
    mutants: Annotated[
        bool, typer.Option("--mutants", help="Ask every question of answers that were changed by program.")
    ] = False,
    question: Annotated[
        str | None, typer.Option("--question", help="With --mutants: this question only.")
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(
            "--sample", min=1, help="With --mutants: so many mutants a question; hints are not looked for."
        ),
    ] = None,
    write: Annotated[
        Path | None, typer.Option("--write", help="With --mutants: a file for the figures, as JSON.")
    ] = None,
):
    """Prove, without writing, that the workbook is sound.

    Exercises, quotes and answers are what their sources give; solutions earn all points, stubs none, and
    every mistake is told apart. Lectures show numbers, and claim what follows from them. With --mutants: no
    question accepts a changed answer, or refuses a right one that is written differently.
    """
    from tqdm import tqdm

    from course.errors import UsageError, quantity
    from course.notebooks.check import check as check_all
    from course.notebooks.placeholders import placeholders
    from course.notebooks.workbook import find_workbook
    from course.sandbox import KERNEL_NAME

    def progress(sessions, total):
        return tqdm(sessions, total=total, unit="session", desc="proving", disable=None)  # a bar for people

    if mutants:
        faults = _check_mutants(find_workbook(), sessions or [], question, sample, write, progress)
    elif question or sample or write:
        raise UsageError("--question, --sample and --write go with --mutants")
    else:
        options = {"run": not fast, "progress": progress, "kernel_name": KERNEL_NAME}
        faults = check_all(find_workbook(), sessions=sessions or [], **options)
        for line in placeholders(find_workbook(), sessions or []):
            print(f"course: note: {line}", file=sys.stderr)
    for fault in faults:
        print(fault)
    print("all is well" if not faults else quantity(len(faults), "fault"))
    raise typer.Exit(1 if faults else 0)


def _check_mutants(workbook, sessions, question, sample, write, progress) -> list[str]:
    """Print the table and the advice; the faults."""
    import json
    import os

    from course.mutants.command import Choice, check_mutants
    from course.mutants.table import as_data, as_table

    choice, workers = Choice(question=question, sample=sample), os.cpu_count() or 1
    reports = check_mutants(workbook, sessions, choice, workers, progress)
    console.width = max(console.width, 100)  # the table is read in files, too
    console.print(as_table(reports))
    seconds = ", ".join(f"{report.stem[:2]} {report.seconds:.0f}" for report in reports)
    print(f"seconds of processor time by session: {seconds}")
    for report in reports:
        for line in report.advice:
            print("advice", line)
    if write is not None:
        write.write_text(json.dumps(as_data(reports), indent=1) + "\n", "utf-8")
    return [fault for report in reports for fault in report.faults]


@app.command()
def new(session: Annotated[str, typer.Argument(help="Two digits and a topic, such as 06_optimizers.")]):
    """Write and build the three notebooks of a new session.

    In the workbook that you are in; elsewhere, this folder becomes one.
    """
    import os

    from course.notebooks.new import add_session

    paths = [os.path.relpath(path) for path in add_session(session, Path.cwd())]
    for path in paths:
        print("new", path)
    print(f"next: write into {paths[1]} and {paths[0]}, then: course build && course check {session}")


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

    def began(session):
        print(f"running lectures/{session}.ipynb", flush=True)

    values = parse_parameters(parameters or [])
    runs = run_lectures(find_workbook(), sessions or [], values, out, write, began)
    table = Table("lecture", "cells", "seconds", "result", title="Lectures")
    for item in runs:
        table.add_row(item.session, str(item.cells), f"{item.seconds:.0f}", item.error or "ok")
    console.print(table)
    print(f"executed notebooks: {'lectures' if write else out}")
    raise typer.Exit(1 if any(item.error for item in runs) else 0)
