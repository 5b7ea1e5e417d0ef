"""The command line: parses, calls one function, prints. One file holds the commands of one kind of user.

Exit codes: 0 all is well, 1 findings (a fault of the workbook, a cell that failed, a submission that could
not be graded, a file that was left aside), 2 a call that cannot be carried out, explained in one line; 3
isolation too low; 4 and 130 grading stopped or was interrupted: the same call goes on.
"""

import sys
from importlib import import_module
from typing import Annotated

import typer

from course import __version__
from course.errors import CourseError

from .app import INTERRUPTED, STOPPED, app, stop

UNMAPPED = "failed to map segment"  # the dynamic linker's words where a library finds no memory
COMMANDS = {
    "collecting": ("collect", "submissions", "export"),
    "grading": ("grade",),
    "handing_out": ("start", "release"),
    "maintaining": ("build", "check", "new", "run"),
    "reading": ("book", "lab", "doctor"),
    "reviewing": ("adjust", "mistake", "term"),
    "training": ("train", "predict"),
}
"""Each file of this folder with its commands, which it registers when it is imported."""


def load_commands(arguments: list[str]) -> None:
    """Import the file of the command that is called; all files where there is none, as for --help."""
    called = [file for file, names in COMMANDS.items() if arguments[:1] and arguments[0] in names]
    for file in called or COMMANDS:
        import_module(f"{__name__}.{file}")


def main() -> None:
    """Entry point. Every trouble that a person can mend becomes one line and exit code 2."""
    sys.stdout.reconfigure(errors="replace")  # a student's name must not end a run on an old terminal
    try:
        load_commands(sys.argv[1:])
        code = app(standalone_mode=False)
        if code == INTERRUPTED:  # typer turns Ctrl-C into this code and says nothing
            stop("stopped", INTERRUPTED)
        sys.exit(code)
    except CourseError as error:
        stop(str(error), 2)
    except (typer.Abort, KeyboardInterrupt):
        stop("stopped", INTERRUPTED)
    except ModuleNotFoundError as error:
        from course.extras import missing_package

        line = missing_package(error)
        if line is None:
            raise
        stop(line, 2)
    except (MemoryError, ImportError) as error:
        if isinstance(error, ImportError) and UNMAPPED not in str(error):
            raise
        stop("stopped: this machine has too little memory; with more, the same call goes on", STOPPED)
    except OSError as error:
        stop(f"{error.filename}: {error.strerror}" if error.filename else str(error), 2)
    except Exception as error:
        if type(error).__module__ == "sqlite3":  # the disk is full; only who opens a database imports it
            stop(f"stopped: {error}; the same command goes on", STOPPED)
        if not hasattr(error, "format_message"):  # only click's usage errors have it
            raise
        stop(error.format_message(), 2)


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
