"""kill -9 at any moment, of the grader or of a worker: the same call goes on to the same grades."""

import csv
import multiprocessing
import random
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from course.grading.batch import enrol, grade_class, prepare
from course.grading.exchange.intake import find_submissions
from course.grading.pool.local import Processes
from course.grading.record.database import open_database
from course.notebooks.document import read_notebook, write_notebook
from course.notebooks.new import new_session
from course.notebooks.workbook import Workbook
from course.sandbox import linux

pytestmark = pytest.mark.nightly("kills a grading many times; a kernel and a training are killed by day")

ANSWERS = ["return x + x", "return x**2", "return 3 * x", "import os\n    os._exit(0)"]
NEVER = 0


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    """One question, and no notebooks whose points are known: they would be run after every kill."""
    root = tmp_path_factory.mktemp("workbook")
    new_session(Workbook(root), "01_test")
    return replace(prepare(Workbook(root), "01_test", seed=5, cell_timeout=20), solved=None)


@pytest.fixture
def hand_in(task, tmp_path):
    """Writes a class of so many students."""

    def write(number):
        folder = tmp_path / "class"
        for student in range(number):
            notebook = read_notebook_of(task)
            answer = next(cell for cell in notebook.cells if cell.id == "double-answer")
            answer.source = f"def double(x):\n    {ANSWERS[student % len(ANSWERS)]}"
            write_notebook(notebook, folder / f"s{student}.ipynb")
        return folder

    def read_notebook_of(task):
        write_notebook(task.released, tmp_path / "released.ipynb")
        return read_notebook(tmp_path / "released.ipynb")

    return write


def grade(folder, out, way, end):
    """Grade with killed.py. Returns its exit code and what it printed."""
    script = Path(__file__).with_name("killed.py")
    command = [sys.executable, "-W", "ignore", script, out, folder, way, str(end)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode, done.stdout


def begin(task, out):
    """An OUT that knows its task: nothing has to run before students' notebooks do."""
    with open_database(out, create=True) as db:
        db.add_task(task)
    return out


def check_whole(out, students):
    """Each submission ended once, the file is sound, and nothing is half-written."""
    database = sqlite3.connect(out / "grades.sqlite")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    final = (
        "SELECT COUNT(*), COUNT(DISTINCT submission) FROM tries WHERE outcome IN ('done', 'student failure')"
    )
    assert database.execute(final).fetchone() == (students, students)
    states = database.execute("SELECT state, COUNT(*) FROM results GROUP BY state").fetchall()
    assert sum(count for _, count in states) == students
    assert {state for state, _ in states} <= {"done", "student failure"}
    database.close()
    assert not list(out.rglob(".aside-*"))
    assert len(list((out / "feedback").iterdir())) == students


def test_the_grader_is_killed_while_it_writes(task, hand_in, tmp_path):
    """Kills fall between and into transactions, and into writing OUT."""
    folder = hand_in(40)
    whole, out = begin(task, tmp_path / "whole"), begin(task, tmp_path / "out")
    code, moments = grade(folder, whole, "writing", NEVER)
    assert code == 0
    chance = random.Random(6)
    for _ in range(6):
        assert grade(folder, out, "writing", chance.randint(1, int(moments) // 2))[0] == -signal.SIGKILL
    assert grade(folder, out, "writing", NEVER)[0] == 0
    check_whole(out, 40)
    for name in ("gradebook.csv", "feedback/s3.html", "notebooks/s4.ipynb", "report.html"):
        assert (out / name).read_bytes() == (whole / name).read_bytes(), name


@pytest.mark.skipif(not linux.SUPPORTED, reason="kernels are not forked here")
def test_the_grader_is_killed_while_notebooks_run(task, hand_in, tmp_path):
    """With real kernels: the grades are those of the answers, and who was graded is not run again."""
    folder, out = hand_in(6), begin(task, tmp_path / "out")
    assert grade(folder, out, "running", 2)[0] == -signal.SIGKILL
    assert grade(folder, out, "running", NEVER)[0] == 0
    check_whole(out, 6)
    with open(out / "gradebook.csv", encoding="utf-8", newline="") as file:
        rows = [row[:3] for row in csv.reader(file)][1:]
    assert rows == [[f"s{number}", "graded", str(int(number % len(ANSWERS) == 0))] for number in range(6)]


def test_a_worker_is_killed(task, hand_in, tmp_path):
    """Two worker processes, one killed in the middle: its notebook is run again, all have their grades."""
    folder = hand_in(6)
    found = find_submissions(folder, "01_test")

    def track(jobs, total):
        for number, job in enumerate(jobs):
            if number == 0:
                multiprocessing.active_children()[0].kill()
            yield job

    with open_database(tmp_path / "out", create=True) as db, Processes(2, least=2) as pool:
        enrol(db, found)
        results = grade_class(db, task, tmp_path / "out", pool, track)
    expected = {f"s{number}": int(number % len(ANSWERS) == 0) for number in range(6)}
    assert {result.student: result.total(task) for result in results} == expected
    check_whole(tmp_path / "out", 6)
    with open_database(tmp_path / "out") as db:
        notes = db.sql.execute("SELECT DISTINCT note FROM tries WHERE outcome = 'trouble'").fetchall()
    assert "its worker was lost" in [row["note"] for row in notes]  # a busy machine may have other trouble
