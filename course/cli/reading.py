"""Commands for those who read and learn: book, lab, doctor."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from .app import app, console


@app.command()
def book(
    sessions: Annotated[
        list[str] | None, typer.Argument(help="Sessions to show; all when none is named.")
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the sources and the site.")] = Path(
        "build/book"
    ),
    repository: Annotated[
        str, typer.Option(help="Address of your repository, for the links to Binder and Colab.")
    ] = "",
    branch: Annotated[str, typer.Option(help="Branch of the repository.")] = "main",
    solutions: Annotated[bool, typer.Option(help="Show solutions too, folded away.")] = True,
):
    """Build the book, a static site; no notebook is run."""
    from course.book.site import build_book
    from course.errors import quantity
    from course.notebooks.workbook import find_workbook

    faults = build_book(find_workbook(), out, sessions or None, repository, branch, solutions)
    for fault in faults:
        console.print(fault, soft_wrap=True)
    print(quantity(len(faults), "fault") if faults else f"book: {out / 'site' / 'index.html'}")
    raise typer.Exit(1 if faults else 0)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context):
    """Open JupyterLab at a page with the sessions and your points.

    Takes JupyterLab's own options, such as --no-browser.
    """
    from course.lab.start import open_lab

    raise typer.Exit(open_lab(context.args))


@app.command()
def doctor():
    """Check this machine, and print the fix for each trouble.

    Looks at Python, torch, GPU, kernels, widgets, disk, data and isolation.
    """
    from course.lab.doctor import BROKEN, NOTE, OK, check_isolation, examine

    signs = {OK: "✓", NOTE: "·", BROKEN: "✗"}
    with console.status("looking") as status:
        findings = examine(Path.cwd(), look=lambda part: status.update(f"looking at {part}"))
        status.update("trying to get out of the grader's sandbox")
        isolation, attempts = check_isolation()
    table = Table("", "part", "found", "what to do", title="This machine")
    for item in [*findings, isolation]:
        table.add_row(signs[item.state], item.part, item.detail, item.fix)
    console.print(table)
    if attempts:
        tried = Table("what a submission could try", "stopped", title="Isolation of submissions")
        for attempt, stopped in attempts.items():
            tried.add_row(attempt, "✓ yes" if stopped else "✗ no")
        console.print(tried)
    broken = sum(item.state == BROKEN for item in findings)
    print(f"{broken} to mend" if broken else "all is well")
    raise typer.Exit(1 if broken else 0)
