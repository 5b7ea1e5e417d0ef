"""Typer application that commands register with, and the console that they print to."""

import typer
from rich.console import Console

app = typer.Typer(
    name="course",
    help="The CNN course workbook: run lectures, build exercises, grade a class.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
console = Console(markup=False, emoji=False, highlight=False)  # names and errors are not ours
