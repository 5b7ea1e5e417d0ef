"""Faults of the machine cost time, no grades: a full disk, no locks, no memory, a clock that jumps."""

import contextlib
import copy
import errno
import json
import runpy
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import zlib
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from jupyter_core.utils import ensure_event_loop
from nbformat.v4 import new_code_cell, new_notebook

from course.errors import UsageError
from course.grading.record import database, roster
from course.grading.record.database import open_database
from course.grading.record.final_grades import adjustments
from course.grading.result import FAILED, Adjustment
from course.grading.submission import fresh_kernel
from course.grading.submission.grade import grade_content
from course.notebooks.document import write_notebook
from course.notebooks.execute import KERNEL_DIED, NOT_RUN
from course.sandbox import LOST, NO_MEMORY, client, linux

KILLED = runpy.run_path(str(Path(__file__).with_name("killed.py")))
grade_at_once, find_submissions = KILLED["grade_at_once"], KILLED["find_submissions"]
IN_A_NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]


@pytest.fixture
def hand_in(task, tmp_path):
    """A class of ten, as a folder."""
    for student in range(10):
        write_notebook(task.released, tmp_path / "class" / f"s{student}.ipynb")
    return tmp_path / "class"


@pytest.mark.nightly("grades a class some thirty times")
def test_a_full_disk_at_each_stage(task, hand_in, tmp_path):
    """However little room there is: one line, nothing half-written, and with room the same call ends well."""
    if shutil.which("unshare") is None or subprocess.run([*IN_A_NAMESPACE, "true"]).returncode:
        pytest.skip("this system refuses user namespaces")
    (tmp_path / "mounted").mkdir()
    (tmp_path / "task").write_bytes(task.pack())
    sizes = [str(size) for size in (*range(16, 320, 16), *range(320, 1000, 64))]
    script = Path(__file__).with_name("full_disk.py")
    command = [
        *IN_A_NAMESPACE,
        sys.executable,
        script,
        tmp_path / "mounted",
        hand_in,
        tmp_path / "task",
        *sizes,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    firsts = {size: first for size, (first, *_) in told.items()}
    assert firsts[sizes[0]] != "graded" and firsts[sizes[-1]] == "graded"
    assert len({first for first in firsts.values()}) > 2, "the disk is full at several stages"
    gradebooks = set()
    for size, (first, whole, second, sound, left, gradebook) in told.items():
        assert first == "graded" or (first.startswith("stopped: ") and "\n" not in first), (size, first)
        assert whole == (first == "graded") or first != "graded"
        assert (second, sound, left) == ("graded", "ok", []), size
        gradebooks.add(gradebook)
    assert len(gradebooks) == 1 and gradebooks.pop().count("\n") == 11


@pytest.mark.skipif(database.fcntl is None, reason="Windows locks in another way")
@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_without_locks_is_named(tmp_path, monkeypatch, code):
    """Nobody else is at work there: the line says what is missing, and nothing is written."""

    def refused(*_):
        raise OSError(code, "no locks")

    monkeypatch.setattr(database.fcntl, "lockf", refused)
    words = "has no locks; name a folder on a local disk"
    with pytest.raises(UsageError, match=words), open_database(tmp_path / "out", create=True):
        pass
    assert not (tmp_path / "out" / database.NAME).exists()


def test_two_graders_on_one_folder(tmp_path):
    """The second one is told, and the first goes on; one that has ended leaves no lock."""
    again = "import pathlib, sys; from course.grading.record.database import open_database\n"
    again += "with open_database(pathlib.Path(sys.argv[1]), create=True): print('in')"
    command = [sys.executable, "-c", again, tmp_path / "out"]
    with open_database(tmp_path / "out", create=True) as db:
        other = subprocess.run(command, capture_output=True, text=True)
        assert other.returncode == 1 and "another course command is at work on it" in other.stderr
        db.record("x", "y")
    assert subprocess.run(command, capture_output=True, text=True).stdout == "in\n"


def test_a_clock_that_jumps_back(task, hand_in, tmp_path, monkeypatch):
    """The order of what people did is that of the rows, not of the clock."""

    class Clock(datetime):
        year_now = 2026

        @classmethod
        def now(cls, tz=None):
            cls.year_now -= 1
            return datetime(cls.year_now, 1, 1, tzinfo=UTC)

    found, out = find_submissions(hand_in, task.session), tmp_path / "out"
    grade_at_once(task, found, out)
    monkeypatch.setattr(database, "datetime", Clock)
    with open_database(out) as db:
        for value in ("best", "last"):
            db.record("attempts", value)
        for points in (1.0, 2.0):
            change = Adjustment(database.now(), "total", "set", points, "by hand")
            roster.adjust(db, "s0", change)
        assert db.setting("attempts") == "last"
        assert [change.points for change in adjustments(db)[roster.student_id("s0")]] == [1.0, 2.0]
    results = {result.student: result.total(task) for result in grade_at_once(task, found, out)}
    assert results["s0"] == 2.0


def test_a_machine_without_memory(task, monkeypatch):
    """A grader that gets no memory blames the machine: no score, and another try."""

    def no_memory(*_, **__):
        raise MemoryError

    monkeypatch.setattr(fresh_kernel, "execute", no_memory)
    content = json.dumps(task.released).encode()
    result = grade_content(task, "s", content)
    assert result.status == FAILED and result.reason.startswith("MemoryError")


@pytest.mark.parametrize(("ended", "student"), [("signal SIGKILL", True), (NO_MEMORY, False), (LOST, False)])
def test_a_kernel_that_the_system_ended_is_nobodys_fault(ended, student):
    """It is not run again without the cell, as one is that a student ended: the notebook has another try."""
    died = new_code_cell("x", metadata={"run": KERNEL_DIED, "ended": ended})
    later = new_code_cell("y", metadata={"run": NOT_RUN})
    assert (fresh_kernel.fatal_cell(new_notebook(cells=[died, later])) is died) == student


@pytest.fixture
def kill_in_the_middle(ran_task, tmp_path):
    """Grades a notebook that waits in its answer, while another process of the machine kills something."""

    def grade_while_killing(whom, source):
        notebook = copy.deepcopy(ran_task.released)
        answer = next(cell for cell in notebook.cells if cell.id == "double-answer")
        answer.source = source
        results = []

        def run():
            results.append(grade_content(ran_task, "s", json.dumps(notebook).encode()))
            ensure_event_loop().close()

        thread = threading.Thread(target=run)
        thread.start()
        deadline = time.monotonic() + 120
        while not (slept := [p for p in below(client.warm_process()) if "sleep" in " ".join(p.cmdline())]):
            assert time.monotonic() < deadline and thread.is_alive()
            time.sleep(0.05)
        warm = psutil.Process(client.warm_process().process.pid)
        kernel = next(parent for parent in slept[0].parents() if parent.ppid() in children_of(warm))
        {"warm": warm, "supervisor": kernel.parent(), "kernel": kernel}[whom].kill()
        thread.join(300)
        return results[0]

    yield grade_while_killing
    client.close()


def children_of(process):
    return {child.pid for child in process.children()}


def below(warm):
    """All processes of kernels that can still be looked at."""
    found = []
    for process in psutil.Process(warm.process.pid).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            process.cmdline()
            found.append(process)
    return found


WAITS = "import os\nos.system('sleep 4')\ndef double(x):\n    return 2 * x"


@pytest.mark.nightly("kernels that wait for somebody to kill them", early=True)
@pytest.mark.skipif(not linux.SUPPORTED, reason="kernels are not forked here")
@pytest.mark.parametrize("whom", ["warm", "supervisor"])
def test_what_no_student_reaches_was_killed(kill_in_the_middle, whom):
    """No score and another try: it was somebody else on this machine."""
    result = kill_in_the_middle(whom, WAITS)
    assert result.status == FAILED and result.reason.endswith("its kernel was killed from outside")


@pytest.mark.nightly("kernels that wait for somebody to kill them", early=True)
@pytest.mark.skipif(not linux.SUPPORTED, reason="kernels are not forked here")
def test_a_kernel_that_is_killed_runs_once_more(kill_in_the_middle, ran_task):
    """Who was killed by others has all points; who does it again has none for that question."""
    result = kill_in_the_middle("kernel", WAITS)
    assert result.points(ran_task)["double"] == 2 and "ended the kernel" not in result.reason
    own = WAITS.replace("\ndef", "\nos.kill(os.getpid(), 9)\ndef")
    result = kill_in_the_middle("kernel", own)
    assert result.points(ran_task)["double"] == 0 and "cell double-answer ended the kernel" in result.reason


def test_what_is_kept_is_read_by_any_python(task, hand_in, tmp_path):
    """After an upgrade of Python everything is still there: text, numbers, and JSON that zlib packed."""
    grade_at_once(task, find_submissions(hand_in, task.session), tmp_path / "out")
    connection = sqlite3.connect(tmp_path / "out" / database.NAME)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    blobs = 0
    for table in tables:
        for row in connection.execute(f"SELECT * FROM {table}"):
            for value in row:
                assert isinstance(value, str | int | float | bytes | None)
                if isinstance(value, bytes):
                    blobs += 1
                    json.loads(zlib.decompress(value))
    connection.close()
    assert blobs >= 3
