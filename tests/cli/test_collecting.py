"""`course collect` and `course export` as a person calls them."""

import csv
import zipfile

import pytest

from course.grading.record.database import open_database
from course.grading.record.roster import hand_in
from course.grading.record.runs import Runs
from course.grading.result import GRADED, Result, Task
from course.grading.submission.files import Submission
from course.notebooks.document import read_notebook
from course.notebooks.new import new_session
from course.notebooks.workbook import Workbook
from course.questions.judge import CORRECT, Verdict

NAME = "Zoë Müller_11_assignsubmission_file_/01_test.ipynb"


@pytest.fixture
def workbook(tmp_path, monkeypatch):
    """A workbook with one session, the current folder, and a zip of Moodle's."""
    new_session(Workbook(tmp_path), "01_test")
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr(NAME, "{}")
        archive.writestr("Eve\x1b[31m_12_assignsubmission_file_/x.zip", "")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_collect(workbook, course):
    """It says what was left aside and who has no notebook, in clean lines; 1, for somebody has to look."""
    code, said, _ = course("collect", "class.zip", "01_test", "-o", "in")
    assert code == 1 and "\x1b" not in said
    assert "left aside: Eve [31m_12_assignsubmission_file_/x.zip: an archive in the zip" in said
    assert "no notebook: Eve [31m_12" in said and "2 students, 0 with several notebooks\n" in said
    assert sorted(path.name for path in (workbook / "in").iterdir()) == [
        "Eve [31m_12", "Zoë Müller_11.ipynb", "collected.csv", "left_aside.csv",
    ]  # fmt: skip


SHEET = 'Identifier,Last modified (submission)\nParticipant 11,"Monday, 23 November 2026, 9:00 PM"\n'
UNKNOWN = (
    "no dates are known, so nobody counts as late: give Moodle's grading worksheet (--worksheet) and --due"
)


def test_collect_says_whose_lateness_is_known(workbook, course):
    """Moodle's download has no dates, its worksheet has; Canvas marks the files that are late."""
    code, said, _ = course("collect", "class.zip", "01_test", "-o", "in", "--due", "2026-11-23 18:00")
    assert UNKNOWN in said and " 0 late" not in said
    (workbook / "sheet.csv").write_text(SHEET, "utf-8")
    due = ("--due", "2026-11-23 18:00", "--worksheet", "sheet.csv")
    code, said, _ = course("collect", "class.zip", "01_test", "-o", "dated", *due)
    assert "2 students, 1 late, 1 without a date, 0 with several notebooks\n" in said and UNKNOWN not in said
    with zipfile.ZipFile(workbook / "canvas.zip", "w") as archive:
        archive.writestr("leeann_LATE_123_4567_01_test.ipynb", "{}")
        archive.writestr("orrbo_124_4568_01_test.ipynb", "{}")
    code, said, _ = course("collect", "canvas.zip", "01_test", "-o", "canvas")
    assert (code, said.splitlines()[0]) == (0, "2 students, 1 late, 0 with several notebooks")


def test_collect_says_what_its_tables_are(workbook, course):
    """Which of the two says who handed in, and which what was left aside."""
    said = course("collect", "class.zip", "01_test", "-o", "in")[1].replace("\\", "/")
    assert "1 file left aside\n" in said
    assert "who handed in what: in/collected.csv\nwhat was left aside, and why: in/left_aside.csv\n" in said


def test_collect_where_all_is_well(workbook, course):
    """0, also with what macOS added; a folder does as well as a zip."""
    for name in (NAME, f"__MACOSX/{NAME.replace('01_test.', '._01_test.')}"):
        path = workbook / "unpacked" / "class" / name
        path.parent.mkdir(parents=True)
        path.write_text("{}", "utf-8")
    code, said, _ = course("collect", "unpacked", "01_test", "-o", "in")
    assert (code, said.splitlines()[0]) == (0, "1 student, 0 with several notebooks")


def test_submissions(workbook, course):
    """Every byte of every attempt comes back, modules too; what could not be read says why."""
    first, second = b"\xff not a notebook", b"{}\r\n"
    with open_database(workbook / "out", create=True) as db:
        db.record("session", "01_test")
        hand_in(db, Submission("Zoë", None), first)
        hand_in(db, Submission("Zoë", None), None, '["broken", "is larger than 20 MiB"]')
        hand_in(db, Submission("Zoë", None), second, modules={"helper.py": b"h = 1\xff"})
    code, said, _ = course("submissions", "out", "--student", "Zoë", "-o", "back")
    assert code == 0 and "nothing was kept: is larger than 20 MiB" in said and len(said.splitlines()) == 3
    back = {path.relative_to(workbook / "back").as_posix(): path for path in (workbook / "back").rglob("*.*")}
    assert {name: path.read_bytes() for name, path in back.items()} == {
        "1/01_test.ipynb": first, "3/01_test.ipynb": second, "3/helper.py": b"h = 1\xff",
    }  # fmt: skip
    for name, words in {"Zoa": "did you mean 'Zoë'?", "Zoë": "is there already; name a new folder"}.items():
        code, _, told = course("submissions", "out", "--student", name, "-o", "back")
        assert code == 2 and words in told and told.count("\n") == 1


def test_export(workbook, course):
    """The grades of an output folder, in a file of their own; --to decides the form."""
    released = read_notebook(workbook / "exercises" / "01_test.ipynb")
    task = Task("01_test", 7, released, {"double": {"points": 1, "mistakes": []}})
    with open_database(workbook / "out", create=True) as db:
        db.add_task(task)
        runs = Runs(db, task)
        [job] = runs.pending([hand_in(db, Submission("Zoë Müller_11", None, "", 0.0), b"{}")])
        runs.finish(job, Result("", GRADED, "", {"double": Verdict(CORRECT)}).pack())
    code, said, _ = course("export", "out", "--to", "moodle")
    assert code == 0 and "1 student: out/grades_moodle.csv" in said.replace("\\", "/")
    with open(workbook / "out" / "grades_moodle.csv", encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["Identifier"], row["Grade"], row["Maximum Grade"]) == ("Participant 11", "1", "1")
    code, said, _ = course("export", "out")
    assert code == 0 and "1 student: out/grades.csv" in said.replace("\\", "/")
    for _ in range(2):  # its own export may be replaced, another file may not
        assert course("export", "out", "-o", "mine.csv")[0] == 0 and (workbook / "mine.csv").is_file()
    for mine in (
        workbook / "mine.csv",
        workbook / "out" / "grades_moodle.csv",
        workbook / "out" / "notes.csv",
    ):
        mine.write_text("edited", "utf-8")
        code, _, told = course("export", "out", "--to", "moodle", "-o", str(mine))
        assert code == 2 and "is no export as it was written" in told and mine.read_text("utf-8") == "edited"
        why = "another file lies there" if mine.stem == "notes" else "somebody has edited it"
        assert f"{why}; name another file with -o, or move it" in told


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("collect class.zip 01_tset -o in", "session='01_tset' is unknown; choose from 01_test"),
        ("collect none.zip 01_test -o in", "ZIP='none.zip': there is no such file"),
        ("collect class.zip 01_test", "Missing option '-o'"),
        ("collect class.zip 01_test -o lectures/..", "is there already; name a new folder"),
        ("collect class.zip 01_test -o in --due soon", "--due: 'soon' must be a date such as 2026-11-24"),
        ("collect class.zip 01_test -o in --worksheet w.csv", "add --due, the deadline"),
        ("export nothing", "OUT='nothing' holds no grades.sqlite; grade a class into it first"),
    ],
)
def test_every_slip_is_one_line(workbook, course, call, words):
    """Exit code 2, one line, and nothing is written."""
    before = sorted(workbook.rglob("*"))
    code, said, told = course(*call.split())
    assert (code, said) == (2, "") and words in told and told.count("\n") == 1
    assert sorted(workbook.rglob("*")) == before
