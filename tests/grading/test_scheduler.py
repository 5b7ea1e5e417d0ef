"""The scheduler goes on while it makes sense, stops when it does not, and grades only what has changed."""

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import BrokenExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from course.errors import UsageError
from course.grading.batch import Stopped, enrol, grade_class
from course.grading.pool import scheduler
from course.grading.pool.local import InProcess, Processes
from course.grading.record.database import open_database
from course.grading.result import BROKEN, FAILED, GRADED, Result
from course.grading.submission.files import Submission
from course.questions.judge import CORRECT, MISSING, Verdict
from course.sandbox import linux

pytestmark = pytest.mark.slow

RIGHT, EMPTY = Verdict(CORRECT), Verdict(MISSING)
UNREADABLE = Path("/proc/self/mem")  # a regular file of Linux, whose first byte nobody can read


class Fake(InProcess):
    """An executor that needs no kernel: the content of a submission says what comes out."""

    def __init__(self, task):
        super().__init__()
        self.task, self.ran, self.failed_on = task, [], []

    def submit(self, function, packed_task, job):
        self.ran.append(job.student)
        self.failed_on.append(job.failed_on)
        return super().submit(lambda: self.result(job).pack()._replace(worker=f"worker {len(self.ran)}"))

    def result(self, job):
        if job.content.startswith(b"trouble"):
            return Result(job.student, FAILED, "OSError: disk full", finished=False)
        right = b"right" in job.content or job.student == "solution"
        return Result(job.student, GRADED, "", dict.fromkeys(self.task.records, RIGHT if right else EMPTY))


@pytest.fixture
def hand_in(tmp_path):
    """Writes submissions, and gives them all as a list."""
    folder = tmp_path / "class"
    folder.mkdir()

    def write(**contents):
        for student, content in contents.items():
            (folder / f"{student}.ipynb").write_text(content, "utf-8")
        return [Submission(path.stem, path) for path in sorted(folder.iterdir())]

    return write


@pytest.fixture
def scheduled(task, tmp_path, monkeypatch):
    """Grades submissions with a fake executor: the totals by student, and who was run."""
    monkeypatch.setattr(scheduler, "BACKOFF_S", 0.0)

    def grade(submissions, task=task, fake=None, **options):
        fake = fake or Fake(task)
        with open_database(tmp_path / "out", create=True) as db:
            enrol(db, submissions)
            results = grade_class(db, task, tmp_path / "out", fake, **options)
        return {result.student: result.total(task) for result in results}, fake.ran

    return grade


def test_only_what_changed_is_run(scheduled, hand_in, task):
    """A second call runs nothing; a changed notebook, another solution or another limit is run."""
    assert scheduled(hand_in(ann="right", bob="stub")) == ({"ann": 3, "bob": 0}, ["ann", "bob"])
    assert scheduled(hand_in()) == ({"ann": 3, "bob": 0}, [])
    assert scheduled(hand_in(bob="right at last")) == ({"ann": 3, "bob": 3}, ["bob"])
    assert scheduled(hand_in(eve="right")) == ({"ann": 3, "bob": 3, "eve": 3}, ["eve"])
    assert scheduled(hand_in(bob="stub"))[1] == [], "the first attempt is still known"
    assert scheduled(hand_in(), replace(task, seed=8))[1] == [], "each seed finds the same"
    assert scheduled(hand_in(), replace(task, seed=8), repeat=8)[1] == ["ann", "bob", "eve"]
    assert scheduled(hand_in(), replace(task, seed=8), repeat=8)[1] == []
    for changed in (replace(task, solution="another"), replace(task, cell_timeout=9)):
        assert scheduled(hand_in(), changed)[1] == ["ann", "bob", "eve"]
    assert scheduled(hand_in()) == ({"ann": 3, "bob": 0, "eve": 3}, [])


def test_another_version_grades_anew(scheduled, hand_in, monkeypatch, task):
    """Verdicts of another version of course do not count."""
    scheduled(hand_in(ann="right"))
    monkeypatch.setattr("course.grading.result.__version__", "999")
    assert scheduled(hand_in(), replace(task))[1] == ["ann"]


def test_regrade(scheduled, hand_in, tmp_path):
    """Named students, or all, are run again though nothing changed; a strange name is refused before."""
    submissions = hand_in(ann="right", bob="stub")
    scheduled(submissions)
    assert scheduled(submissions, regrade=["bob"])[1] == ["bob"]
    assert scheduled(submissions, regrade=["all"])[1] == ["ann", "bob"]
    assert scheduled(submissions, regrade=["quarantined"])[1] == []
    with pytest.raises(UsageError, match="--regrade='eve' must be a student in SUBMISSIONS, all or quarant"):
        scheduled(submissions, regrade=["eve"])


def test_regrading_goes_on_where_it_was_stopped(scheduled, hand_in, task):
    """The same call, or one without --regrade, runs the rest; asked for later, all are run again."""

    class Stops(Fake):
        def result(self, job):
            if len(self.ran) == 2:
                raise KeyboardInterrupt
            return super().result(job)

    submissions = hand_in(**dict.fromkeys("abc", "right"))
    scheduled(submissions)
    for go_on in ({"regrade": ["all"]}, {}):
        with pytest.raises(KeyboardInterrupt):
            scheduled(submissions, fake=Stops(task), regrade=["all"])
        assert scheduled(submissions, **go_on) == (dict.fromkeys("abc", 3), ["b", "c"])
    assert scheduled(submissions, regrade=["all"])[1] == ["a", "b", "c"]


def test_a_seed_is_repeated_once(scheduled, hand_in, task):
    """Who asks for the seed of all results again gets them; who was graded with another one since is run."""
    other = replace(task, seed=8)
    submissions = hand_in(ann="right")
    assert scheduled(submissions, other, repeat=8)[1] == ["ann"]
    assert scheduled(submissions, other)[1] == scheduled(submissions, other, repeat=8)[1] == []
    submissions = hand_in(bob="right")
    assert scheduled(submissions)[1] == ["bob"]
    assert scheduled(submissions, other, repeat=8)[1] == ["ann", "bob"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes no open file")
@pytest.mark.parametrize("lose", [Path.unlink, lambda path: path.parent.rename(path.parent.with_name("old"))])
def test_a_record_that_somebody_takes_away_stops_the_run(scheduled, hand_in, tmp_path, task, lose):
    """Nothing is written as if all were well; the same call begins anew."""

    class Loses(Fake):
        def result(self, job):
            if job.student == "b":
                lose(tmp_path / "out" / "grades.sqlite")
            return super().result(job)

    submissions = hand_in(**dict.fromkeys("abc", "right"))
    with pytest.raises(FileNotFoundError, match=r"grades.sqlite was moved or deleted while it was written"):
        scheduled(submissions, fake=Loses(task))
    assert not (tmp_path / "out" / "gradebook.csv").exists()
    assert scheduled(submissions) == (dict.fromkeys("abc", 3), ["a", "b", "c"])


def test_regrade_finds_a_student_as_adjust_does(scheduled, hand_in):
    """In any case, by the beginnings of its words, without accents; a word for a group is no beginning."""
    submissions = hand_in(**{"Zoë Müller_11": "right", "Allen Roe_12": "stub", "Allan Roe_13": "stub"})
    scheduled(submissions)
    assert scheduled(submissions, regrade=["muller z"])[1] == ["Zoë Müller_11"]
    assert scheduled(submissions, regrade=["ALLEN", "zoë"])[1] == ["Allen Roe_12", "Zoë Müller_11"]
    assert len(scheduled(submissions, regrade=["All"])[1]) == 3
    with pytest.raises(
        UsageError, match=r"^--regrade='roe' may be 'Allan Roe_13', 'Allen Roe_12'; type more"
    ):
        scheduled(submissions, regrade=["zoë", "roe"])
    with pytest.raises(UsageError, match=r"all or quarantined \(did you mean 'Zoë Müller_11'\?\)$"):
        scheduled(submissions, regrade=["Mülller"])


def test_students_who_are_called_like_a_group(scheduled, hand_in):
    """The word is the group, whoever is in the class; a name in its own case, or its start, is a student."""
    submissions = hand_in(All="right", bob="stub", quarantined="right")
    scheduled(submissions)
    assert scheduled(submissions, regrade=["all"])[1] == ["All", "bob", "quarantined"]
    assert scheduled(submissions, regrade=["ALL"])[1] == ["All", "bob", "quarantined"]
    assert scheduled(submissions, regrade=["All"])[1] == ["All"]
    assert scheduled(submissions, regrade=["quarantined"])[1] == []
    assert scheduled(submissions, regrade=["quarant"])[1] == ["quarantined"]


def test_quarantine_is_blank_and_never_zero(scheduled, hand_in, tmp_path):
    """Trouble of the machine three times: no points, the others graded; asked again, it can be graded."""
    submissions = hand_in(ann="trouble", bob="right")
    totals, ran = scheduled(submissions)
    assert totals == {"ann": None, "bob": 3} and ran.count("ann") == 3
    row = (tmp_path / "out" / "gradebook.csv").read_text("utf-8").splitlines()[1]
    assert row == "ann,not graded,,3,,,,,OSError: disk full"
    assert scheduled(submissions) == ({"ann": None, "bob": 3}, [])

    class Mended(Fake):
        def result(self, job):
            return Result(job.student, GRADED, "", dict.fromkeys(self.task.records, RIGHT))

    with open_database(tmp_path / "out") as db:
        task = db.task()
    again = scheduled(submissions, fake=Mended(task), regrade=["quarantined"])
    assert again == ({"ann": 3, "bob": 3}, ["ann"])


def test_a_submission_goes_where_it_has_not_failed(scheduled, hand_in, task):
    """A try knows the workers of those before it."""
    fake = Fake(task)
    scheduled(hand_in(ann="trouble", bob="right"), fake=fake)
    assert fake.ran == ["ann", "bob", "ann", "ann"]
    assert fake.failed_on == [(), (), ("worker 1",), ("worker 1", "worker 3")]


def test_five_failures_in_a_row_stop_the_scheduler(scheduled, hand_in, tmp_path, task, released):
    """When then the solution fails too, the run ends; what was graded stays, and the same call goes on."""

    class Full(Fake):
        def result(self, job):
            if "b" in self.ran:
                return Result(job.student, FAILED, "OSError: disk full", finished=False)
            return super().result(job)

    task = replace(task, solved=released)
    submissions, full = hand_in(ann="right", **dict.fromkeys("bcdefgh", "stub")), Full(task)
    with pytest.raises(Stopped, match="the solution itself could not be run: OSError: disk full"):
        scheduled(submissions, task, full)
    assert full.ran[2:9] == ["ann", *"bcdef", "solution"]
    assert not (tmp_path / "out" / "gradebook.csv").exists()
    totals, ran = scheduled(submissions, task)
    assert sorted(ran[2:]) == list("bcdefgh") and totals["ann"] == 3 and totals["b"] == 0


def test_failures_that_only_some_notebooks_have_are_theirs(scheduled, hand_in, task, released):
    """While the solution itself runs, six that fail again and again are six rows, and the class goes on."""
    hostile = dict.fromkeys("bcdefg", "trouble")
    totals, ran = scheduled(hand_in(ann="right", **hostile, zoe="right"), replace(task, solved=released))
    assert totals == {"ann": 3, "zoe": 3} | dict.fromkeys("bcdefg")
    assert all(ran.count(student) == 3 for student in "bcdefg") and ran.count("solution") > 1


def test_known_notebooks_come_first(scheduled, hand_in, task, released):
    """The solution's answers must be right and the empty exercise must not, else nobody is graded."""
    task = replace(task, solved=released)
    submissions = hand_in(ann="right")
    assert scheduled(submissions, task)[1] == ["solution", "exercise", "ann"]

    class Generous(Fake):
        def result(self, job):
            return Result(job.student, GRADED, "", dict.fromkeys(self.task.records, RIGHT))

    class Strict(Fake):
        def result(self, job):
            return Result(job.student, GRADED, "", dict.fromkeys(self.task.records, EMPTY))

    class Dead(Fake):
        def result(self, job):
            return Result(job.student, FAILED, "no kernel")

    for kind, words in (
        (Generous, "the exercise itself was judged correct in question 'double'"),
        (Strict, "the solution itself was judged missing in question 'double'"),
        (Dead, "the solution itself could not be run: no kernel"),
    ):
        fake = kind(task)
        with pytest.raises(Stopped, match=words):
            scheduled(submissions, task, fake=fake, regrade=["ann"])
        assert "ann" not in fake.ran


def test_a_worker_that_is_lost_with_a_known_notebook(scheduled, hand_in, task, released):
    """As any submission, it gets another try; one that fails twice says that the machine is ill."""

    class OnceLost(Fake):
        def result(self, job):
            if self.ran == ["solution"]:
                raise BrokenExecutor
            return super().result(job)

    totals, ran = scheduled(hand_in(ann="right"), replace(task, solved=released), OnceLost(task))
    assert totals == {"ann": 3} and sorted(ran) == ["ann", "exercise", "solution", "solution"]


def test_known_notebooks_come_again(scheduled, hand_in, task, released, monkeypatch):
    """A grader that goes wrong on the way is found before the next lot."""
    monkeypatch.setattr("course.grading.pool.scheduler.CHECK_EVERY", 2)
    ran = scheduled(hand_in(**dict.fromkeys("abcde", "right")), replace(task, solved=released))[1]
    known = ["solution", "exercise"]
    assert ran == [*known, "a", "b", *known, "c", "d", *known, "e"]


def test_ctrl_c(scheduled, hand_in, task, tmp_path):
    """The first lets running notebooks end and keeps them, the second ends at once; both can be resumed."""

    class Interrupted(Fake):
        times = 1

        def result(self, job):
            if job.student == "a":
                for _ in range(self.times):
                    os.kill(os.getpid(), signal.SIGINT)
            return super().result(job)

    submissions = hand_in(**dict.fromkeys("abcd", "right"))
    before = signal.getsignal(signal.SIGINT)
    fake = Interrupted(task)
    with pytest.raises(KeyboardInterrupt):
        scheduled(submissions, fake=fake)
    assert fake.ran == ["a"], "it was running, and had to end"
    fake = Interrupted(task)
    fake.times = 2
    with pytest.raises(KeyboardInterrupt):
        scheduled(submissions, fake=fake, regrade=["a"])
    assert signal.getsignal(signal.SIGINT) is before
    assert scheduled(submissions)[1] == ["a", "b", "c", "d"]
    with open_database(tmp_path / "out") as db:
        assert {row["state"] for row in db.sql.execute("SELECT state FROM results")} == {"done"}


def test_nothing_to_run(scheduled, tmp_path):
    """Missing and broken files are rows at once."""
    (tmp_path / "link.ipynb").symlink_to("/etc/passwd")
    submissions = [Submission(name, tmp_path / f"{name}.ipynb") for name in ("link", "nothing")]
    assert scheduled(submissions) == ({"link": 0, "nothing": 0}, [])
    with open_database(tmp_path / "out") as db:
        rows = db.sql.execute("SELECT result FROM results ORDER BY submission").fetchall()
    assert BROKEN in rows[0]["result"]


@pytest.mark.skipif(not UNREADABLE.exists(), reason="this system has no file that even root cannot read")
def test_a_file_that_cannot_be_read(scheduled, hand_in, tmp_path):
    """It is no score and no attempt, and is read again."""
    assert scheduled([Submission("ann", UNREADABLE)]) == ({"ann": None}, [])
    with open_database(tmp_path / "out") as db:
        assert "Input/output error" in db.sql.execute("SELECT result FROM results").fetchone()["result"]
    assert scheduled(hand_in(ann="right")) == ({"ann": 3}, ["ann"])
    with open_database(tmp_path / "out") as db:
        db.record("attempts", "best")
    assert scheduled(hand_in())[0]["ann"] == 3, "what could not be read is no attempt"


def test_orphans_are_collected(scheduled, hand_in, tmp_path, monkeypatch):
    """What a killed run left goes, and the pages of who has left the class; nothing else does."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    names = ("course-grade", "course-kernel", "course-home", "course")
    dead = [tmp_path / f"{name}-{ended.pid}-x" for name in names]
    living = tmp_path / f"course-grade-{os.getpid()}-x"
    others = tmp_path / "course-grade-notes-x"
    for folder in (*dead, living, others):
        folder.mkdir()
    submissions = hand_in(ann="right", bob="right")
    scheduled(submissions)
    pages = tmp_path / "out" / "feedback"
    (pages / ".aside-x").write_text("half", "utf-8")
    (pages / "mine.html").write_text("a note of my own", "utf-8")
    scheduled(submissions[:1])
    assert sorted(path.name for path in pages.iterdir()) == ["ann.html", "mine.html"]
    assert not any(folder.exists() for folder in dead) and living.is_dir() and others.is_dir()
    scheduled(submissions)
    assert (pages / "bob.html").is_file()


def test_a_worker_process_that_dies_is_replaced():
    """Its call fails and no other does; values and exceptions come back as from any executor."""
    with Processes(1) as pool:
        doomed, *others = [pool.submit(os._exit, 1), *(pool.submit(abs, -n) for n in range(9))]
        assert [future.result() for future in others] == list(range(9))
        assert isinstance(doomed.exception(), BrokenExecutor)
        assert isinstance(pool.submit(int, "one").exception(), ValueError)
        processes = [psutil.Process(process.pid) for process in multiprocessing.active_children()]
        assert len(processes) == 1
    assert psutil.wait_procs(processes, timeout=60)[1] == []


def test_ctrl_c_while_a_worker_process_starts(tmp_path):
    """It is for the grader alone, even before a worker has imported anything; the worker says nothing."""
    script = tmp_path / "grader.py"
    script.write_text(
        "import os, signal\nfrom course.grading.pool.local import Processes\n\n"
        "if __name__ == '__mp_main__':  # in the worker, which imports this file before its first call\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "if __name__ == '__main__':\n"
        "    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background\n"
        "    with Processes(1) as pool:\n        print(pool.submit(abs, -1).result())\n",
        "utf-8",
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")


def test_a_worker_process_that_dies_with_half_a_result_sent(tmp_path):
    """The other half is not waited for: the call fails, and the next one gets another process."""
    script = tmp_path / "grader.py"
    script.write_text(
        "import os, struct, sys\nfrom course.grading.pool.local import Processes\n\n"
        "def half():\n"
        "    frame = sys._getframe()\n"
        "    while 'result_queue' not in frame.f_locals:\n"
        "        frame = frame.f_back\n"
        "    results = frame.f_locals['result_queue']._writer.fileno()\n"
        "    os.write(results, struct.pack('!i', 1000))  # so many bytes will follow\n"
        "    os._exit(1)\n\n"
        "if __name__ == '__main__':\n"
        "    with Processes(1) as pool:\n"
        "        print(type(pool.submit(half).exception()).__name__, pool.submit(abs, -1).result())\n",
        "utf-8",
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=300)
    assert done.stdout == "BrokenProcessPool 1\n", done.stderr


@pytest.mark.skipif(not linux.SUPPORTED, reason="counts open files as Linux does")
def test_a_worker_process_that_cannot_be_started(tmp_path):
    """Where a system is short of files, calls fail; as soon as there are enough, a process is started."""
    script = tmp_path / "grader.py"
    script.write_text(
        "import os, resource\nfrom course.grading.pool.local import Processes\n\n"
        "if __name__ == '__main__':\n"
        "    hard, errors = resource.getrlimit(resource.RLIMIT_NOFILE)[1], set()\n"
        "    with Processes(1) as pool:\n"
        "        for most in [*range(len(os.listdir('/proc/self/fd')), 64), 1024]:\n"
        "            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))\n"
        "            called = pool.submit(abs, -1)\n"
        "            if called.exception() is None:\n"
        "                break\n"
        "            errors.add(str(called.exception()))\n"
        "        print(called.result(), *errors)\n",
        "utf-8",
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=300)
    assert done.stdout.startswith("1 ") and "Too many open files" in done.stdout, done.stderr


@pytest.mark.nightly("kill -9 of the grader with kernels stands for it by day")
def test_worker_processes_end_with_the_grader():
    """A grader that is killed leaves none behind, though it could tidy up nothing."""
    script = (
        "import os, signal, sys\nfrom course.grading.pool.local import Processes\n"
        "if __name__ == '__main__':\n"
        "    pool = Processes(1)\n    print(pool.submit(os.getpid).result(), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300)
    assert done.returncode == -signal.SIGKILL
    psutil.wait_procs([psutil.Process(int(done.stdout))] if psutil.pid_exists(int(done.stdout)) else [], 60)
    assert not psutil.pid_exists(int(done.stdout)) or psutil.Process(int(done.stdout)).status() == "zombie"
