"""Canary's attempts to get out, as a student's process would: read, connect, signal, write, take too much.

Each attempt answers True when it was stopped. It runs in a fork like any kernel, and imports nothing that a
plain Python lacks.
"""

import json
import mmap
import os
import resource
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from . import syscalls
from .limits import MIB, THREADS_MIB, Limits

PRIVATE = getattr(mmap, "MAP_PRIVATE", 0) | getattr(mmap, "MAP_ANONYMOUS", 0)


def report(targets: dict, limits: Limits, descriptor: int) -> None:
    """Try everything and write which attempts were stopped, as JSON, to a pipe."""
    tries: dict[str, Callable[[], bool]] = {
        "read a file of the grader": lambda: _fails(Path(targets["file"]).read_bytes),
        "read another submission": lambda: _fails(Path(targets["sibling"]).read_bytes),
        "read the grader's environment": lambda: _no_environment(targets["pid"], targets["secret"]),
        "see the grader's process": lambda: not _alive(targets["pid"]),
        "signal the grader": lambda: _fails(lambda: os.kill(targets["pid"], targets["signal"])),
        "connect over TCP": lambda: not _connects(socket.AF_INET, tuple(targets["tcp"])),
        "connect to a Unix socket": lambda: not _connects(socket.AF_UNIX, targets["unix"]),
        "connect to an abstract socket": lambda: not _connects(socket.AF_UNIX, "\0" + targets["abstract"]),
        "slow the grader down": lambda: _no_slowing(targets["pid"]),
        "change the grader's files": lambda: _no_marks(targets["file"]),
        "write to the system": lambda: all(_cannot_write(folder) for folder in targets["folders"]),
        "gain rights": _no_new_rights,
        "make rare system calls": lambda: all(
            syscalls.refused(name) for name in ("unshare", "keyctl", "bpf")
        ),
        "start too many processes": lambda: _forks_end(limits.processes),
        "take too much memory": lambda: _fails(
            lambda: mmap.mmap(-1, (limits.memory_mib + 2 * THREADS_MIB) * MIB, flags=PRIVATE)
        ),
        "fill the disk": lambda: _disk_ends(limits),
    }
    stopped = {}
    for name, attempt in tries.items():
        try:
            stopped[name] = bool(attempt())
        except (OSError, MemoryError, ValueError):
            stopped[name] = False
    os.write(descriptor, json.dumps(stopped).encode())


def _fails(attempt: Callable) -> bool:
    try:
        attempt()
    except (OSError, MemoryError, ValueError, OverflowError):
        return True
    return False


def _alive(pid: int) -> bool:
    """Whether that process can be seen. In another PID namespace the number may be somebody inside."""
    if os.getpid() < 100 and not Path(f"/proc/{pid}").exists():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _no_slowing(pid: int) -> bool:
    """Neither the limits nor the priority of another process can be set; a call may say that it worked."""
    if not _fails(lambda: resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))):
        return False
    try:
        before = os.getpriority(os.PRIO_PROCESS, pid)
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, before + 1)
        return os.getpriority(os.PRIO_PROCESS, pid) == before
    except OSError:
        return True


def _no_marks(path: str) -> bool:
    """Neither the mode nor the times of a file can be set; a call that does nothing may say it worked."""
    with suppress(OSError):
        os.chmod(path, 0o640)
    with suppress(OSError):
        os.utime(path, (1, 1))
    try:
        state = os.stat(path)
    except OSError:
        return True
    return state.st_mode & 0o777 == 0o600 and state.st_mtime != 1


def _no_environment(pid: int, secret: str) -> bool:
    """No process that can be seen holds the grader's secret in its environment."""
    for folder in {*Path("/proc").glob("[0-9]*"), Path(f"/proc/{pid}")}:
        with suppress(OSError):
            if secret.encode() in (folder / "environ").read_bytes():
                return False
    return True


def _connects(family: int, address) -> bool:
    try:
        with socket.socket(family) as client:
            client.settimeout(2)
            client.connect(address)
        return True
    except OSError:
        return False


def _cannot_write(folder: str) -> bool:
    """Whether a file can neither be made in a folder nor changed."""
    path = Path(folder) / f"canary-{os.getpid()}"
    try:
        path.open("x").close()
    except OSError:
        return True
    with suppress(OSError):
        path.unlink()
    return False


def _no_new_rights() -> bool:
    """No capability, none to come by running a setuid program, and no user namespace to be root in."""
    lines = Path("/proc/self/status").read_text().splitlines()
    status = dict(line.split(":", 1) for line in lines if ":" in line)
    powerless = int(status["CapEff"], 16) == 0 and status["NoNewPrivs"].strip() == "1"
    return powerless and os.geteuid() != 0


def _forks_end(limit: int) -> bool:
    """Whether forking fails before `limit` + 8 processes wait side by side."""
    waiting, stopped = [], False
    read, write = os.pipe()
    try:
        for _ in range(limit + 8):
            try:
                pid = os.fork()
            except OSError:
                stopped = True
                break
            if pid == 0:
                signal.pause()
                os._exit(0)
            waiting.append(pid)
    finally:
        for pid in waiting:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        for pid in waiting:
            with suppress(OSError):
                os.waitpid(pid, 0)
        os.close(read)
        os.close(write)
    return stopped


def _disk_ends(limits: Limits) -> bool:
    """Whether what can be written to is as small as it should be, and says so when it is full."""
    for folder in {os.getcwd(), tempfile.gettempdir(), "/dev/shm"}:
        space = os.statvfs(folder)
        if space.f_blocks * space.f_frsize > max(limits.scratch_mib, limits.shared_mib) * MIB:
            return False  # not ours: it would be a pity to fill it
    path, full = Path(tempfile.gettempdir()) / "canary", False
    step = min(limits.file_mib, 16) * MIB
    try:
        with open(path, "wb") as file:
            for number in range(limits.scratch_mib * MIB // step + 2):
                os.posix_fallocate(file.fileno(), number * step, step)
    except OSError:
        full = True
    path.unlink(missing_ok=True)
    return full and sys.platform == "linux"
