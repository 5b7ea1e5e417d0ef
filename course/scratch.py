"""Temporary folders that carry the number of their process, so that what a killed one left is found."""

import os
import re
import shutil
import tempfile
from pathlib import Path

NAME = re.compile(r"course-(?:[a-z]+-)?(\d+)-")


def prefix(kind: str) -> str:
    """How a temporary folder of this process begins, for `tempfile`. `kind` is a word such as "kernel"."""
    return f"course-{kind}-{os.getpid()}-"


def sweep() -> None:
    """Remove the temporary folders of processes that have ended."""
    for path in Path(tempfile.gettempdir()).glob("course-*"):
        owner = NAME.match(path.name)
        if owner and not _alive(int(owner[1])):
            shutil.rmtree(path, ignore_errors=True)


def _alive(process: int) -> bool:
    """Whether a process of this machine runs; where that cannot be asked without harm, it does."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
