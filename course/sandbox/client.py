"""Client of the fork server: start the warm process, ask it for kernels, watch and kill them."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from course.errors import CourseError

from .cpu_share import Share, share
from .limits import Limits, clean_environment
from .memory import killed_for_memory
from .supervisor import NAMESPACES

KERNELS = 200  # a warm process is replaced after so many
START_S, FORK_S = 120, 30
NO_MEMORY, LOST = "out of memory", "killed from outside"
SIGKILL = ("signal SIGKILL", "killed")  # of the kernel, of its supervisor


class SandboxError(CourseError):
    """The sandbox does not work; no fault of a student."""


class Kernel:
    """A running supervisor, and with it all that the student's code starts. Safe to use from any thread."""

    def __init__(self, warm: "Warm", handle: int, report: int, apart: bool):
        self._warm = warm
        self.apart = apart  # in namespaces, where no other kernel can see what is left of it
        self._handle, self._report, self._unread = handle, report, b""
        self.ended: str | None = None  # "exit 0", "signal SIGKILL", "memory limit", NO_MEMORY, LOST
        self._kills, self._stopped = killed_for_memory(), False

    def fileno(self) -> int:
        """A descriptor that becomes readable when everything has ended."""
        return self._handle

    def wait_ready(self, timeout: float = FORK_S) -> None:
        """Wait until the walls stand.

        Raises:
            SandboxError: they could not be built; the text says why.
        """
        reply = self._next_line(timeout) or {"failed": "the fork ended without a word"}
        if "failed" in reply:
            self.kill()
            raise SandboxError(f"the sandbox could not be built: {reply['failed']}")

    def poll(self) -> int | None:
        """None while it runs, else 0."""
        if self._handle >= 0 and not _readable(self._handle, 0):
            return None
        if self.ended is None:
            reply = self._next_line(0)
            self.ended = (reply or {}).get("ended", "killed")
            if self.ended in SIGKILL and not self._stopped and killed_for_memory() > self._kills:
                self.ended = NO_MEMORY
            elif self.ended == "killed" and not self._stopped:
                self.ended = LOST  # the supervisor, which no student's code reaches, or the warm process
            self.close()
        return 0

    def wait(self, timeout: float) -> bool:
        """Wait for the end of everything. False when it did not come in time."""
        if self._handle >= 0:
            _readable(self._handle, timeout)
        return self.poll() is not None

    def share(self) -> Share:
        """The processor time that it has had, and has waited for."""
        if self._handle < 0:
            return Share()
        told = Path(f"/proc/self/fdinfo/{self._handle}").read_text().splitlines()
        return share(next((int(line[4:]) for line in told if line.startswith("Pid:")), -1))

    def send(self, number: int) -> None:
        """Send a signal: interrupts reach the student's process, SIGKILL ends everything."""
        if number == signal.SIGKILL and self.poll() is None:
            self._stopped = True  # by us, whatever the system kills meanwhile
        if self._handle >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)

    def kill(self) -> None:
        """End everything, at once."""
        self.send(signal.SIGKILL)
        self.wait(5)

    def leave(self) -> None:
        """Wait no longer for the end of a kernel that was killed; the warm process forgets it later."""
        self._warm.leave(self)

    def close(self) -> None:
        """Give the descriptors back; called when the kernel has ended."""
        for name in ("_handle", "_report"):
            if getattr(self, name) >= 0:
                os.close(getattr(self, name))
                setattr(self, name, -1)
        self._warm.forget(self)

    def _next_line(self, timeout: float) -> dict | None:
        deadline = time.monotonic() + timeout
        while b"\n" not in self._unread and len(self._unread) < 4096:
            if not _readable(self._report, max(deadline - time.monotonic(), 0)):
                return None
            chunk = os.read(self._report, 4096)
            if not chunk:
                return None
            self._unread += chunk
        line, _, self._unread = self._unread.partition(b"\n")
        with suppress(ValueError):
            return json.loads(line)
        return None


class Warm:
    """A warm process. Not shared between processes: a fork of the grader starts its own.

    Raises:
        SandboxError: it does not start.
    """

    def __init__(self):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-I", "-m", "course.sandbox.warm", str(theirs.fileno())]
        with theirs:
            self.process = subprocess.Popen(
                command,
                env=clean_environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._socket, self._lock = ours, threading.Lock()
        self._kernels: set[Kernel] = set()
        self._ending: list[Kernel] = []  # killed, and nobody waits for them
        self._asked, self._retired = 0, False
        reply = self._receive(START_S)[0]
        if reply is None or reply.get("threads") != 1:
            why = self.process.stderr.read().decode(errors="replace").strip() if reply is None else reply
            self.close()
            raise SandboxError(f"the warm process did not start: {why}"[-500:])
        self.process.stderr.close()
        self.missing = reply["missing"]

    def usable(self) -> bool:
        """Whether more kernels may be asked for."""
        return not self._retired and self._asked < KERNELS and self.process.poll() is None

    def fork(self, mode: str, limits: Limits, request: dict, descriptors: list[int]) -> Kernel:
        """Fork a kernel or a canary; `wait_ready` of the result says whether its walls stand.

        Raises:
            SandboxError: the fork failed, or the warm process is gone.
        """
        self.forget_ended()
        report, end = os.pipe()
        message = json.dumps(request | {"mode": mode, "limits": limits.to_json()}).encode()
        try:
            with self._lock:
                self._asked += 1
                socket.send_fds(self._socket, [message], [end, *descriptors])
                reply, handles = self._receive(FORK_S)
        except OSError as error:
            reply, handles = None, []
            self._retired = True
            why = error
        else:
            why = "it does not answer" if reply is None else reply.get("failed")
        finally:
            os.close(end)
        if reply is None or not handles:
            os.close(report)
            self._retired = self._retired or reply is None
            raise SandboxError(f"the warm process gave no kernel: {why}")
        kernel = Kernel(self, handles[0], report, mode == NAMESPACES)
        self._kernels.add(kernel)
        if reply["threads"] != 1:
            self.retire()
        return kernel

    def _receive(self, timeout: float) -> tuple[dict | None, list[int]]:
        if not _readable(self._socket, timeout):
            return None, []
        try:
            message, handles, _, _ = socket.recv_fds(self._socket, 65_536, 1)
        except OSError:
            return None, []
        for handle in handles:
            os.set_inheritable(handle, False)
        return (json.loads(message) if message else None), handles

    def retire(self) -> None:
        """Take no more orders; end when the last kernel has."""
        self._retired = True
        self.forget_ended(FORK_S)
        if not self._kernels:
            self.close()

    def leave(self, kernel: Kernel) -> None:
        """A kernel was killed, and nobody waits for its end."""
        with self._lock:
            self._ending.append(kernel)
        if self._retired:  # nobody asks for another one
            self.forget_ended(FORK_S)

    def forget_ended(self, seconds: float = 0) -> None:
        """Forget the kernels that were killed and have ended; wait for each so long."""
        with self._lock:
            left, self._ending = self._ending, []
        alive = [kernel for kernel in left if not kernel.wait(seconds)]
        with self._lock:
            self._ending += alive

    def forget(self, kernel: Kernel) -> None:
        """A kernel has ended."""
        self._kernels.discard(kernel)
        if self._retired and not self._kernels:
            self.close()

    def let_go(self) -> None:
        """In a fork of the grader: leave the warm process to the grader."""
        self._socket.close()

    def close(self) -> None:
        """End the warm process and every kernel of it."""
        self._retired = True
        self._socket.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()
        self.forget_ended()


def _readable(what, timeout: float) -> bool:
    number = what if isinstance(what, int) else what.fileno()
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return bool(poll.poll(timeout * 1000))


_current: tuple[int, Warm] | None = None
_starting = threading.Lock()


def warm_process() -> Warm:
    """The warm process of this grader; a fresh one after `KERNELS` kernels, or when it is not well.

    Raises:
        SandboxError: it does not start.
    """
    global _current
    with _starting:
        owner, warm = _current or (0, None)
        if warm is not None and owner != os.getpid():
            warm.let_go()  # we are a fork of the grader, and the process is the grader's
            warm = None
        if warm is not None and not warm.usable():
            warm.retire()
            warm = None
        if warm is None:
            warm = Warm()
            _current = (os.getpid(), warm)
            atexit.register(close)
        return warm


def close() -> None:
    """End the warm process, and with it every kernel. The next kernel starts a new one."""
    global _current
    with _starting:
        owner, warm = _current or (0, None)
        _current = None
        atexit.unregister(close)
        if warm is not None and owner == os.getpid():
            warm.close()
