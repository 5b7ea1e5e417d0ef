"""Submission files: a student's notebook and the modules beside it, read safely and once."""

import errno
import hashlib
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from course.errors import NotebookError
from course.notebooks.document import LIMIT_BYTES

NAME_BYTES = 200  # of a student; a file's name may have 255
NOT_REGULAR = (errno.ELOOP, errno.ENXIO, errno.EMLINK)  # a link, a socket or device; EMLINK on FreeBSD
MODULES_LIMIT = 2**20  # bytes of all modules of a student together
# what browsers and mail programs make of 06_optimizers.ipynb: another suffix behind it, a number in between
NOTEBOOK_NAME = re.compile(
    r"(?P<stem>.*?)\.ipynb(?P<number> ?\(\d{1,6}\)|-\d{1,6})?(\.(ipynb|txt|json|html?|download))*\s*",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Submission:
    """One student's notebook; `path` may lead to nothing or to rubbish, which `grade` finds out.

    Below `root` no link is followed. What came out of a zip has its `content` here; `path` is only a name.
    `modules` are the Python files that were handed in beside the notebook, by name: a path below `root`, or
    the bytes. `note` is what an instructor should know about how it was found.
    """

    student: str
    path: Path | None
    handed_in: str = ""
    days_late: float = 0.0
    root: Path | None = field(default=None, compare=False)
    content: bytes | None = field(default=None, compare=False)
    modules: dict[str, Path | bytes] = field(default_factory=dict, compare=False)
    note: str = field(default="", compare=False)

    def __post_init__(self):
        raw = os.fsencode(self.student)
        if len(raw) > NAME_BYTES:  # pages are called like their students, with a suffix
            mark = hashlib.sha256(raw).hexdigest()[:8]
            short = f"{raw[:NAME_BYTES].decode('utf-8', 'ignore')}~{mark}"
            object.__setattr__(self, "student", short)


class FileMissing(NotebookError):
    """Nothing was handed in."""


def notebook_stem(name: str) -> str | None:
    """A notebook's file name without suffix, however that is written; None when it is no notebook's name.

    >>> notebook_stem("Ann.IPYNB"), notebook_stem("ann.ipynb (1).txt"), notebook_stem("ann.pdf")
    ('Ann', 'ann (1)', None)
    """
    match = NOTEBOOK_NAME.fullmatch(name)
    return match["stem"] + (match["number"] or "") if match and match["stem"] else None


def read_content(submission: Submission) -> bytes:
    """The bytes that were handed in, read once: what is hashed, graded and kept is one and the same.

    Raises:
        NotebookError: missing, no regular file, or too large.
        OSError: it is there and cannot be read, which is no fault of the student.
    """
    if submission.content is not None:
        return submission.content
    lies_there = f"; {submission.note}" if submission.note else ""
    if submission.path is None:
        raise FileMissing(f"no notebook was handed in{lies_there}")
    try:
        return read_file(submission.path, submission.root)
    except (FileNotFoundError, NotADirectoryError):
        raise FileMissing(f"no notebook was handed in{lies_there}") from None


def read_modules(submission: Submission) -> tuple[dict[str, bytes], str]:
    """The bytes of the modules beside the notebook, by name; and why some are not there, or ""."""
    modules: dict[str, bytes] = {}
    for name, source in submission.modules.items():
        try:
            content = source if isinstance(source, bytes) else read_file(source, submission.root)
        except NotebookError as error:
            return {}, f"{name} {error}: modules left out"
        except OSError as error:
            return {}, f"{name} cannot be read ({error.strerror}): modules left out"
        modules[name] = content
    if sum(map(len, modules.values())) > MODULES_LIMIT:
        return {}, f"modules of more than {MODULES_LIMIT // 2**20} MiB together left out"
    return modules, ""


def read_file(path: Path, root: Path | None) -> bytes:
    """A file of at most 20 MiB. Below `root` no link is followed.

    Raises:
        NotebookError: it is no regular file, or too large.
        OSError: it is not there, or cannot be read.
    """
    try:
        handle = _open(path, root)
    except OSError as error:
        if error.errno in NOT_REGULAR:
            raise NotebookError("is not a regular file") from None
        raise
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            raise NotebookError("is not a regular file")
        if state.st_size <= LIMIT_BYTES:
            with open(handle, "rb", closefd=False) as file:
                content = file.read(LIMIT_BYTES + 1)
        if state.st_size > LIMIT_BYTES or len(content) > LIMIT_BYTES:
            raise NotebookError(f"is larger than {LIMIT_BYTES // 2**20} MiB")
        return content
    finally:
        os.close(handle)


def _open(path: Path, root: Path | None) -> int:
    """Open a file without following a link at any step below the root, and without waiting for a FIFO."""
    careful = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    careful |= getattr(os, "O_BINARY", 0)  # Windows
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
