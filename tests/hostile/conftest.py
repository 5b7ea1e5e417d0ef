"""A small class to attack: its grader, what must stay secret, what must stay unharmed."""

import os
import re
import socket
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course import sandbox
from course.grading.batch import prepare
from course.grading.submission.files import Submission
from course.grading.submission.grade import grade
from course.notebooks.document import read_notebook, write_notebook
from course.notebooks.release import release
from course.notebooks.workbook import Workbook

SESSION = "01_attacked"
SECRET = "3f9c-the-answer-that-nobody-may-read"
SOLUTION = {
    "parameters": "seed = 0\ncollect = False",
    "set-up": "import numpy as np\nimport torch\n\nfrom course.questions import begin, question",
    "begin": f'begin("{SESSION}", seed=seed, collect=collect)',
    "double-answer": f"""def double(x):
    ### BEGIN SOLUTION
    return 2 * x  # {SECRET}
    ### END SOLUTION""",
    "double-question": """@question("double", points=2)
def _(rng):
    return double(torch.from_numpy(rng.normal(size=3)))""",
    "half-answer": """def half(x):
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION""",
    "half-question": '@question("half")\ndef _(rng):\n    return half(rng.normal())',
}
HONEST = {
    "double-answer": "def double(x):\n    return x + x",
    "half-answer": "def half(x):\n    return x / 2",
}


@dataclass
class Place:
    """The grader's machine as an attacker would like to find it."""

    task: object
    released: object
    secrets: Path  # files that nobody may read or change
    submissions: Path
    scratch: Path  # the grader's temporary folder
    tcp: int
    unix: Path

    def hand_in(self, student, cells, before_begin=()):
        """Write a submission: the exercise with some cells replaced, and cells of the student's own added."""
        notebook = read_notebook(self.released)
        known = {cell.id: cell for cell in notebook.cells}
        for name, source in (HONEST | cells).items():
            if name in known:
                known[name].source = source
            else:
                notebook.cells.append(new_code_cell(source, id=name))
        for source in before_begin:
            notebook.cells.insert(1, new_code_cell(source))
        path = self.submissions / f"{student}.ipynb"
        write_notebook(notebook, path)
        return path

    def grade(self, student, path, **changes):
        """What the grader makes of it."""
        return grade(replace(self.task, **changes), Submission(student, path))


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """A workbook with its solution and key, a gradebook, a sibling's notebook, open ports; all watched."""
    level = sandbox.isolation()
    if level.level < 2:
        pytest.skip(f"this machine's sandbox is at level {level}: {'; '.join(level.missing)}")
    root = tmp_path_factory.mktemp("secrets")
    (root / "lectures").mkdir()  # else it is no workbook for the command line
    cells = [new_code_cell(source, id=name) for name, source in SOLUTION.items()]
    cells[0].metadata.tags = ["parameters"]
    solution = new_notebook(cells=cells)
    write_notebook(solution, root / "solutions" / f"{SESSION}.ipynb")
    released = root / "exercises" / f"{SESSION}.ipynb"
    write_notebook(release(solution), released)
    (root / "grades.sqlite").write_text(SECRET)
    (root / "sibling.ipynb").write_text(SECRET)
    os.chmod(root / "grades.sqlite", 0o600)
    task = prepare(Workbook(root), SESSION, cell_timeout=20)
    submissions, scratch = tmp_path_factory.mktemp("submissions"), tmp_path_factory.mktemp("scratch")
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        address = Path(tempfile.mkdtemp(prefix="d")) / "docker.sock"
        unix.bind(str(address))
        unix.listen(4)
        yield Place(task, released, root, submissions, scratch, tcp.getsockname()[1], address)
        address.unlink()
        address.parent.rmdir()


def snapshot(folder):
    """Every file of a folder with its content."""
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def running():
    """What runs below the grader's own processes (the warm one, trackers of Python).

    A browser and a JupyterLab that earlier tests of this worker began start processes whenever they like.
    """
    ours = [
        child
        for child in psutil.Process().children()
        if not {"playwright", "jupyterlab"} & set(re.findall(r"\w+", " ".join(child.cmdline())))
    ]
    return {process for child in ours for process in child.children(recursive=True)}


@contextmanager
def unharmed(place):
    """Afterwards nothing outside has changed, and nothing runs."""
    before, processes, visible = snapshot(place.secrets), running(), set(os.listdir("/tmp"))
    yield
    assert snapshot(place.secrets) == before, "nothing is written outside"
    assert list(place.scratch.iterdir()) == [], "no file of the attack is left"
    assert not {name for name in os.listdir("/tmp") if name.startswith("attack")} - visible
    _, left = psutil.wait_procs(running() - processes, timeout=120)
    assert not left, "nothing is left running"


@pytest.fixture(scope="module")
def honest(place):
    """A notebook that still gets its points when all tests of a module have handed in theirs.

    Until then each attack is the next submission after another, and must get exactly its own points.
    """
    path = place.hand_in("honest", {})
    yield path
    result = place.grade("honest", path)
    assert result.points(place.task) == {"double": 2, "half": 1}, "the next submission is unharmed"
    assert result.reason == ""


@pytest.fixture
def watched(place, honest, monkeypatch):
    """The place, proven unharmed after the test."""
    monkeypatch.setattr(tempfile, "tempdir", str(place.scratch))
    with unharmed(place):
        yield place


@pytest.fixture(scope="module")
def watched_files(place, honest):
    """The place, proven unharmed after all tests of a module that attack by files and not by code."""
    with pytest.MonkeyPatch.context() as patch, unharmed(place):
        patch.setattr(tempfile, "tempdir", str(place.scratch))
        yield place
