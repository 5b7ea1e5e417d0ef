"""Fork server (zygote), the warm process: imports libraries once, and forks a kernel when the grader asks.

    python -I -m course.sandbox.warm DESCRIPTOR

It is started afresh with a clean environment, never forked from the grader, so its memory holds nothing
worth reading. It runs nothing of a student: that is what the forks are for. The descriptor is a socket to
the grader; when it closes, everything started here ends.

A request is one JSON message, with descriptors: first the report (a pipe), then what the work needs.

    {"do": "kernel", "mode": ..., "limits": ..., "connection": ..., "ports": [...], "without": [...]}
    {"do": "canary", "mode": ..., "limits": ..., "targets": ...}
    {"do": "retire"}                                   end when the last kernel has ended

The reply to the first two is {"threads": 1} with a descriptor of the supervisor, or {"failed": why}.
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
from contextlib import suppress

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
    """Warm up, say so, serve until the grader closes its end."""
    grader = socket.socket(fileno=descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
    missing = warm_up()
    grader.send(json.dumps({"ready": True, "threads": threads(), "missing": missing}).encode())
    Server(grader).serve()


def warm_up() -> list[str]:
    """Import everything and use it once, so that what is loaded lazily is here too.

    Returns:
        The modules that could not be imported: a fork tries again, and its notebook says why.
    """
    gc.disable()  # nothing that an import makes is garbage; looking for some took a quarter of the time
    missing = []
    rooms = [f"course.{module.name}" for module in pkgutil.iter_modules(course.__path__)]
    for name in (*LIBRARIES, *(name for name in rooms if name.split(".")[1] not in STAFF)):
        try:
            importlib.import_module(name)
        except Exception as error:
            missing.append(f"{name}: {type(error).__name__}: {error}"[:200])
    with suppress(Exception):
        _train_once(importlib.import_module("torch"))
    with suppress(Exception):
        _draw_once(importlib.import_module("matplotlib.pyplot"))
    gc.freeze()  # else the first collection in a fork writes to every page that holds an object
    gc.enable()
    return missing


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


class Server:
    """Forks on request, and reaps."""

    def __init__(self, grader: socket.socket):
        self.grader = grader
        self.paths = rootfs.shown_paths()
        self.supervisors: dict[int, tuple[int, str | None]] = {}  # process: descriptor, folder to remove
        self.shared: set[str] = set()  # what lay in /dev/shm before any kernel ran that can write there
        self.folders: set[str] = set()  # of the grader, who removes them unless it is killed
        self.retired = False

    def serve(self) -> None:
        """Answer requests until the grader is gone, or, when retired, until no kernel is left."""
        wake, woken = os.pipe()
        for end in (wake, woken):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(woken)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        try:
            while not (self.retired and not self.supervisors):
                ready = select.select([self.grader, wake], [], [])[0]
                if wake in ready:
                    os.read(wake, 4096)
                    self.reap()
                if self.grader in ready and not self.answer():
                    return
        finally:
            for pid in self.supervisors:
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            self.reap(wait=True)
            for folder in self.folders:
                scratch.remove(folder)

    def answer(self) -> bool:
        """Read one request and reply. False when the grader is gone."""
        message, descriptors, _, _ = socket.recv_fds(self.grader, MESSAGE_LIMIT, 16)
        if not message:
            return False
        request = json.loads(message)
        if request["do"] == "retire":
            self.retired = True
            return True
        self.reap()  # nobody finds what the kernel before has left
        try:
            handle = self.fork(request, descriptors)
        except (OSError, ValueError) as error:
            self.grader.send(json.dumps({"failed": str(error)[:500]}).encode())
        else:
            socket.send_fds(self.grader, [json.dumps({"threads": threads()}).encode()], [handle])
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        return True

    def fork(self, request: dict, descriptors: list[int]) -> int:
        """Start what a request asks for. Returns a descriptor of the supervisor."""
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
            self.folders = {folder for folder in self.folders if os.path.isdir(folder)} | {request["folder"]}
        self.supervisors[pid] = (handle, made)
        return handle

    def reap(self, wait: bool = False) -> None:
        """Forget the supervisors that ended; kill what they left behind where no namespace did."""
        with suppress(ChildProcessError):
            while True:
                pid, _ = os.waitpid(-1, 0 if wait else os.WNOHANG)
                if pid == 0:
                    break
                handle, home = self.supervisors.pop(pid, (None, None))
                if handle is not None:
                    os.close(handle)
                if home is not None:
                    scratch.remove(home)
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
