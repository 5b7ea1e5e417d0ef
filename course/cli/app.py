"""Typer application that commands register with, the console that they print to, and how a command stops."""

import sys
from typing import NoReturn

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

TOO_LOW, STOPPED = 3, 4
INTERRUPTED = 130  # the exit code of a program that Ctrl-C ended


def stop(text: str, code: int) -> NoReturn:
    """End the program with one line about trouble, and an exit code."""
    print("course:", " ".join(text.split()), file=sys.stderr)
    sys.exit(code)
