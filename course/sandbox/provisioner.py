"""The Jupyter kernel provisioner behind the kernel `course-sandbox`.

`papermill -k course-sandbox in.ipynb out.ipynb`, nbclient and nbconvert get sandboxed kernels by this name.
Two variables of the kernel's environment are read, and nothing else of it reaches the kernel:

    COURSE_LIMITS     `Limits.to_json()`
    COURSE_WITHOUT    modules that cannot be imported, separated by commas: torch.optim,torch.nn

Where the system has no warm forks (macOS, Windows), a kernel is started cold, with the limits that there are.
"""

import asyncio
import os
import signal
import socket
import sys
import tempfile
from pathlib import Path

from jupyter_client.provisioning import LocalProvisioner

from course import scratch

from . import linux
from .canary import isolation_mode
from .client import warm_process
from .cpu_share import Share
from .handle import Kernel
from .limits import (
    LIMITS_VARIABLE,
    WITHOUT_VARIABLE,
    Limits,
    clean_environment,
    environment,
    names_without,
)

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")


class SandboxProvisioner(LocalProvisioner):
    """Starts a kernel in the sandbox; Jupyter makes one for each kernel."""

    folder: str | None = None  # connection file and sockets; only the grader can open it
    kernel: Kernel | None = None
    ended: str | None = None  # how the last kernel ended, such as "memory limit"

    @property
    def has_process(self) -> bool:
        """Whether there is a kernel to look after."""
        return self.kernel is not None or super().has_process

    async def pre_launch(self, **kwargs):
        """Choose sockets in a folder of our own, outside the workbook, whatever was configured."""
        if self.folder is None:
            self.folder = tempfile.mkdtemp(prefix=scratch.prefix("sockets"), dir=scratch.short_folder())
        manager = self.parent
        if os.name != "nt":
            manager.transport, manager.ip = "ipc", f"{self.folder}/k"
        manager.connection_file = f"{self.folder}/connection.json"
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd, **kwargs):
        """Fork a kernel from the warm process, or start one cold where that cannot be.

        Raises:
            SandboxError: the sandbox cannot be built.
        """
        wanted = kwargs.get("env") or {}
        limits = Limits.from_json(wanted.get(LIMITS_VARIABLE, ""))
        without = names_without(wanted.get(WITHOUT_VARIABLE, ""))
        if not linux.SUPPORTED:
            home = f"{self.folder}/home"
            os.makedirs(home, mode=0o700, exist_ok=True)
            passed = environment(limits, without) | {"COURSE_HOME": home}
            kwargs.update(env=clean_environment() | _system() | passed, cwd=home)
            return await super().launch_kernel(cmd, **kwargs)
        info = self.connection_info
        known = ("ip", "signature_scheme", *(f"{channel}_port" for channel in CHANNELS))
        connection = {key: info[key] for key in known}
        connection |= {"key": bytes(info["key"]).decode(), "ip": "/run/kernel"}
        ports = [info[f"{channel}_port"] for channel in CHANNELS]
        request = {"do": "kernel", "connection": connection, "ports": ports, "without": list(without)}
        request["folder"] = self.folder
        sockets = [_listen(f"{info['ip']}-{port}") for port in ports]
        try:
            self.kernel = await asyncio.to_thread(_start, limits, request, [s.fileno() for s in sockets])
        finally:
            for made in sockets:
                made.close()
        return info

    async def poll(self):
        """None while the kernel runs."""
        return self.kernel.poll() if self.kernel else await super().poll()

    async def wait(self):
        """Wait for the kernel's end."""
        if self.kernel is None:
            return await super().wait()
        while self.kernel.poll() is None:
            await asyncio.sleep(0.01)
        self.ended, self.kernel = self.kernel.ended, None
        return 0

    def share(self) -> Share:
        """The processor time that the kernel has had, and has waited for; zeros where it was started cold."""
        return self.kernel.share() if self.kernel else Share()

    async def send_signal(self, signum: int) -> None:
        """Hand a signal to the kernel."""
        if self.kernel is None:
            await super().send_signal(signum)
        else:
            self.kernel.send(signum)

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and everything it started; wait for that where another kernel could see it."""
        if self.kernel is None:
            await super().kill(restart)
            return
        self.kernel.send(signal.SIGKILL)
        if self.kernel.apart and self.kernel.poll() is None:
            self.kernel.leave()
            self.ended, self.kernel = "killed", None
        else:
            await self.wait()

    async def terminate(self, restart: bool = False) -> None:
        """A sandboxed kernel has nothing to put in order: as `kill`."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the folder of a kernel that does not come back."""
        if not restart and self.folder is not None:
            if self.kernel is not None:
                await self.kill()
            scratch.remove(self.folder)
            self.folder = None


def _start(limits: Limits, request: dict, descriptors: list[int]) -> Kernel:
    kernel = warm_process().fork(isolation_mode(), limits, request, descriptors)
    kernel.wait_ready()
    return kernel


def _listen(path: str) -> socket.socket:
    """A listening socket; the kernel inherits it, so clients may connect before it has started."""
    Path(path).unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX)
    made.bind(path)
    made.listen(64)
    return made


def _system() -> dict[str, str]:
    """What Windows and macOS need to start a program at all."""
    names = ("SYSTEMROOT", "COMSPEC", "TEMP", "TMP", "TMPDIR", "LOCALAPPDATA", "APPDATA", "USERPROFILE")
    variables = {name: os.environ[name] for name in names if name in os.environ}
    return variables | ({"PATH": os.environ["PATH"]} if sys.platform == "win32" else {})
