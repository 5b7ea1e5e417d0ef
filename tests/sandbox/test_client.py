"""The warm process is replaced, and ends with everything that it started."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from course import sandbox
from course.notebooks.execute import execute
from course.sandbox import client, handle, linux

pytestmark = pytest.mark.skipif(not linux.SUPPORTED, reason="kernels are not forked here")


def run(notebook, *cells):
    return execute(notebook(*cells), kernel_name=sandbox.KERNEL_NAME)


def gone(pid):
    """A condition: the process has ended."""
    return lambda: not Path(f"/proc/{pid}").exists()


@pytest.mark.nightly("starts a warm process")
def test_a_new_warm_process_in_place_of_a_killed_one(isolated, notebook):
    """A warm process serves as long as it is well; after a kill, the next kernel comes from a fresh one."""
    first = client.warm_process().process
    assert run(notebook, "1").trouble() is None
    assert client.warm_process().process is first
    first.kill()
    first.wait()
    assert run(notebook, "print(1)").trouble() is None
    assert client.warm_process().process.pid != first.pid


def test_a_warm_process_that_does_not_start(isolated, notebook, monkeypatch, tmp_path):
    """Its own words are told; the next kernel comes from another one."""
    sandbox.close()
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho there is no numpy >&2\n", "ascii")
    python.chmod(0o700)
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", str(python))
        for _ in range(2):
            with pytest.raises(sandbox.SandboxError, match="did not start: there is no numpy"):
                client.warm_process().wait_warm()
    assert run(notebook, "print(1)").trouble() is None


SHARES = """
import os, socket, sys
import nbformat
from course.notebooks.execute import execute
from course.sandbox import client
if __name__ == "__main__":
    client.use_connection(socket.socket(fileno=int(sys.argv[1])))
    cell = nbformat.v4.new_code_cell(sys.argv[2])
    done = execute(nbformat.v4.new_notebook(cells=[cell]), kernel_name="course-sandbox")
    print(done.trouble(), client.warm_process().process)
"""


@pytest.fixture
def sharer():
    """Starts another process that runs a cell in a kernel of this process's warm process."""

    def start(code):
        with client.connection() as connection:
            command = [sys.executable, "-c", SHARES, str(connection.fileno()), code]
            return subprocess.Popen(
                command, pass_fds=[connection.fileno()], stdout=subprocess.PIPE, text=True
            )

    return start


def test_a_process_that_shares_the_warm_process_is_killed(isolated, notebook, sharer, running, eventually):
    """Its kernels end with it, and its folders go; ours, and those of others, notice nothing."""
    killed, other = sharer("import os; os.system('sleep 2237')"), sharer("import os; os.system('sleep 2')")
    eventually(lambda: running("sleep\x002237"))
    assert psutil.Process(killed.pid).children() == []  # no warm process of its own
    folders = list(Path(tempfile.gettempdir()).glob(f"course-sockets-{killed.pid}-*"))
    assert folders
    killed.kill()
    eventually(lambda: not running("sleep\x002237"))
    assert run(notebook, "print(1)").trouble() is None
    assert other.communicate()[0] == "None None\n"
    eventually(lambda: not any(folder.exists() for folder in folders))
    killed.communicate()


def test_a_shared_warm_process_is_killed(isolated, notebook, sharer):
    """Who had shared it starts one of its own."""
    with client.connection() as connection:
        client.warm_process().process.kill()
        client.warm_process().process.wait()
        command = [sys.executable, "-c", SHARES, str(connection.fileno()), "1"]
        done = subprocess.run(command, pass_fds=[connection.fileno()], capture_output=True, text=True)
    assert done.stdout.startswith("None <Popen"), done.stderr


def test_a_warm_process_is_killed_while_it_starts():
    """The line says so: it has left no words of its own."""
    warm = client.Warm()
    warm.process.kill()
    with pytest.raises(sandbox.SandboxError, match="did not start: it was killed"):
        warm.wait_warm()


def test_nobody_needs_a_warm_process_any_more():
    """A grader that is gone while it imports is not waited for: the rest is not imported."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.close()
    command = ["-I", "-X", "importtime", "-m", "course.sandbox.warm", str(theirs.fileno())]
    with theirs:
        done = subprocess.run(
            [sys.executable, *command], pass_fds=[theirs.fileno()], capture_output=True, text=True
        )
    packages = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert done.returncode == 0 and "numpy" in packages and "torch" not in packages


@pytest.mark.nightly("kernels that end; kill -9 of the grader stands for it by day")
def test_kernels_end_with_the_warm_process(isolated, notebook, start, running, eventually):
    """kill -9 of the warm process ends its kernels; the cell is marked and nothing hangs."""
    done = []
    warm = client.warm_process()
    waiting = start(lambda: done.append(run(notebook, "import os; os.system('sleep 2236')")))
    eventually(lambda: running("sleep\x002236"))
    os.kill(warm.process.pid, signal.SIGKILL)
    waiting.join(300)
    assert done[0].notebook.cells[0].metadata["run"] == "kernel died"


@pytest.mark.nightly("kernels that end; kill -9 of the grader stands for it by day")
def test_without_namespaces_daemons_end_too(isolated, notebook, eventually, monkeypatch):
    """Where there are limits only, what a student started still ends with the kernel, and its home goes."""
    monkeypatch.setattr("course.sandbox.provisioner.isolation_mode", lambda: "limits")
    code = """
import os, time, warnings
warnings.simplefilter("ignore")  # newer Pythons warn of a fork beside threads
reading, writing = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(writing, f"{os.getpid()} {os.getcwd()}".encode())
        time.sleep(600)
    os._exit(0)
print(os.read(reading, 1000).decode())
"""
    pid, home = "".join(output.text for output in run(notebook, code).notebook.cells[0].outputs).split()
    eventually(gone(pid))
    eventually(lambda: not os.path.exists(home))


@pytest.mark.nightly("waits for a time limit")
def test_what_the_grader_ends_did_not_lack_memory(isolated, notebook, monkeypatch):
    """While another process of the machine is killed for memory, a cell that never ends is only too slow."""
    kills = iter(range(1000))
    monkeypatch.setattr(handle, "killed_for_memory", lambda: next(kills))
    deaf = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass"
    done = execute(notebook(deaf), kernel_name=sandbox.KERNEL_NAME, cell_timeout=3)
    assert done.notebook.cells[0].metadata["run"] != "ok"
    assert done.notebook.cells[0].metadata.get("ended") != sandbox.NO_MEMORY
