"""Client of the fork server: start the warm process, or share another's; ask it for kernels."""

import atexit
import json
import os
import select
import socket
import subprocess
import sys
import threading

from . import linux
from .handle import FORK_S, Kernel, SandboxError, readable
from .limits import Limits, clean_environment
from .supervisor import NAMESPACES

START_S = 120


class Warm:
    """Connection to a warm process, which is started unless there is one already to be shared.

    Not shared with forks of this process: such a fork starts its own.

    Args:
        shared: what `connect` gave, in another process.
    """

    def __init__(self, shared: socket.socket | None = None):
        self.process = None
        self._socket, self._lock = shared, threading.Lock()
        self._ending: list[Kernel] = []  # killed, and nobody waits for them
        self._warm, self._lost = False, False
        if shared is None:
            self._start()

    def _start(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-m", "course.sandbox.warm", str(theirs.fileno())],
                env=clean_environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def wait_warm(self) -> None:
        """Wait until it has imported everything.

        Raises:
            SandboxError: it does not start.
        """
        with self._lock:
            reply = None if self._warm else self._receive(START_S)[0]
        if not self._warm or self._lost:
            why = reply or "it has ended"
            if reply is None and self.process is not None:
                self.process.kill()  # unless it has ended
                why = self.process.stderr.read().decode(errors="replace").strip() or "it was killed"
            self.close()
            raise SandboxError(f"the warm process did not start: {why}"[-500:])

    def usable(self) -> bool:
        """Whether more kernels may be asked for."""
        if self._lost:
            return False
        hung_up = select.poll()
        hung_up.register(self._socket, 0)
        return not hung_up.poll(0)

    def connect(self) -> socket.socket:
        """A connection for another process, which may be handed on before the warm process is ready.

        Raises:
            OSError: the warm process is gone.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, self._lock:
            socket.send_fds(self._socket, [json.dumps({"do": "connect"}).encode()], [theirs.fileno()])
        return ours

    def fork(self, mode: str, limits: Limits, request: dict, descriptors: list[int]) -> Kernel:
        """Fork a kernel or a canary; `wait_ready` of the result says whether its walls stand.

        Raises:
            SandboxError: the fork failed, or the warm process is gone.
        """
        if request["do"] == "kernel":
            self.wait_warm()
        self.forget_ended()
        report, end = os.pipe()
        message = json.dumps(request | {"mode": mode, "limits": limits.to_json()}).encode()
        try:
            with self._lock:
                socket.send_fds(self._socket, [message], [end, *descriptors])
                reply, handles = self._receive(FORK_S if self._warm else START_S)
                if reply and "warm" in reply:  # it had just become so
                    reply, handles = self._receive(FORK_S)
        except OSError as error:
            reply, handles, why = None, [], error
        else:
            why = "it does not answer" if reply is None else reply.get("failed")
        finally:
            os.close(end)
        self._lost = self._lost or reply is None
        if not handles:
            os.close(report)
            raise SandboxError(f"the warm process gave no kernel: {why}")
        return Kernel(handles[0], report, mode == NAMESPACES, self._leave)

    def _receive(self, timeout: float) -> tuple[dict | None, list[int]]:
        if not readable(self._socket, timeout):
            return None, []
        try:
            message, handles, _, _ = socket.recv_fds(self._socket, 65_536, 1)
        except OSError:
            return None, []
        for handle in handles:
            os.set_inheritable(handle, False)
        reply = json.loads(message) if message else None
        if reply is not None:
            self._warm = self._warm or "warm" in reply
            self._lost = self._lost or reply.get("threads", 1) != 1  # a fork of it may hang
        return reply, handles

    def _leave(self, kernel: Kernel) -> None:
        with self._lock:
            self._ending.append(kernel)

    def forget_ended(self) -> None:
        """Forget the kernels that were killed and have ended."""
        with self._lock:
            left, self._ending = self._ending, []
        alive = [kernel for kernel in left if kernel.poll() is None]
        with self._lock:
            self._ending += alive

    def let_go(self) -> None:
        """In a fork of this process: leave the warm process to the others."""
        self._socket.close()

    def close(self) -> None:
        """End all kernels that were asked for here; and the warm process, unless others share it."""
        listens = self._warm or (not self._lost and self._receive(0)[0] is not None)
        self._lost = True
        self._socket.close()
        if self.process is not None:
            if not listens:
                self.process.kill()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process.stderr.close()
        self.forget_ended()


_current: tuple[int, Warm] | None = None
_starting = threading.Lock()


def warm_up() -> None:
    """Start the warm process, without waiting, where there can be one."""
    if linux.SUPPORTED:
        warm_process()


def connection() -> socket.socket | None:
    """A connection to the warm process for another process, which gives it to `use_connection`.

    None where the system has no warm processes.
    """
    return warm_process().connect() if linux.SUPPORTED else None


def use_connection(connection: socket.socket | None) -> None:
    """Ask for kernels where another process does, as long as that is well."""
    global _current
    if connection is not None:
        with _starting:
            _current = (os.getpid(), Warm(connection))


def warm_process() -> Warm:
    """The warm process of this process, which may still be starting; a fresh one when it is not well."""
    global _current
    with _starting:
        owner, warm = _current or (0, None)
        if warm is not None and owner != os.getpid():
            warm.let_go()  # we are a fork of the grader, and the process is the grader's
            warm = None
        if warm is not None and not warm.usable():
            warm.close()
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
