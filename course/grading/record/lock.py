"""Output folder: may we write there? And its lock file: one process at a time works on it."""

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from course.errors import UsageError

try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

    fcntl = None

NAME = "grades.lock"
NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)
OURS = ("grades.", ".aside-")


@contextmanager
def hold(out: Path) -> Iterator[None]:
    """Keep other processes off a folder. The lock ends with the process, whose children do not have it.

    Raises:
        UsageError: another process holds it, or its file system has no locks.
    """
    handle = os.open(out / NAME, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        try:
            if fcntl:
                fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            else:
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in NO_LOCKS:
                raise UsageError(
                    f"OUT={str(out)!r}: its file system has no locks; name a folder on a local disk"
                ) from None
            raise UsageError(f"OUT={str(out)!r}: another course command is at work on it") from None
        yield
    finally:
        os.close(handle)


def claim_output(out: Path, session: str, submissions: Path) -> None:
    """Make sure that an output folder is new, empty, or of an earlier run of the same session.

    Raises:
        UsageError: it is a file, cannot be written, lies among the submissions, holds something else, or
            belongs to another session.
    """
    nearest = next(path for path in (out, *out.absolute().parents) if path.exists())
    if not nearest.is_dir():
        raise UsageError(f"OUT={str(out)!r}: {nearest} is a file; name a folder")
    if not os.access(nearest, os.W_OK):
        raise UsageError(f"OUT={str(out)!r}: {nearest} cannot be written to; name another folder")
    if submissions.resolve() in (out.resolve(), *out.resolve().parents):
        raise UsageError(f"OUT={str(out)!r} lies in SUBMISSIONS; name a folder elsewhere")
    marker = out / "run.json"
    if not marker.is_file():  # new, or a run that was killed before it could write its first file
        if out.exists() and not all(path.name.startswith(OURS) for path in out.iterdir()):
            raise UsageError(
                f"OUT={str(out)!r} is not empty and no output of course grade; name a new folder"
            )
        return
    try:
        before = json.loads(marker.read_text("utf-8"))["session"]
    except (ValueError, KeyError, TypeError):
        before = "something unreadable"
    if before != session:
        raise UsageError(
            f"OUT={str(out)!r} holds the grades of {before}, not of {session}; name another folder"
        )
