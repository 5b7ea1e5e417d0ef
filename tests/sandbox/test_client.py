"""The warm process is replaced, and ends with everything that it started."""

import os
import signal
from pathlib import Path

import psutil
import pytest

from course import sandbox
from course.notebooks.execute import execute
from course.sandbox import client, linux

pytestmark = pytest.mark.skipif(not linux.SUPPORTED, reason="kernels are not forked here")


def run(notebook, *cells):
    return execute(notebook(*cells), kernel_name=sandbox.KERNEL_NAME)


def gone(pid):
    """A condition: the process has ended."""
    return lambda: not Path(f"/proc/{pid}").exists()


@pytest.mark.nightly("starts many kernels")
def test_a_new_warm_process_after_many_kernels(isolated, notebook, eventually, monkeypatch):
    """After its share of kernels, and when it was killed, a warm process gives way to a fresh one."""
    first = client.warm_process().process.pid
    assert run(notebook, "1").trouble() is None
    assert client.warm_process().process.pid == first
    monkeypatch.setattr(client, "KERNELS", 1)
    second = client.warm_process().process
    assert second.pid != first
    eventually(gone(first))
    monkeypatch.setattr(client, "KERNELS", 200)
    second.kill()
    second.wait()
    assert run(notebook, "print(1)").trouble() is None
    assert client.warm_process().process.pid not in (first, second.pid)


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
    monkeypatch.setattr(client, "killed_for_memory", lambda: next(kills))
    deaf = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass"
    done = execute(notebook(deaf), kernel_name=sandbox.KERNEL_NAME, cell_timeout=3)
    assert done.notebook.cells[0].metadata["run"] != "ok"
    assert done.notebook.cells[0].metadata.get("ended") != sandbox.NO_MEMORY


@pytest.mark.nightly("starts some warm processes", early=True)
def test_threads_that_share_a_warm_process_leave_none(isolated, notebook, start, eventually, monkeypatch):
    """Each that has had its share of kernels ends, whoever asked for the last one."""
    monkeypatch.setattr(client, "KERNELS", 3)
    before = {child.pid for child in psutil.Process().children()}
    threads = [start(lambda: [run(notebook, "1") for _ in range(6)]) for _ in range(2)]
    for thread in threads:
        thread.join(300)
    sandbox.close()
    eventually(lambda: not {child.pid for child in psutil.Process().children()} - before)
