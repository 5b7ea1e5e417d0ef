"""Isolation level, found out by trying: it is what the canary failed to do.

3  namespaces    the canary could do nothing of what it tried
2  landlock      it read nothing, reached nobody and signalled nobody; it may fill the disk
1  limits only   its processes and its memory were bounded; it could read what the grader can
0  none          not even that
"""

import json
import os
import secrets
import select
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from course import scratch

from . import linux, rootfs
from .client import Warm, warm_process
from .handle import LOST, NO_MEMORY, SIGKILL, SandboxError
from .limits import Limits
from .supervisor import LANDLOCK, LIMITS_ONLY, NAMESPACES, closed_to_others

NAMES = {0: "none", 1: "limits only", 2: "landlock", 3: "namespaces"}
WALLS = (
    *("read a file of the grader", "read another submission", "read the grader's environment"),
    *("signal the grader", "connect over TCP", "connect to a Unix socket", "connect to an abstract socket"),
    *("slow the grader down", "change the grader's files", "write to the system", "gain rights"),
    "make rare system calls",
)
BOUNDS = ("start too many processes", "take too much memory")
ALL = (*WALLS, "see the grader's process", *BOUNDS, "fill the disk")
ADVICE = {
    "linux": "allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, or an AppArmor profile for "
    "Python), or grade in a virtual machine or in a container that is started with --privileged",
    "darwin": "grade in a Linux virtual machine or container (Docker, Colima)",
    "win32": "grade in WSL2 or in a Linux container",
}
TRIAL = Limits(processes=12, scratch_mib=64, memory_mib=1024)


@dataclass(frozen=True)
class Isolation:
    """What was tried and what was stopped, as plain data.

    `stopped` says for each attempt whether it failed; `missing` why a better level was not reached.
    """

    level: int
    layers: tuple[str, ...] = ()
    stopped: dict[str, bool] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    advice: str = ""

    @property
    def name(self) -> str:
        """The level in words."""
        return NAMES[self.level]

    def __str__(self) -> str:
        return f"{self.level} ({self.name})"

    def to_dict(self) -> dict:
        """For JSON."""
        return asdict(self) | {"name": self.name}


_known: Isolation | None = None
_asking = threading.Lock()


def isolation(fresh: bool = False) -> Isolation:
    """The isolation that kernels get on this machine; tried once a process, or again when `fresh`.

    Starts the warm process, which takes a few seconds.
    """
    global _known
    with _asking:
        if _known is None or fresh:
            _known = _find_out()
        return _known


def believe(found: Isolation) -> None:
    """Take as this process's isolation what another one found out, whose warm process it shares."""
    global _known
    _known = found


def isolation_mode() -> str:
    """How the warm process should keep kernels in here: "namespaces", "landlock", else "limits"."""
    layers = isolation().layers[:1]
    return layers[0] if layers in ((NAMESPACES,), (LANDLOCK,)) else LIMITS_ONLY


def level_of(stopped: dict[str, bool]) -> int:
    """The level that a canary's attempts come to."""
    if all(stopped.get(name, False) for name in ALL):
        return 3
    if all(stopped.get(name, False) for name in (*WALLS, *BOUNDS)):
        return 2
    return 1 if all(stopped.get(name, False) for name in BOUNDS) else 0


def _find_out() -> Isolation:
    advice = ADVICE.get(sys.platform, ADVICE["linux"])
    if not linux.SUPPORTED:
        why = f"{sys.platform} has no namespaces, and kernels cannot be forked from a warm process"
        level = 1 if sys.platform == "darwin" else 0
        return Isolation(0, ("limits",) if level else (), {}, (why,), advice)
    warm = warm_process()
    best, missing = _best_of(warm)
    if (best is None or best.level < 3) and not warm.usable():  # its end says nothing of walls
        best, missing = _best_of(warm_process())
    if best is None:
        warm_process().wait_warm()  # or it says why it does not start
        return Isolation(0, (), {}, tuple(missing), advice)
    if best.level == 3:
        return best
    return replace(best, missing=(*best.missing, *_why_root_stays()), advice=advice)


def _best_of(warm: Warm) -> tuple[Isolation | None, list[str]]:
    """The best mode of a warm process, None where no canary came to its end; and what is missing."""
    missing, best = [], None
    for chosen, level_meant in ((NAMESPACES, 3), (LANDLOCK, 2), (LIMITS_ONLY, 1)):
        try:
            stopped = _try_twice(warm, chosen)
        except SandboxError as error:
            missing.append(f"{chosen}: {error}")
            continue
        level = level_of(stopped)
        missing += [f"{chosen}: the canary could {name}" for name, held in stopped.items() if not held]
        if best is None or level > best.level:
            layers = dict.fromkeys((chosen, "seccomp", "limits", "no new rights"))
            best = Isolation(level, tuple(layers), stopped, tuple(missing))
        if level >= level_meant:
            break
    return best, missing


def _why_root_stays() -> list[str]:
    """Without namespaces, root is bounded only after it has become somebody else."""
    closed = closed_to_others(rootfs.shown_paths()) if os.geteuid() == 0 else []
    return [f"root cannot become another user, for whom Python is closed: {closed[0]}"] if closed else []


class CanaryKilled(SandboxError):
    """Not by us, but by somebody on this machine, or for want of memory: that says nothing of walls."""


def _try_twice(warm: Warm, chosen: str) -> dict[str, bool]:
    """As `try_out`; once more when the canary was killed."""
    with suppress(CanaryKilled):
        return try_out(warm, chosen)
    return try_out(warm, chosen)


def try_out(warm: Warm, chosen: str, limits: Limits = TRIAL) -> dict[str, bool]:
    """Let a canary try everything against targets that this process sets up.

    Raises:
        SandboxError: the canary did not come to its end.
    """
    with ExitStack() as stack:
        targets = _targets(stack)
        read, write = os.pipe()
        stack.callback(os.close, read)
        try:
            kernel = warm.fork(chosen, limits, {"do": "canary", "targets": targets}, [write])
        finally:
            os.close(write)
        kernel.wait_ready()
        answer = _read_all(read, 30)
        if not kernel.wait(5):
            kernel.kill()
        if not answer:
            killed = kernel.ended in (SIGKILL[0], LOST, NO_MEMORY)
            raise (CanaryKilled if killed else SandboxError)(
                f"the canary ended without an answer ({kernel.ended})"
            )
        return json.loads(answer)


def _targets(stack: ExitStack) -> dict:
    """Things of the grader that a student must not reach: files, sockets, a process with a secret."""
    where = {"prefix": scratch.prefix("canary"), "dir": scratch.short_folder()}
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(**where)))
    for name in ("grader", "sibling"):
        (folder / name).mkdir(mode=0o700)
        (folder / name / "file").write_text("canary", encoding="ascii")
        (folder / name / "file").chmod(0o600)
    abstract = f"course-canary-{secrets.token_hex(8)}"
    tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    for address in (f"{folder}/socket", "\0" + abstract):
        server = stack.enter_context(socket.socket(socket.AF_UNIX))
        server.bind(address)
        server.listen(4)
    secret = secrets.token_hex(16)
    waiting = stack.enter_context(
        subprocess.Popen(
            [sys.executable, "-I", "-c", "import sys; sys.stdin.read()"],
            env={"CANARY": secret},
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is not for it
        )
    )
    package = Path(__file__).parents[1]
    return {
        "file": f"{folder}/grader/file",
        "sibling": f"{folder}/sibling/file",
        "pid": waiting.pid,
        "signal": 0,
        "secret": secret,
        "tcp": tcp.getsockname()[:2],
        "unix": f"{folder}/socket",
        "abstract": abstract,
        "folders": ["/usr/lib", "/etc", sysconfig.get_path("purelib"), str(package), str(folder)],
    }


def _read_all(descriptor: int, timeout: float) -> bytes:
    """What comes through a pipe until it closes or time is up."""
    received, deadline = b"", time.monotonic() + timeout
    while len(received) < 65_536:
        ready = select.select([descriptor], [], [], max(deadline - time.monotonic(), 0))[0]
        chunk = os.read(descriptor, 65_536) if ready else b""
        if not chunk:
            return received
        received += chunk
    return received
