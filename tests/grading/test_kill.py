"""kill -9 at any moment, of the grader or of a worker: the same call goes on to the same grades."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest

from course.grading.batch import grade_class, prepare
from course.grading.ledger import open_ledger
from course.grading.submissions import find_submissions
from course.grading.workers import local_cluster
from course.notebooks.document import read_notebook, write_notebook
from course.notebooks.new import new_session
from course.notebooks.workbook import FOLDERS, Workbook

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kill")]

ANSWERS = ["return x + x", "return x**2", "return 3 * x", "import os\n    os._exit(0)"]
RESUME = """
import sys
from pathlib import Path
from course.grading import grade, workers
from course.grading.batch import grade_class
from course.grading.ledger import open_ledger
from course.grading.result import GRADED, Result
from course.grading.submissions import find_submissions
from course.questions.judge import CORRECT, WRONG, Verdict

out, folder, fake = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "fake"

def at_once(task, student, content):
    kind = CORRECT if int(student[1:]) % 3 else WRONG
    return Result(student, GRADED, "", dict.fromkeys(task.records, Verdict(kind)), notebook=task.released)

if fake:
    workers.grade_content = at_once
grade.kernel_for = lambda task: {}  # a warm process would have to start anew after every kill
grade.isolation = lambda: ""
with open_ledger(out) as ledger:
    task = ledger.task()
    print("ready", flush=True)
    grade_class(task, find_submissions(folder, "01_test"), out, ledger=ledger)
"""


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    """One question, and no notebooks whose points are known: they would be run after every kill."""
    root = tmp_path_factory.mktemp("workbook")
    for folder in FOLDERS:
        (root / folder).mkdir()
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


def killed_until_done(task, folder, out, fake, kills, longest):
    """Grade in a process that is killed so often at random moments. Returns how often it really was."""
    with open_ledger(out, create=True) as ledger:
        ledger.add_task(task)
    chance = random.Random(kills)
    command = [sys.executable, "-W", "ignore", "-c", RESUME, str(out), str(folder), fake]
    done = 0
    for number in range(kills + 1):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "ready\n", process.stderr.read()
        if number < kills:
            time.sleep(chance.uniform(0, longest))
            process.kill()
            done += process.wait() == -signal.SIGKILL
        _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return done


def check_whole(out, students):
    """Each submission ended once, the file is sound, and nothing is half-written."""
    database = sqlite3.connect(out / "grades.sqlite")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    final = "SELECT COUNT(*), COUNT(DISTINCT key) FROM tries WHERE outcome IN ('done', 'student failure')"
    assert database.execute(final).fetchone() == (students, students)
    states = database.execute("SELECT state, COUNT(*) FROM runs GROUP BY state").fetchall()
    assert sum(count for _, count in states) == students
    assert {state for state, _ in states} <= {"done", "student failure"}
    database.close()
    assert not list(out.rglob(".aside-*"))
    assert len(list((out / "feedback").iterdir())) == students


def test_the_grader_is_killed_while_it_writes(task, hand_in, tmp_path):
    """Kernels that take no time: most kills fall between and into transactions, and into writing OUT."""
    folder = hand_in(40)
    assert killed_until_done(task, folder, tmp_path / "whole", "fake", 0, 0) == 0
    assert killed_until_done(task, folder, tmp_path / "out", "fake", 6, 0.4) >= 3
    check_whole(tmp_path / "out", 40)
    for name in ("gradebook.csv", "feedback/s3.html", "notebooks/s4.ipynb", "report.html"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name


def test_the_grader_is_killed_while_notebooks_run(task, hand_in, tmp_path):
    """With real kernels: the grades are those of a run that nobody disturbed."""
    folder = hand_in(6)
    assert killed_until_done(task, folder, tmp_path / "whole", "real", 0, 0) == 0
    assert killed_until_done(task, folder, tmp_path / "out", "real", 3, 3.0) >= 2
    check_whole(tmp_path / "out", 6)
    whole = (tmp_path / "whole" / "gradebook.csv").read_bytes()
    assert (tmp_path / "out" / "gradebook.csv").read_bytes() == whole
    assert whole.splitlines()[1].startswith(b"s0,graded,1,") and b"s3,graded,0," in whole


def test_a_worker_is_killed(task, hand_in, tmp_path):
    """Two dask workers, one killed in the middle: its notebook is run by another, all have their grades."""
    folder = hand_in(6)
    found = find_submissions(folder, "01_test")
    workers = []

    @contextmanager
    def crew(task, pending):
        with local_cluster(task, 2) as cluster:
            workers.extend(cluster.processes())
            assert cluster.room == 8 and len(workers) == 2
            yield cluster

    def track(results, total):
        for number, result in enumerate(results):
            if number == 0:
                os.kill(workers[0], signal.SIGKILL)
            yield result

    results = grade_class(task, found, tmp_path / "out", track, crew)
    expected = {f"s{number}": int(number % len(ANSWERS) == 0) for number in range(6)}
    assert {result.student: result.total(task) for result in results} == expected
    check_whole(tmp_path / "out", 6)
    with open_ledger(tmp_path / "out") as ledger:
        notes = ledger.sql.execute("SELECT DISTINCT note FROM tries WHERE outcome = 'trouble'").fetchall()
    assert [row["note"] for row in notes] == ["its worker was lost"]
