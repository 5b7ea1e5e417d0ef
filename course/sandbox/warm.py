"""Fork server (zygote), the warm process: imports libraries once, and forks a kernel when the grader asks.

    python -I -m course.sandbox.warm DESCRIPTOR

It is started afresh with a clean environment, never forked from the grader, so its memory holds nothing
worth reading. It runs nothing of a student: that is what the forks are for. The descriptor is a socket to
its first client, the grader, who may let others in. When a client closes its socket, the kernels that it
asked for end; with the last client, the warm process.

A request is one JSON message, with descriptors: first the report (a pipe), then what the work needs.

    {"do": "kernel", "mode": ..., "limits": ..., "connection": ..., "ports": [...], "without": [...]}
    {"do": "canary", "mode": ..., "limits": ..., "targets": ...}
    {"do": "connect"}                                  with the socket of one more client

The reply to the first two is {"threads": 1} with a descriptor of the supervisor, or {"failed": why}. When
everything has been imported, each client is told {"warm": true, "threads": 1}, and may ask for kernels; the
others are answered between two imports.
"""

import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import course
from course import scratch

from . import linux, rootfs, supervisor
from .limits import Limits

MESSAGE_LIMIT = 65_536
LIBRARIES = (
    *("numpy", "torch", "torch.nn", "torch.optim", "torch.nn.functional", "torch.utils.data"),
    *("torchvision", "torchvision.transforms.v2", "matplotlib", "matplotlib.pyplot", "PIL.Image"),
    *("IPython", "ipykernel.kernelapp", "ipykernel.zmqshell", "matplotlib_inline", "mlxtend"),
    *("ipywidgets", "comm", "debugpy", "ipykernel.debugger"),  # what a kernel imports when it starts, too:
    *("IPython.core.debugger", "IPython.core.completerlib", "IPython.core.oinspect", "faulthandler"),
    *("IPython.extensions.storemagic", "tornado.platform.asyncio"),
)
STAFF = {"sandbox", "grading", "notebooks", "cli", "lab", "book", "__main__"}


def main(descriptor: int) -> None:
    """Warm up and serve, until the last client has closed its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
    Server(socket.socket(fileno=descriptor)).serve()


def warm_up() -> Iterator[None]:
    """Import everything and use it once, so that what is loaded lazily is here too; pauses after each import.

    What cannot be imported, a fork tries again, and its notebook says why.
    """
    gc.disable()  # nothing that an import makes is garbage; looking for some took a quarter of the time
    rooms = [f"course.{module.name}" for module in pkgutil.iter_modules(course.__path__)]
    for name in (*LIBRARIES, *(name for name in rooms if name.split(".")[1] not in STAFF)):
        with suppress(Exception):
            importlib.import_module(name)
        yield
    with suppress(Exception):
        _train_once(importlib.import_module("torch"))
    with suppress(Exception):
        _draw_once(importlib.import_module("matplotlib.pyplot"))
    gc.freeze()  # else the first collection in a fork writes to every page that holds an object
    gc.enable()


def files_of(name: str) -> list[str]:
    """The folder of a package; a module's file, and where its bytecode is kept; nothing for what is in C."""
    module = sys.modules.get(name)
    path = getattr(module, "__file__", None) or ""
    if hasattr(module, "__path__"):
        return [*module.__path__]
    cached = getattr(module, "__cached__", None) or ""
    return [file for file in (path, cached) if os.path.isfile(file)]


def _train_once(torch) -> None:
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.Flatten(), torch.nn.Linear(72, 2))
    optimizer = torch.optim.Adam(net.parameters())
    torch.nn.functional.cross_entropy(net(torch.ones(2, 1, 8, 8)), torch.tensor([0, 1])).backward()
    optimizer.step()


def _draw_once(pyplot) -> None:
    importlib.import_module("matplotlib.backends").backend_registry.list_all()  # reads every entry point
    figure, axes = pyplot.subplots()
    axes.plot([0, 1], label="$x$")
    axes.legend()
    figure.savefig(os.devnull, format="png")
    pyplot.close("all")


def threads() -> int:
    """How many threads this process has; with more than one, a fork may hang."""
    return len(os.listdir("/proc/self/task"))


class Started(NamedTuple):
    """A supervisor that was started, and has not been waited for."""

    handle: int  # its descriptor
    home: str | None  # a folder to remove
    client: socket.socket


class Server:
    """Forks on request, and reaps."""

    def __init__(self, grader: socket.socket):
        self.paths = rootfs.shown_paths()
        self.clients: dict[socket.socket, set[str]] = {grader: set()}  # with the folders of its kernels
        self.supervisors: dict[int, Started] = {}
        self.shared: set[str] = set()  # what lay in /dev/shm before any kernel ran that can write there
        self.warm = False

    def serve(self) -> None:
        """Answer requests until the last client is gone."""
        wake, woken = os.pipe()
        for end in (wake, woken):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(woken)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        try:
            for _ in warm_up():
                self.turn(wake, 0)
                if not self.clients:
                    return  # the grader was killed; it would not be needed
            self.warm = True
            for client in self.clients:
                self.greet(client)
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 2)  # nobody reads it any more
            os.close(null)
            while self.clients:
                self.turn(wake)
        finally:
            for client in [*self.clients]:
                self.leave(client)

    def turn(self, wake: int, timeout: float | None = None) -> None:
        """Do what there is to do, once there is something."""
        ready = select.select([wake, *self.clients], [], [], timeout)[0]
        if wake in ready:
            os.read(wake, 4096)
            self.reap()
        for client in ready:
            if client != wake and not self.answer(client):
                self.leave(client)

    def greet(self, client: socket.socket) -> None:
        """Tell a client that everything has been imported."""
        with suppress(OSError):  # it has left already
            client.send(json.dumps({"warm": True, "threads": threads()}).encode())

    def leave(self, client: socket.socket) -> None:
        """End the kernels of a client that is gone; remove its folders, as it does unless it was killed."""
        for pid in [pid for pid, started in self.supervisors.items() if started.client is client]:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            self.forget(pid)
        for folder in self.clients.pop(client):
            scratch.remove(folder)
        client.close()

    def answer(self, client: socket.socket) -> bool:
        """Read one request and reply. False when the client is gone."""
        try:
            message, descriptors, _, _ = socket.recv_fds(client, MESSAGE_LIMIT, 16)
        except OSError:
            return False
        if not message:
            return False
        request = json.loads(message)
        if request["do"] == "connect":
            another = socket.socket(fileno=descriptors[0])
            self.clients[another] = set()
            if self.warm:
                self.greet(another)
            return True
        self.reap()  # nobody finds what the kernel before has left
        try:
            handle = self.fork(request, descriptors, client)
            reply, handles = {"threads": threads()}, [handle]
        except (OSError, ValueError) as error:
            reply, handles = {"failed": str(error)[:500]}, []
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        try:
            socket.send_fds(client, [json.dumps(reply).encode()], handles)
        except OSError:
            return False
        return True

    def fork(self, request: dict, descriptors: list[int], client: socket.socket) -> int:
        """Start what a client asks for. Returns a descriptor of the supervisor."""
        report, *kept = descriptors
        home, made = rootfs.HOME, None
        if request["mode"] != supervisor.NAMESPACES:
            if not self.supervisors:
                self.shared = set(os.listdir(scratch.SHARED))
            home = made = tempfile.mkdtemp(prefix=scratch.prefix("home"))
        limits = Limits.from_json(request["limits"])

        def work():
            if request["do"] == "canary":
                from . import attempts

                attempts.report(request["targets"], limits, kept[0])
            else:
                from . import kernel

                ports = dict(zip(request["ports"], kept, strict=True))
                kernel.run_kernel(request["connection"], ports, home, request["without"])

        hidden = [path for name in request.get("without", ()) for path in files_of(name)]
        asked = supervisor.ForkRequest(request["mode"], limits, work, report, kept, hidden, home)
        pid = supervisor.fork(asked, self.paths)
        handle = os.pidfd_open(pid)
        if "folder" in request:
            left = {folder for folder in self.clients[client] if os.path.isdir(folder)}
            self.clients[client] = left | {request["folder"]}
        self.supervisors[pid] = Started(handle, made, client)
        return handle

    def reap(self) -> None:
        """Forget the supervisors that have ended."""
        with suppress(ChildProcessError):
            while pid := os.waitpid(-1, os.WNOHANG)[0]:
                self.forget(pid)

    def forget(self, pid: int) -> None:
        """A child has ended: kill what it left behind where no namespace did."""
        started = self.supervisors.pop(pid, None)
        if started is not None:
            os.close(started.handle)
            if started.home is not None:
                scratch.remove(started.home)
                left = set(os.listdir(scratch.SHARED)) - self.shared
                owners = range(supervisor.FIRST_UID, supervisor.FIRST_UID + supervisor.UIDS)
                scratch.remove_unused([scratch.SHARED / name for name in left], owners)
        self.kill_orphans()

    def kill_orphans(self) -> None:
        """What comes to us and is no supervisor belonged to a supervisor that was killed."""
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
            children = {int(pid) for pid in file.read().split()}
        for pid in children - self.supervisors.keys():
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]))
