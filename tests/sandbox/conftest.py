"""Shared by the tests of the sandbox: one warm process for all of them, and eyes on what runs."""

import shutil
import subprocess
import threading
import time
from pathlib import Path

import nbformat
import pytest
from jupyter_core.utils import ensure_event_loop

from course import sandbox


@pytest.fixture(scope="session")
def isolated():
    """The isolation of this machine; the warm process ends with the tests."""
    yield sandbox.isolation()
    sandbox.close()


@pytest.fixture(scope="session")
def namespaces():
    """Skip where another program is refused namespaces too: where it is not, ours must work."""
    program = shutil.which("unshare")
    asked = [
        program,
        "--user",
        "--map-root-user",
        "--mount",
        "--pid",
        "--net",
        "--fork",
        "--mount-proc",
        "true",
    ]
    if program is None or subprocess.run(asked, capture_output=True).returncode != 0:
        pytest.skip("this system refuses user namespaces")


@pytest.fixture
def notebook():
    """A function that makes a notebook of code cells."""
    return lambda *cells: nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])


@pytest.fixture
def start():
    """A function that starts a thread for work with kernels, and closes what Jupyter opens for it."""

    def start(work, *arguments):
        def run():
            work(*arguments)
            ensure_event_loop().close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    return start


@pytest.fixture
def running():
    """A function that gives the numbers of the processes whose command line holds these words."""

    def running(words):
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if words in path.read_text(errors="replace"):
                    found.append(int(path.parent.name))
            except OSError:
                continue
        return found

    return running


@pytest.fixture
def eventually():
    """A function that waits until something holds: minutes if a machine is busy, but not for ever."""

    def eventually(condition):
        for _ in range(6000):  # five minutes
            if condition():
                return
            time.sleep(0.05)
        raise AssertionError("it did not happen in five minutes")

    return eventually
