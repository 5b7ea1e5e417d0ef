"""A real JupyterLab on a copy of the notebooks, and a real Chromium in front of it."""

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from course.lab.start import environment

ROOT = Path(__file__).parents[2]
PROMPTS = ".jp-CodeCell .jp-InputPrompt:not(.jp-Placeholder-prompt)"  # a folded cell shows no number
ALL_NUMBERED = """prompts => [...document.querySelectorAll(prompts)].every(p => /\\d/.test(p.innerText))
    || document.querySelector("[data-mime-type='application/vnd.jupyter.error']") !== null"""
SETTINGS = {
    "notebook-extension/tracker": '{"windowingMode": "none"}',  # else a page lacks what is off the screen
    "apputils-extension/notification": '{"fetchNews": "false"}',
    "docmanager-extension/plugin": '{"autosave": false}',  # so that a changed file shows that a test saved it
}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """A laptop's screen."""
    return {**browser_context_args, "viewport": {"width": 1300, "height": 1000}}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Lab:
    """A running JupyterLab: its address, and the folder that it shows."""

    def __init__(self, url, folder):
        self.url = url
        self.folder = folder

    def write(self, name, *cells):
        """Put a notebook of a few code cells into the copy; gives its name."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, self.folder / name)
        return name

    def prepend(self, name, text):
        """Put a Markdown cell before the cells of a notebook of the copy."""
        notebook = nbformat.read(self.folder / name, 4)
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(text))
        nbformat.write(notebook, self.folder / name)

    def sessions(self):
        """The notebooks that have a kernel, as the server tells them."""
        with urllib.request.urlopen(f"{self.url}/api/sessions", timeout=30) as answer:
            return json.load(answer)

    def is_connected(self, path):
        """Whether a page is connected to the notebook's kernel; one may look idle before there is any."""
        kernels = [session["kernel"] for session in self.sessions() if session["path"] == path]
        return any(kernel["execution_state"] == "idle" and kernel["connections"] for kernel in kernels)

    def shut_down_kernels(self):
        """End every kernel: a lecture's holds most of a gigabyte."""
        for session in self.sessions():
            address = f"{self.url}/api/sessions/{session['id']}"
            urllib.request.urlopen(urllib.request.Request(address, method="DELETE"), timeout=30).close()

    def change_seed(self, path, seed):
        """Another seed in the copy of a lecture."""
        names = {"kernel_name": "python3", "language": "python"}
        notebook = load_notebook_node(str(self.folder / path))
        notebook = parameterize_notebook(notebook, {"seed": seed}, **names)
        nbformat.write(notebook, self.folder / path)


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """JupyterLab as a student has it, on a copy: nothing that happens here reaches the checkout."""
    folder, private = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("private")
    for name in ("lectures", "exercises"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for path in folder.rglob("*.ipynb"):
        forget_numbers(path)
    for name, text in SETTINGS.items():
        path = private / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    port = free_port()
    places = {
        "JUPYTERLAB_SETTINGS_DIR": str(private / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(private / "workspaces"),
        "JUPYTER_CONFIG_DIR": str(private / "config"),
        "JUPYTER_RUNTIME_DIR": str(private / "runtime"),
        "IPYTHONDIR": str(private / "ipython"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={folder}", "--LabApp.news_url="]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    command += ["--ServerApp.disable_check_xsrf=True"]  # a test ends kernels without a page
    log = (private / "lab.log").open("w")
    server = subprocess.Popen(command, env={**environment(), **places}, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(url, server, private / "lab.log")
        yield Lab(url, folder)
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def forget_numbers(path):
    """Of a notebook in the copy, so that a number beside a cell means that it has run here."""
    notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"] = None
    path.write_text(json.dumps(notebook), "utf-8")


def wait_until_it_answers(url, server, log):
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{url}/api", timeout=1).close()
            return
        except OSError:
            assert server.poll() is None, f"JupyterLab ended: {log.read_text()[-2000:]}"
            time.sleep(0.2)
    pytest.fail(f"JupyterLab does not answer: {log.read_text()[-2000:]}")


class Notebook:
    """An open notebook, and what a person does with it."""

    def __init__(self, page, lab):
        self.page = page
        self.lab = lab

    def open(self, path):
        """Open a notebook of the copy; wait until all its cells are there and its kernel listens."""
        cells = len(nbformat.read(self.lab.folder / path, 4).cells)
        self.page.goto(f"{self.lab.url}/lab/workspaces/auto-{time.monotonic_ns()}/tree/{path}")
        there = "cells => document.querySelectorAll('.jp-Notebook .jp-Cell').length >= cells"
        self.page.wait_for_function(there, arg=cells, timeout=240_000)
        for _ in range(300):
            if self.lab.is_connected(path):
                self.wait_until_idle(90)
                return self
            self.page.wait_for_timeout(300)
        pytest.fail(f"no kernel for {path}")

    def wait_until_idle(self, seconds=60):
        indicator = ".jp-Notebook-ExecutionIndicator[data-status='idle']"
        self.page.wait_for_selector(indicator, timeout=1000 * seconds)

    def menu(self, name, entry):
        self.page.click(f".lm-MenuBar-itemLabel:text-is('{name}')")
        self.page.click(f".lm-Menu-itemLabel:text-is('{entry}')")

    def run_all(self, seconds=60):
        """Run every cell and wait until each has its number, or one has failed.

        On a busy machine JupyterLab shows a kernel as idle that does not listen yet, and forgets the call.
        """
        for _ in range(20):
            self.menu("Run", "Run All Cells")
            for _ in range(10):
                self.page.wait_for_timeout(300)
                if any(text.strip("[]: \n") for text in self.page.locator(PROMPTS).all_inner_texts()):
                    self.page.wait_for_function(ALL_NUMBERED, arg=PROMPTS, timeout=1000 * seconds)
                    return self.wait_until_idle(seconds)
        pytest.fail("Run All Cells does nothing")

    def save(self, path):
        """Save, and wait until the file on the disk is another notebook, and whole."""
        file = self.lab.folder / path
        before = file.read_bytes()
        self.menu("File", "Save Notebook")
        for _ in range(100):
            self.page.wait_for_timeout(100)
            with suppress(ValueError):  # the server is writing
                now = file.read_bytes()
                if now != before and json.loads(now):
                    return
        pytest.fail(f"{path} was not saved")

    def cell(self, text):
        """The one code cell whose text contains this."""
        return self.page.locator(".jp-CodeCell").filter(has_text=text).first

    def type_into(self, cell, code):
        """Replace a cell's text."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(code)

    def run(self, cell, seconds=60):
        """Run one cell and wait until it has another number than before."""
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        prompt.click()
        self.page.keyboard.press("Control+Enter")
        deadline = time.monotonic() + seconds
        while (now := prompt.inner_text()) == before or not now.strip("[]: \n").isdecimal():
            assert time.monotonic() < deadline, f"the cell did not run: {before!r}, {now!r}"
            self.page.wait_for_timeout(100)
        self.wait_until_idle(seconds)

    def errors(self):
        """The texts of error outputs and of widgets that cannot be shown."""
        kinds = (
            "[data-mime-type='application/vnd.jupyter.error']",
            "[data-mime-type='application/vnd.jupyter.stderr']",
            ".jupyter-widgets-error-widget",
        )
        return self.page.locator(", ".join(kinds)).all_inner_texts()


@pytest.fixture
def notebook(page, lab):
    """A page that can open a notebook; errors of the page itself fail the test."""
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_default_timeout(240_000)  # a busy machine is no fault
    yield Notebook(page, lab)
    page.close()
    lab.shut_down_kernels()
    assert not faults, faults
