"""Handle of a running kernel: is it ready, has it ended and how, its processor time; interrupt and kill.

It belongs to the grader; the kernel itself was forked by the warm process.
"""

import json
import os
import select
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from course.errors import CourseError

from .cpu_share import Share, share
from .memory import killed_for_memory

FORK_S = 30
NO_MEMORY, LOST = "out of memory", "killed from outside"
SIGKILL = ("signal SIGKILL", "killed")  # of the kernel, of its supervisor


class SandboxError(CourseError):
    """The sandbox does not work; no fault of a student."""


class Kernel:
    """A running supervisor, and with it all that the student's code starts. Safe to use from any thread.

    Args:
        handle, report: descriptors of the supervisor, and of what it tells.
        apart: in namespaces, where no other kernel can see what is left of it.
        later: told of a kernel that was killed, and for whose end nobody waits.
    """

    def __init__(self, handle: int, report: int, apart: bool, later: "Callable[[Kernel], None]"):
        self.apart, self._later = apart, later
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
        if self._handle >= 0 and not readable(self._handle, 0):
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
            readable(self._handle, timeout)
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
        """Wait no longer for the end of a kernel that was killed; it is forgotten later."""
        self._later(self)

    def close(self) -> None:
        """Give the descriptors back; called when the kernel has ended."""
        for name in ("_handle", "_report"):
            if getattr(self, name) >= 0:
                os.close(getattr(self, name))
                setattr(self, name, -1)

    def _next_line(self, timeout: float) -> dict | None:
        deadline = time.monotonic() + timeout
        while b"\n" not in self._unread and len(self._unread) < 4096:
            if not readable(self._report, max(deadline - time.monotonic(), 0)):
                return None
            chunk = os.read(self._report, 4096)
            if not chunk:
                return None
            self._unread += chunk
        line, _, self._unread = self._unread.partition(b"\n")
        with suppress(ValueError):
            return json.loads(line)
        return None


def readable(what, timeout: float) -> bool:
    """Whether a descriptor, or what has one, can be read from within so many seconds."""
    number = what if isinstance(what, int) else what.fileno()
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return bool(poll.poll(timeout * 1000))
