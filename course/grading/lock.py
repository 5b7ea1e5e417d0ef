"""One process at a time works on an output folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from course.errors import UsageError

try:
    import fcntl
except ImportError:  # Windows: two at once are still harmless, for leases have an owner and an end
    fcntl = None

NAME = "grades.lock"


def exclusive() -> bool:
    """Whether this system keeps a second process away, so that whoever held a lease before is dead."""
    return fcntl is not None


@contextmanager
def hold(out: Path) -> Iterator[None]:
    """Keep other processes off a folder. The lock ends with the process, whose children do not have it.

    Raises:
        UsageError: another process holds it.
    """
    if not exclusive():
        yield
        return
    handle = os.open(out / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(f"OUT={str(out)!r}: another course command is at work on it") from None
        yield
    finally:
        os.close(handle)
