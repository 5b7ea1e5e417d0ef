"""`course grade` and `course adjust` as a person meets them: exit codes, one line, and the next call."""

import os
import signal
import sqlite3
import sys
import zipfile

import pytest

from course.cli import main
from course.grading.pool import local, scheduler
from course.grading.record.database import open_database
from course.grading.result import BROKEN, FAILED, GRADED, Result, unpack_task
from course.notebooks.new import new_session
from course.notebooks.workbook import Workbook
from course.questions.judge import CORRECT, MISSING, Verdict
from course.questions.values import encode
from course.sandbox import Isolation

RECORD = {
    "question": "double",
    "points": 1,
    "rtol": 0,
    "atol": 0,
    "answers": [{"value": encode(1.0)}],
    "mistakes": [],
    "variants": [],
}


class Course:
    """Runs the command line: exit code, what it printed, its lines about trouble.

    What needs a kernel is said here: how well the machine keeps kernels in, and what comes out of a notebook.
    """

    def __init__(self, monkeypatch, capsys):
        self.patch, self.capsys = monkeypatch, capsys
        self.isolation, self.grade = Isolation(3), fake_grade
        monkeypatch.setattr(local, "isolation", lambda: self.isolation)
        monkeypatch.setattr("course.grading.batch.run_job", self.run_job)
        monkeypatch.setattr("course.grading.answer_key.answer_key", fake_key)

    def run_job(self, packed_task, job):
        return self.grade(unpack_task(packed_task), job.student, job.content).pack()

    def __call__(self, *arguments):
        self.patch.setattr(sys, "argv", ["course", *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        said = self.capsys.readouterr()
        errors = [line for line in said.err.splitlines() if line.startswith("course:")]
        return stop.value.code, said.out, errors


@pytest.fixture
def course(tmp_path, monkeypatch, capsys):
    """The command line in a small workbook, with two submissions whose notebooks take no time."""
    new_session(Workbook(tmp_path), "01_test")
    (tmp_path / "class").mkdir()
    for student in ("ann", "bob"):
        (tmp_path / "class" / f"{student}.ipynb").write_text(student, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(scheduler, "BACKOFF_S", 0.0)
    return Course(monkeypatch, capsys)


def fake_key(*_):
    return {"double": RECORD}


def fake_grade(task, student, content):
    kind = CORRECT if student in ("solution", "ann") else MISSING
    return Result(student, GRADED, "", {"double": Verdict(kind)})


def broken(task, student, content):
    if student in ("solution", "exercise"):
        return fake_grade(task, student, content)
    return Result(student, FAILED, "OSError: disk full", finished=False)


GRADE = ("grade", "01_test", "class", "-o", "out", "--workers", "1")


def test_all_graded(course, tmp_path):
    """0, and nothing to run in the next call; --seed takes the place of the seed that was drawn."""
    code, out, errors = course(*GRADE)
    rows = [[column.strip() for column in line.split("│")[1:4]] for line in out.splitlines()]
    assert out.splitlines()[0].strip() == "01_test, 1 point"
    assert (code, errors) == (0, []) and ["ann", "graded", "1"] in rows and ["bob", "graded", "0"] in rows
    seeds = []
    for more in ((), ("--seed", "7"), ()):
        assert course(*GRADE, *more)[0] == 0
        with open_database(tmp_path / "out") as db:
            seeds.append(db.task().seed)
            assert db.setting("seed") == str(seeds[-1])
    assert seeds[0] not in (0, 7) and seeds[1:] == [7, 7]


def test_a_seed_never_survives_an_attempt(course, tmp_path):
    """Pages were written, so whatever is handed in later runs with another seed, and the first ones stay."""
    seeds = {}

    def grade(task, student, content):
        seeds.setdefault(student, []).append(task.seed)
        return fake_grade(task, student, content)

    course.grade = grade
    assert course(*GRADE)[0] == 0 and course(*GRADE)[0] == 0
    assert seeds["ann"] == seeds["bob"] and len(seeds["ann"]) == 1
    (tmp_path / "class" / "bob.ipynb").write_text("once more", "utf-8")
    assert course(*GRADE)[0] == 0
    assert course(*GRADE, "--regrade", "bob")[0] == 0
    assert len(seeds["ann"]) == 1 and len(set(seeds["bob"])) == 3


def test_regrade_says_whom(course, monkeypatch):
    """The names that were found, not what was typed."""
    said = []
    monkeypatch.setattr("course.cli.grading._say", said.append)
    assert course(*GRADE)[0] == 0 and not any("--regrade" in line for line in said)
    assert course(*GRADE, "--regrade", "BO")[0] == 0
    assert course(*GRADE, "--regrade", "all")[0] == 0
    assert course(*GRADE, "--regrade", "quarantined")[0] == 0
    lines = [line for line in said if "--regrade" in line]
    assert lines == [f"--regrade: {whom}" for whom in ("'bob'", "'ann', 'bob'", "nobody")]


def test_a_seed_of_which_nobody_read_goes_on(course, tmp_path):
    """A run that was stopped before it wrote a page is the same attempt: the rest gets the same seed."""
    seeds = []

    def grade(task, student, content):
        seeds.append(task.seed)
        if student == "bob" and len(set(seeds)) == 1 and not (tmp_path / "mended").exists():
            raise KeyboardInterrupt
        return fake_grade(task, student, content)

    course.grade = grade
    assert course(*GRADE)[0] == 130
    (tmp_path / "mended").touch()
    assert course(*GRADE)[0] == 0 and len(set(seeds)) == 1


def test_some_need_review(course, tmp_path):
    """1, as long as somebody has no score; a total by hand settles it."""
    course.grade = broken
    (tmp_path / "class" / "bob.ipynb").unlink()
    assert course(*GRADE)[0] == 1
    code, out, _ = course("adjust", "ann", "total", "1", "--reason", "read it myself", "-o", "out")
    assert (code or 0, out) == (0, "ann: 1 of 1 point; total = 1 (read it myself)\n")
    assert course(*GRADE)[0] == 0
    _, _, errors = course("adjust", "ann", "total", "9", "--reason", "a slip of the finger?", "-o", "out")
    [note] = errors
    assert note.startswith("course: note: that is more than the 1 points of total; this takes")
    assert note.endswith(": course adjust ann total graded --reason WHY -o out")
    course.grade = fake_grade
    assert course(*GRADE, "--regrade", "quarantined")[0] == 0


def test_files_that_were_left_aside(course, tmp_path):
    """1, a line each on the screen, and a list in the report; the reason of a missing notebook names them."""
    (tmp_path / "class" / "notes.txt").write_text("", "utf-8")
    (tmp_path / "class" / "eve").mkdir()
    (tmp_path / "class" / "eve" / "answer.pdf").write_text("", "utf-8")
    code, out, _ = course(*GRADE)
    assert code == 1 and "left aside: notes.txt: not a notebook" in out
    assert "left aside: eve/answer.pdf: not a notebook" in out
    report = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "Left aside" in report and "notes.txt" in report and "eve/answer.pdf" in report
    assert "no notebook was handed in; answer.pdf (not a notebook) lies there" in report
    for name in ("notes.txt", "eve/answer.pdf"):
        (tmp_path / "class" / name).unlink()
    assert course(*GRADE)[0] == 0
    assert "Left aside" not in (tmp_path / "out" / "report.html").read_text("utf-8")


@pytest.mark.parametrize("collected", [False, True])
def test_what_was_left_aside_is_said_with_or_without_collect(course, tmp_path, collected):
    """1, the same lines and the same row, whether Moodle's zip was graded or what collect took out of it."""
    files = {"Ann_1": ["01_test.ipynb", "notes.pdf"], "Larry_2": ["report.pdf"], "Zoe_3": ["01_test.ipynb"]}
    with zipfile.ZipFile(tmp_path / "moodle.zip", "w") as archive:
        for student, names in files.items():
            for name in names:
                archive.writestr(f"{student}_assignsubmission_file_/{name}", student)
        archive.writestr("Zoe_3_assignsubmission_file_/01_test (1).ipynb", "again")
        archive.writestr("__MACOSX/x", "")
    place = "moodle.zip"
    if collected:
        place = "taken"
        assert course("collect", "moodle.zip", "01_test", "-o", place)[0] == 1
    code, out, _ = course("grade", "01_test", place, "-o", "out", "--workers", "1")
    lines = {line for line in out.splitlines() if line.startswith("left aside")}
    assert code == 1 and lines == {
        "left aside: Larry_2_assignsubmission_file_/report.pdf: not a notebook",
        "left aside: Zoe_3_assignsubmission_file_/01_test.ipynb: another file of this student counts",
    }
    rows = (tmp_path / "out" / "gradebook.csv").read_text("utf-8").splitlines()
    assert rows[2].endswith(",no notebook was handed in; report.pdf (not a notebook) lies there")
    assert "Left aside" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_a_file_that_is_not_the_notebook_has_to_be_looked_at(course, tmp_path):
    """1 until somebody has looked: a comment says so. Who handed in nothing changes no exit code."""

    def grade(task, student, content):
        verdicts = {"double": Verdict(MISSING, "is empty")}
        return (
            Result("bob", BROKEN, "is empty", verdicts) if student == "bob" else fake_grade(task, student, 0)
        )

    course.grade = grade
    (tmp_path / "class" / "eve").mkdir()
    assert course(*GRADE)[0] == 1
    assert not course("adjust", "bob", "total", "--comment", "told him", "-o", "out")[0]
    assert course(*GRADE)[0] == 0


def test_modules_beside_a_notebook(course, tmp_path):
    """Named at the row; with the option they travel along, and only who has some is run again."""
    ran = {}

    def run_job(packed_task, job):
        ran[job.student] = job.modules
        return fake_grade(unpack_task(packed_task), job.student, job.content).pack()

    course.patch.setattr("course.grading.batch.run_job", run_job)
    folder = tmp_path / "class" / "cy" / "01_test"
    folder.mkdir(parents=True)
    (folder / "01_test.ipynb").write_text("cy", "utf-8")
    for name in ("helper.py", "numpy.py"):
        (folder / name).write_bytes(b"h = 1\xff")
    rows = []
    for options in ((), ("--with-modules",), (), ("--without-modules",)):
        ran.clear()
        assert course(*GRADE, *options)[0] == 0
        graded = {name: modules for name, modules in ran.items() if name not in ("solution", "exercise")}
        rows.append(((tmp_path / "out" / "gradebook.csv").read_text("utf-8").splitlines()[-1], graded))
    hides = "numpy.py left out: the name of an installed package"
    without = f"helper.py lies beside the notebook, not taken along without --with-modules; {hides}"
    assert without in rows[0][0].replace(";'", ";") and rows[0][1] == {"ann": {}, "bob": {}, "cy": {}}
    assert f"run with helper.py; {hides}" in rows[1][0] and rows[1][1] == {"cy": {"helper.py": b"h = 1\xff"}}
    assert rows[2] == (rows[1][0], {}), "the option is kept in OUT"
    assert without in rows[3][0] and rows[3][1] == {"cy": {}}


def test_isolation_too_low(course):
    """3 and the advice; nobody is run. Whoever allows less may go on."""
    course.isolation = Isolation(1, advice="use a container")
    code, out, errors = course(*GRADE)
    assert (code, out) == (3, "")
    assert errors == [
        "course: isolation 1 (limits only) is below 2; use a container, or allow less with --min-isolation"
    ]
    assert course(*GRADE, "--min-isolation", "1")[0] == 0
    assert course(*GRADE, "--min-isolation", "2")[0] == 0, "nothing is to be run"


def test_stopped(course):
    """4 when the known notebooks are judged wrongly; the same command goes on."""
    course.grade = lambda *_: Result("x", FAILED, "no space left")
    code, out, errors = course(*GRADE)
    assert (code, out) == (4, "")
    assert errors == [
        "course: stopped: the solution itself could not be run: no space left; the same command goes on"
    ]
    course.grade = fake_grade
    assert course(*GRADE)[0] == 0


@pytest.mark.parametrize("error", [sqlite3.OperationalError("disk is full"), OSError(28, "disk is full")])
def test_a_full_disk(course, monkeypatch, error):
    """4 as well, wherever the disk was full; nothing is lost, and the same command goes on."""

    def full(*_):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr("course.grading.batch.publish", full)
        code, _, errors = course(*GRADE)
        assert code == 4 and "disk is full; the same command goes on" in errors[0]
    course.grade = broken
    assert course(*GRADE)[0] == 0, "it was graded before"


def test_interrupted(course):
    """130 after Ctrl-C, and the rest is graded by the next call."""
    ran = []

    def interrupted(task, student, content):
        ran.append(student)
        if student == "ann":
            os.kill(os.getpid(), signal.SIGINT)
        return fake_grade(task, student, content)

    course.grade = interrupted
    assert course(*GRADE)[0] == 130 and ran[-1] == "ann"
    ran.clear()
    assert course(*GRADE)[0] == 0 and "ann" not in ran and "bob" in ran


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_before_a_notebook_runs(course, monkeypatch, number):
    """130 and a line, also for what a system sends that shuts down."""

    def interrupted(*_):
        os.kill(os.getpid(), number)
        return fake_key()

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background
    with monkeypatch.context() as patch:
        patch.setattr("course.grading.answer_key.answer_key", interrupted)
        assert course(*GRADE) == (130, "", ["course: stopped; the same command goes on"])
    signal.signal(signal.SIGINT, before)
    assert course(*GRADE)[0] == 0


def test_late_and_best(course, tmp_path):
    """What collect wrote about lateness is used; the settings are remembered."""
    (tmp_path / "class" / "collected.csv").write_text(
        "student,handed_in,days_late,late\nann,2026-05-09T10:00:00+02:00,1,LATE\n", "utf-8"
    )
    _, said, _ = course(*GRADE, "--late-percent", "50", "--attempts", "best")
    assert "1 day late: 50 % of the points are taken off" in said
    assert (tmp_path / "out" / "gradebook.csv").read_text("utf-8").splitlines()[1] == "ann,graded,0.5,1,1,1,,"
    (tmp_path / "class" / "ann.ipynb").write_text("in time, and another text", "utf-8")
    (tmp_path / "class" / "collected.csv").unlink()
    course(*GRADE)
    assert (tmp_path / "out" / "gradebook.csv").read_text("utf-8").splitlines()[1] == "ann,graded,1,1,1,,,"


SLIPS = {
    (*GRADE, "--attempts", "frist"): "--attempts='frist' is unknown; choose from last, best",
    (*GRADE, "--late-percent", "101"): "Invalid value for '--late-percent'",
    (*GRADE, "--min-isolation", "4"): "Invalid value for '--min-isolation'",
    (*GRADE, "--workers", "-1"): "Invalid value for '--workers'",
    (*GRADE, "--regrade", "eve"): "--regrade='eve' must be a student in SUBMISSIONS, all or quarantined",
    (*GRADE, "--scheduler", "tls://127.0.0.1:1"): "needs --tls-ca, --tls-cert and --tls-key",
    (*GRADE, "--scheduler", "tcp://127.0.0.1:1", "--tls-ca", "no.pem"): "no.pem: there is no such file",
    (
        "adjust",
        "ann",
        "total",
        "1",
        "--reason",
        "x",
        "-o",
        "new",
    ): "OUT='new' holds no grades.sqlite; grade a",
    ("adjust", "ann", "total", "1", "-o", "new"): "--reason is missing: say why the points change",
    ("adjust", "ann", "total", "-o", "new"): "POINTS is missing; without a change of points say --comment",
    ("adjust", "ann", "total", "1", "--comment", "x"): "--comment changes no points; give POINTS and",
}


@pytest.mark.parametrize("arguments", SLIPS, ids=lambda words: " ".join(words[-2:]))
def test_slips(course, arguments):
    """2, and one line."""
    code, out, errors = course(*arguments)
    assert (code, out) == (2, "") and len(errors) == 1 and SLIPS[arguments] in errors[0]


def test_marks_that_cannot_be_read(course, tmp_path):
    """A table of late days that is not one is refused, with its line."""
    for text in ("student,days_late\nann,soon\n", "name\nann\n", "student,days_late\nann,nan\n"):
        (tmp_path / "class" / "collected.csv").write_text(text, "utf-8")
        code, _, errors = course(*GRADE)
        assert code == 2 and "collected.csv: line 2 must have student, handed_in and days_late" in errors[0]


def test_a_damaged_database(course, tmp_path):
    """A file that is no database is one line."""
    course(*GRADE)
    for name in ("grades.sqlite-wal", "grades.sqlite-shm"):
        (tmp_path / "out" / name).unlink(missing_ok=True)
    (tmp_path / "out" / "grades.sqlite").write_bytes(b"no database " * 1000)
    code, _, errors = course(*GRADE)
    assert code == 2 and "is damaged" in errors[0]


def test_files_that_somebody_edited_are_kept(course, tmp_path):
    """A gradebook and a page that were edited are put aside and named; grading and adjusting go on."""
    out = tmp_path / "out"
    course(*GRADE)
    untouched = sorted(path.name for path in out.rglob("*"))
    assert course(*GRADE)[2] == [] and sorted(path.name for path in out.rglob("*")) == untouched
    (out / "gradebook.csv").write_text("student,points\nann,3\n", "utf-8")
    (out / "feedback" / "ann.html").write_text("Well done!", "utf-8")
    code, _, told = course("adjust", "ann", "double", "0.5", "--reason", "half right", "-o", "out")
    assert (code or 0, len(told)) == (0, 2) and "gradebook.kept-1.csv" in " ".join(told)
    assert (out / "gradebook.kept-1.csv").read_text("utf-8") == "student,points\nann,3\n"
    assert (out / "feedback" / "ann.kept-1.html").read_text("utf-8") == "Well done!"
    assert "0.5" in (out / "gradebook.csv").read_text("utf-8")
    (out / "gradebook.csv").write_text("mine again", "utf-8")
    (out / "feedback" / "bob.html").write_text("Goodbye.", "utf-8")
    (tmp_path / "class" / "bob.ipynb").unlink()  # bob leaves the class
    assert len(course(*GRADE)[2]) == 2
    assert (out / "gradebook.kept-2.csv").read_text("utf-8") == "mine again"
    assert (out / "feedback" / "bob.kept-1.html").read_text("utf-8") == "Goodbye."
    assert not (out / "feedback" / "bob.html").exists()
