"""Grade as on a machine that refuses namespaces: run notebooks, print as JSON what they came to.

    python tests/sandbox/refusing.py python tests/sandbox/refused_session.py FOLDER

Run in a process of its own, for the machine cannot be made whole again.
"""

import ctypes
import json
import os
import socket
import sys
from pathlib import Path

import nbformat

from course import sandbox
from course.notebooks.execute import execute

LOADED = "print([tuple(a.shape) for a, b in torch.utils.data.DataLoader(data, batch_size=32, num_workers=1)])"
TRAIN = f"{Path(__file__).with_name('training_cell.py').read_text('utf-8')}{LOADED}"
ORDINARY = """
import matplotlib.pyplot as plt, os, pathlib, shutil, subprocess, tempfile, threading
!echo shell
plt.plot([1, 2]); plt.show()
pathlib.Path("a").touch(); shutil.copy("a", "b"); torch.save(net.state_dict(), "net.pt")
print(sorted(name for name in os.listdir() if name[0] != "."), tempfile.mkdtemp().startswith(os.getcwd()))
print(subprocess.run(["echo", "program"], capture_output=True, text=True).stdout)
"""
HOSTILE = """
import ctypes, os, resource, signal, socket
def datagram(path):
    socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b"x", path)
def system_v():
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_long
    if libc.shmat({segment}, None, 0o10000) == -1:
        raise OSError(ctypes.get_errno(), "refused")
attempts = {{
    "read": lambda: open({file!r}).read(),
    "write": lambda: open({file!r}, "a"),
    "truncate": lambda: os.truncate({file!r}, 0),
    "rename": lambda: os.rename({file!r}, {file!r} + "2"),
    "link": lambda: os.link({file!r}, "mine"),
    "list": lambda: os.listdir({folder!r}),
    "make": lambda: open({folder!r} + "/new", "x"),
    "list the root": lambda: os.listdir("/"),
    "passwords": lambda: open("/etc/passwd").read(),
    "processes": lambda: os.listdir("/proc"),
    "command line": lambda: open("/proc/{pid}/cmdline").read(),
    "environment": lambda: open("/proc/{pid}/environ").read(),
    "memory": lambda: open("/proc/{pid}/mem", "rb"),
    "signal": lambda: os.kill({pid}, 0),
    "signal the supervisor": lambda: os.kill(os.getppid(), 0),
    "limits": lambda: resource.prlimit({pid}, resource.RLIMIT_CORE),
    "times": lambda: os.utime({file!r}, (1, 1)),
    "tcp": lambda: socket.create_connection(("127.0.0.1", {port})),
    "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "unix": lambda: socket.socket(socket.AF_UNIX).connect({address!r}),
    "datagram": lambda: datagram({address!r} + "-datagrams"),
    "memory file": lambda: os.memfd_create("x"),
    "terminal": lambda: os.openpty(),
    "memory of System V": lambda: system_v(),
}}
could = []
for name, attempt in attempts.items():
    try:
        attempt()
        could.append(name)
    except OSError:
        pass
os.chmod({file!r}, 0o666)
print(could)
"""
LEFT = """
import os
open("/dev/shm/course-left-behind", "w").write("an answer")
here = os.open(".", os.O_RDONLY)
for _ in range(1200):
    os.mkdir("d", dir_fd=here)
    inner = os.open("d", os.O_RDONLY, dir_fd=here)
    os.close(here)
    here = inner
print(os.getcwd())
"""
FORKS = """
import os, time
started = 0
try:
    while started < 200:
        if os.fork() == 0:
            time.sleep(60); os._exit(0)
        started += 1
except BlockingIOError:
    print("stopped", 10 < started < 60)
"""


def main(folder: Path) -> None:
    """Run everything."""
    file, address = folder / "solution", f"{folder}/socket"
    file.write_text("secret")
    file.chmod(0o600)
    server, at = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)
    at.bind(address)
    at.listen()
    datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    datagrams.bind(f"{address}-datagrams")
    port = server.getsockname()[1]
    segment = ctypes.CDLL(None).shmget(0, 4096, 0o1600)  # of another program of the same user
    names = {"file": str(file), "folder": str(folder), "pid": os.getpid(), "port": port, "address": address}
    hostile = HOSTILE.format(**names, segment=segment)
    told = {"isolation": sandbox.isolation().to_dict(), "mode": sandbox.canary.isolation_mode()}
    told["work"] = run(TRAIN, ORDINARY)
    told["interrupt"] = run("x = 1", "while True: pass", "print(x)", cell_timeout=3)
    told["hostile"] = run(hostile)
    told["forks"] = run(FORKS, env=sandbox.environment(sandbox.Limits(processes=40)))
    ((home, _),) = run(LEFT)
    sandbox.close()
    told["left"] = [path for path in (home.strip(), "/dev/shm/course-left-behind") if os.path.exists(path)]
    ctypes.CDLL(None).shmctl(segment, 0, None)
    told["after"] = [file.read_text(), oct(file.stat().st_mode & 0o777), sorted(os.listdir(folder))]
    print(json.dumps(told))


def run(*codes: str, **options) -> list:
    """For each cell, what it printed or raised, and what became of it."""
    cells = [nbformat.v4.new_code_cell(code) for code in codes]
    made = nbformat.v4.new_notebook(cells=cells)
    done = execute(made, kernel_name=sandbox.KERNEL_NAME, **options).notebook
    return [
        [
            "".join(out.get("text") or out.get("ename") or "figure" for out in cell.outputs),
            cell.metadata.get("run"),
        ]
        for cell in done.cells
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
