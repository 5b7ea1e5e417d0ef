"""Submission files: what a class has handed in, as nbgrader's tree or as a flat folder.

STUDENT/06_optimizers/06_optimizers.ipynb    a folder a student
STUDENT.ipynb                                a file a student
collected.csv                                when it was handed in, if `course collect` wrote it:
                                             student, handed_in (ISO 8601), days_late
"""

import csv
import errno
import math
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from course.errors import NotebookError, UsageError
from course.notebooks.document import LIMIT_BYTES

MARKS = "collected.csv"
NOT_REGULAR = (errno.ELOOP, errno.ENXIO, errno.EMLINK)  # a link, a socket or device; EMLINK on FreeBSD


@dataclass(frozen=True)
class Submission:
    """One student's notebook; `path` may lead to nothing or to rubbish, which `grade` finds out.

    Below `root` no link is followed.
    """

    student: str
    path: Path
    handed_in: str = ""
    days_late: float = 0.0
    root: Path | None = field(default=None, compare=False)


def find_submissions(folder: Path, session: str) -> list[Submission]:
    """All submissions of a session in a folder, sorted by student.

    Of a student who has both a file and a folder with a notebook, the folder's counts.

    Raises:
        UsageError: the folder does not exist or holds no submission, or `collected.csv` is not as above.
    """
    if not folder.is_dir():
        raise UsageError(f"SUBMISSIONS={str(folder)!r} is no folder")
    entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
    files = {entry.stem: entry for entry in entries if entry.suffix == ".ipynb"}
    folders = {
        entry.name: entry / session / f"{session}.ipynb"
        for entry in entries
        if entry.suffix != ".ipynb" and entry.is_dir()
    }
    found = folders | files | {name: path for name, path in folders.items() if path.exists()}
    if not found:
        raise UsageError(
            f"SUBMISSIONS={str(folder)!r} holds neither STUDENT.ipynb nor STUDENT/{session}/{session}.ipynb"
        )
    marks = _read_marks(folder / MARKS)
    return [
        Submission(student, path, *marks.get(student, ("", 0.0)), root=folder)
        for student, path in sorted(found.items())
    ]


def read_content(submission: Submission) -> bytes:
    """The bytes that were handed in, read once: what is hashed, graded and kept is one and the same.

    Raises:
        NotebookError: missing, no regular file, or too large.
        OSError: it is there and cannot be read, which is no fault of the student.
    """
    try:
        handle = _open(submission)
    except (FileNotFoundError, NotADirectoryError):
        raise FileMissing("no notebook was handed in") from None
    except OSError as error:
        if error.errno in NOT_REGULAR:
            raise NotebookError("is not a regular file") from None
        raise
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise NotebookError("is not a regular file")
        if found.st_size <= LIMIT_BYTES:
            with open(handle, "rb", closefd=False) as file:
                content = file.read(LIMIT_BYTES + 1)
        if found.st_size > LIMIT_BYTES or len(content) > LIMIT_BYTES:
            raise NotebookError(f"is larger than {LIMIT_BYTES // 2**20} MiB")
        return content
    finally:
        os.close(handle)


class FileMissing(NotebookError):
    """Nothing was handed in."""


def _open(submission: Submission) -> int:
    """Open a file without following a link at any step below the root, and without waiting for a FIFO."""
    careful = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    careful |= getattr(os, "O_BINARY", 0)  # Windows
    path, root = submission.path, submission.root
    if root is None or os.open not in os.supports_dir_fd:
        if path.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
        return os.open(path, careful)
    *folders, name = path.relative_to(root).parts
    handle = os.open(root, os.O_RDONLY)
    try:
        for folder in folders:
            inner = os.open(folder, careful, dir_fd=handle)
            os.close(handle)
            handle = inner
        return os.open(name, careful, dir_fd=handle)
    finally:
        os.close(handle)


def _read_marks(path: Path) -> dict[str, tuple[str, float]]:
    """When each student handed in, and how many days late; nobody is late without such a file."""
    if not path.is_file():
        return {}
    marks = {}
    with open(path, encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                days = float(row.get("days_late") or 0)
                marks[row["student"]] = (row.get("handed_in") or "", max(days, 0.0))
                if not math.isfinite(days):
                    raise ValueError
            except (KeyError, TypeError, ValueError):
                raise UsageError(
                    f"{path}: line {number} must have student, handed_in and days_late, a number"
                ) from None
    return marks
