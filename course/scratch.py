"""Temporary folders that carry the number of their process, so that those of a killed one are swept."""

import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Container, Iterable
from contextlib import suppress
from pathlib import Path

SHARED = Path("/dev/shm")
LONGEST = 60  # bytes of a temporary folder's name that leave room for a socket's
YOUNG_S = 60  # a semaphore is named a moment before it is mapped
SEMAPHORE = "sem.mp-"  # multiprocessing's; its own tracker removes them unless it is killed, too
NAME = re.compile(r"course-(?:[a-z]+-)?(\d+)-")


def prefix(kind: str) -> str:
    """How a temporary folder of this process begins, for `tempfile`. `kind` is a word such as "kernel"."""
    return f"course-{kind}-{os.getpid()}-"


def short_folder() -> str | None:
    """Where a folder for sockets goes, whose names have 107 bytes: None for the usual place, else /tmp."""
    return "/tmp" if len(os.fsencode(tempfile.gettempdir())) > LONGEST and os.path.isdir("/tmp") else None


def sweep() -> None:
    """Remove the temporary folders, and the semaphores, of processes that have ended."""
    places = {tempfile.gettempdir(), short_folder() or tempfile.gettempdir()}
    for path in (path for place in places for path in Path(place).glob("course-*")):
        owner = NAME.match(path.name)
        if owner and not _alive(int(owner[1])):
            remove(path)
    left = [path for path in SHARED.glob(f"{SEMAPHORE}*") if time.time() - _changed(path) > YOUNG_S]
    remove_unused(left)


def remove_unused(paths: Iterable[Path], owners: Container[int] = ()) -> None:
    """Remove those files of shared memory that are ours, and that no process has open or mapped.

    Args:
        owners: users whose files are ours besides our own.
    """
    ours = {}
    for path in paths:
        with suppress(OSError):
            status = path.lstat()
            if stat.S_ISREG(status.st_mode) and (status.st_uid == os.geteuid() or status.st_uid in owners):
                ours[status.st_ino] = path
    used = _used() if ours else set()
    for number, path in ours.items():
        if number not in used:
            path.unlink(missing_ok=True)


def _used() -> set[int]:
    """The numbers (inodes) of files of shared memory that some process has open or mapped."""
    used = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            for line in (process / "maps").read_text("utf-8", "replace").splitlines():
                fields = line.split(maxsplit=5)
                if len(fields) == 6 and fields[5].startswith(f"{SHARED}/"):
                    used.add(int(fields[4]))
            for handle in (process / "fd").iterdir():
                with suppress(OSError):
                    if os.readlink(handle).startswith(f"{SHARED}/"):
                        used.add(handle.stat().st_ino)
    return used


def _changed(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0


def remove(folder: str | os.PathLike) -> None:
    """Remove a folder that anybody may have filled: as deep as may be, closed to everybody, full of links.

    Every folder in it is first moved up to the top, so no path gets long; no link is followed.
    """
    if os.open not in os.supports_dir_fd:
        shutil.rmtree(folder, ignore_errors=True)
        return
    try:
        top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        _empty(top)
        os.rmdir(folder)
    except OSError:
        pass  # another process removes it, too, or it is not ours
    finally:
        os.close(top)


def _empty(top: int) -> None:
    number = 0
    while names := os.listdir(top):
        for name in names:
            if not stat.S_ISDIR(os.stat(name, dir_fd=top, follow_symlinks=False).st_mode):
                os.unlink(name, dir_fd=top)
                continue
            os.chmod(name, 0o700, dir_fd=top)
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
            try:
                for below in os.listdir(inner):
                    if stat.S_ISDIR(os.stat(below, dir_fd=inner, follow_symlinks=False).st_mode):
                        number += 1
                        os.chmod(below, 0o700, dir_fd=inner)  # a folder is moved by who may write to it
                        os.rename(below, f".{number:x}-{os.getpid()}", src_dir_fd=inner, dst_dir_fd=top)
                    else:
                        os.unlink(below, dir_fd=inner)
            finally:
                os.close(inner)
            os.rmdir(name, dir_fd=top)


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
    try:
        fields = Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:  # not Linux, or it has just ended
        return True
    return fields[0] != "Z"  # it has ended, and nobody has asked how
