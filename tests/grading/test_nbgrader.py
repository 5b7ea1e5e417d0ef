"""nbgrader takes our solutions as they are: the same stubs, and the same points as our own grader."""

import csv
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from course.grading.batch import prepare
from course.grading.submission.files import Submission
from course.grading.submission.grade import grade
from course.notebooks.cells import asked
from course.notebooks.document import read_notebook, write_notebook
from course.notebooks.workbook import find_workbook

pytest.importorskip("nbgrader")
pytestmark = pytest.mark.nightly("nbgrader releases all sessions and grades a class: over a minute")

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("sample_class", ROOT / "tests" / "sample_class.py")
sample_class = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sample_class)

SESSION = "06_optimizers"
CONFIG = "from course.grading.nbgrader import configure\n\nconfigure(get_config())\n"
SESSIONS = sorted(path.stem for path in (ROOT / "solutions").glob("*.ipynb"))


def nbgrader(folder, *arguments):
    """Run a command of nbgrader as a person would, with this Python's programs on the path."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "nbgrader", *arguments],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def course_folder(tmp_path_factory):
    """A course of nbgrader with all our solutions as sources, each released."""
    folder = tmp_path_factory.mktemp("nbgrader")
    (folder / "nbgrader_config.py").write_text(CONFIG, "utf-8")
    for session in SESSIONS:
        source = folder / "source" / session / f"{session}.ipynb"
        source.parent.mkdir(parents=True)
        source.write_bytes((ROOT / "solutions" / f"{session}.ipynb").read_bytes())
    nbgrader(folder, "generate_assignment", "--create", "--assignment=*")
    return folder


@pytest.fixture(scope="module")
def points(course_folder):
    """A small class: question -> points, by nbgrader's autograde and by our own grader, for each student."""
    author = sample_class.Author(read_notebook(ROOT / "solutions" / f"{SESSION}.ipynb"))
    first = {name: kinds["mistake"][0] for name, kinds in author.versions.items()}
    students = {
        "right": author.submission({name: kinds["variant"][0] for name, kinds in author.versions.items()}),
        "mixed": author.submission(
            {name: first[name] for name in ("momentum", "adam")} | {"nag": "def nag_step(w):\n    return w"}
        ),
        "unsolved": author.submission(solved=False),
    }
    for student, notebook in students.items():
        write_notebook(notebook, course_folder / "submitted" / student / SESSION / f"{SESSION}.ipynb")
    nbgrader(course_folder, "autograde", SESSION)
    script = (
        "import json\nfrom nbgrader.api import Gradebook\n"
        "book = Gradebook('sqlite:///gradebook.db')\n"
        f"rows = {{item.student.id: {{grade.name: grade.score for grade in item.notebooks[0].grades}}\n"
        f"        for item in book.assignment_submissions('{SESSION}')}}\nprint(json.dumps(rows))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], cwd=course_folder, capture_output=True, text=True
    )
    task = prepare(find_workbook(ROOT), SESSION, cell_timeout=30)
    folder = course_folder / "submitted"
    ours = {
        student: grade(task, Submission(student, folder / student / SESSION / f"{SESSION}.ipynb")).points(
            task
        )
        for student in students
    }
    return json.loads(done.stdout), ours


@pytest.mark.parametrize("session", SESSIONS)
def test_nbgrader_cuts_the_same_exercise(course_folder, session):
    """generate_assignment gives the cells of exercises/: same ids, same text, same grade ids and points."""
    theirs = read_notebook(course_folder / "release" / session / f"{session}.ipynb")
    ours = read_notebook(ROOT / "exercises" / f"{session}.ipynb")
    assert [(cell.id, cell.source) for cell in theirs.cells] == [
        (cell.id, cell.source) for cell in ours.cells
    ]
    for left, right in zip(theirs.cells, ours.cells, strict=True):
        expected = dict(right.metadata.get("nbgrader", {}))
        found = dict(left.metadata.get("nbgrader", {}))
        assert {key: found[key] for key in expected} == expected
    assert all(cell.get("outputs", []) == [] for cell in theirs.cells)


def test_nbgrader_gives_the_same_points(points):
    """Right, wrong, failing and missing answers earn the same, question by question."""
    theirs, ours = points
    assert theirs == ours
    items = asked(read_notebook(ROOT / "exercises" / f"{SESSION}.ipynb"))
    names = [item.name for item in items]
    assert ours["right"] == {item.name: item.points for item in items}
    assert ours["mixed"] == ours["right"] | {"momentum": 0, "nag": 0, "adam": 0}
    assert ours["unsolved"] == dict.fromkeys(names, 0)


def test_our_columns_are_those_of_nbgrader(points, course_folder):
    """`course export --to nbgrader` writes the columns that `nbgrader export` writes."""
    from course.grading.exchange.nbgrader_export import COLUMNS

    nbgrader(course_folder, "export")
    with open(course_folder / "grades.csv", encoding="utf-8", newline="") as file:
        assert tuple(next(csv.reader(file))) == COLUMNS
