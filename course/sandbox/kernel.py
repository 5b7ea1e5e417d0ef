"""Kernel: ipykernel in a fork of the warm process. Its sockets are handed in; it writes in its home alone.

The grader has made the five sockets and listens already, so no folder of the grader is shown to the kernel.
"""

import importlib.abc
import os
import random
import socket
import sys
import tempfile
from collections.abc import Iterable
from multiprocessing.reduction import ForkingPickler

import zmq
from ipykernel.heartbeat import Heartbeat
from ipykernel.iostream import IOPubThread
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from traitlets.config import Config

from .rootfs import HOME

INLINE = "module://matplotlib_inline.backend_inline"
CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
RULE = "this exercise asks you to do without"


class SandboxKernelApp(IPKernelApp):
    """ipykernel, on sockets that are open already."""

    descriptors: dict[int, int]  # by port

    def init_connection_file(self):
        """There is none: the warm process was told everything."""

    def write_connection_file(self, **kwargs):
        """There is none."""

    def _try_bind_socket(self, s, port):
        s.setsockopt(zmq.USE_FD, self.descriptors[port])
        s.setsockopt(zmq.SNDHWM, 0)  # else what is displayed faster than it is read gets lost, answers too
        s.bind(f"ipc://{self.ip}-{port}")
        return port

    def init_control(self, context):
        """As ipykernel's, without the debugger's way back to the shell socket, whose path is not here."""
        super().init_control(context)
        address = self.shell_socket.getsockopt(zmq.LAST_ENDPOINT)
        if getattr(self, "debug_shell_socket", None) and address:
            self.debug_shell_socket.disconnect(address)


class Forbidden(importlib.abc.MetaPathFinder):
    """Refuses the import of modules that a question forbids."""

    def __init__(self, names: Iterable[str]):
        self.names = tuple(names)

    def find_spec(self, fullname, path=None, target=None):
        """Raise ImportError for a forbidden module or what lies in it; know nothing of others."""
        for name in self.names:
            if fullname == name or fullname.startswith(f"{name}."):
                raise ImportError(f"{fullname} cannot be imported: {RULE} {name}", name=fullname)
        return None


def do_without(names: Iterable[str]) -> None:
    """Take modules out of this process and refuse to import them again.

    Code that imported them before keeps its own references, PyTorch's inner parts for example: this stops
    a student's import, not somebody who searches the memory.
    """
    names = tuple(names)
    for name in names:
        for loaded in [key for key in sys.modules if key == name or key.startswith(f"{name}.")]:
            del sys.modules[loaded]
        parent, _, last = name.rpartition(".")
        if parent in sys.modules and hasattr(sys.modules[parent], last):
            delattr(sys.modules[parent], last)
    sys.meta_path.insert(0, Forbidden(names))


def reseed() -> None:
    """Give this fork its own random numbers; without, all kernels would draw the warm process's."""
    seed = int.from_bytes(os.urandom(8), "little")
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed % 2**32)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed % 2**63)


def run_kernel(connection: dict, descriptors: dict[int, int], home: str, without: Iterable[str]) -> None:
    """Serve one kernel until it is told to stop.

    Args:
        connection: as in a connection file, transport "ipc".
        descriptors: the listening sockets, by port.
    """
    settle(home)
    do_without(without)
    reseed()
    if _sockets_refused():
        do_without_sockets()
    config = Config()
    config.HistoryManager.enabled = False
    config.IPKernelApp.parent_handle = 0
    app = SandboxKernelApp.instance(config=config)
    app.descriptors = descriptors
    Heartbeat._try_bind_socket = lambda beat: SandboxKernelApp._try_bind_socket(app, beat.socket, beat.port)
    app.transport, app.ip = "ipc", connection["ip"]
    for channel in CHANNELS:
        setattr(app, f"{channel}_port", connection[f"{channel}_port"])
    app.session.key = connection["key"].encode()
    app.session.signature_scheme = connection["signature_scheme"]
    app.initialize([])
    _integrate(app)
    app.start()


class NullSocket:
    """Where what a fork of the kernel prints goes, when it cannot connect to the kernel."""

    def send_multipart(self, *arguments, **options):
        """Drop it."""

    def close(self):
        """Nothing to close."""

    term = close


def _sockets_refused() -> bool:
    try:
        socket.socket(socket.AF_UNIX).close()
    except PermissionError:
        return True
    return False


def do_without_sockets() -> None:
    """Change what would make a socket: ZeroMQ ends the process when it is refused one.

    Processes that a student forks print nowhere, and tensors travel between processes as bytes, not as
    descriptors of shared memory. Shell commands run without a terminal, whose name nobody may open.
    """
    IOPubThread._setup_pipe_in = lambda thread: setattr(thread, "_pipe_uuid", b"")
    IOPubThread._setup_pipe_out = lambda thread: (NullSocket(), NullSocket())
    if "torch" in sys.modules:
        shared = ForkingPickler._extra_reducers
        for kind in [kind for kind in shared if kind.__module__.partition(".")[0] == "torch"]:
            del shared[kind]
    ZMQInteractiveShell.system = ZMQInteractiveShell.system_raw


def settle(home: str) -> None:
    """The environment of the student's process."""
    os.environ.update(HOME=home, USER="student", LOGNAME="student", MPLBACKEND=INLINE, PWD=home)
    os.environ["IPYTHONDIR"] = f"{home}/.ipython"
    os.environ["MPLCONFIGDIR"] = f"{home}/.matplotlib"
    os.environ["TMPDIR"] = temporary = "/tmp" if home == HOME else f"{home}/.tmp"
    os.makedirs(temporary, exist_ok=True)
    tempfile.tempdir = None  # asked again; the warm process knows another
    os.chdir(home)
    sys.path = [path for path in sys.path if path]
    sys.path.insert(0, "")


def _integrate(app: SandboxKernelApp) -> None:
    """What matplotlib and ipywidgets do when a kernel imports them; here they were imported before."""
    if "matplotlib.pyplot" in sys.modules:
        from IPython.core.pylabtools import activate_matplotlib
        from matplotlib_inline.backend_inline import configure_inline_support

        activate_matplotlib(INLINE)
        configure_inline_support(app.shell, INLINE)
    widgets = sys.modules.get("ipywidgets")
    if widgets is not None:
        widgets.register_comm_target()
