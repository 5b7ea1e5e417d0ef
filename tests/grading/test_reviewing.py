"""What an instructor types after grading: a comment, the next mistake, a term, feedback files for Moodle."""

import copy
import html
import re
import shlex
import zipfile
from dataclasses import replace

import pytest

from course.grading.record.database import open_database
from course.grading.record.roster import hand_in
from course.grading.record.runs import Runs
from course.grading.report.publish import publish
from course.grading.result import GRADED, Result
from course.grading.submission.files import Submission
from course.notebooks.document import to_text
from course.questions.judge import CORRECT, WRONG, Verdict
from course.sandbox import isolation

DOUBLE = "def double(x):\n    return 2 * x"


@pytest.fixture
def course(course, task, tmp_path, monkeypatch):
    """The command line beside an OUT of two students, of whom one wrote a square for a double."""
    monkeypatch.chdir(tmp_path)
    solved = copy.deepcopy(task.released)
    next(
        cell for cell in solved.cells if cell.id == "double-answer"
    ).source = "def double(x):\n    return 2 * x"
    task = replace(task, solved=solved)
    with open_database(tmp_path / "out", create=True) as db:
        db.add_task(task)
        for student, kind in (("Ann Lee_11", CORRECT), ("bob", WRONG)):
            notebook = task.released.copy()
            notebook.cells = [cell.copy() for cell in notebook.cells]
            answer = next(cell for cell in notebook.cells if cell.id == "double-answer")
            answer.source, answer.metadata = "def double(x):\n    return x * x", {"tags": ["student"]}
            verdicts = dict.fromkeys(task.records, Verdict(kind, "all numbers differ"))
            result = Result(
                student, GRADED, "", verdicts, notebook=notebook, answer_hashes={"double": "3fa2c1"}
            )
            [job] = Runs(db, task).pending(
                [hand_in(db, Submission(student, None), to_text(notebook).encode())]
            )
            Runs(db, task).finish(job, result.pack())
        publish(db, tmp_path / "out")
    return course


def test_a_comment(course, tmp_path):
    """It is printed with the points, which stay, and stands in feedback, gradebook and report."""
    code, said, _ = course("adjust", "bob", "double", "--comment", "a <nice> idea", "-o", "out")
    assert (code, said) == (0, "bob: 0 of 3 points; On double: a <nice> idea\n")
    for name in ("feedback/bob.html", "report.html", "review/bob.html"):
        assert "On double: a &lt;nice&gt; idea" in (tmp_path / "out" / name).read_text("utf-8")
    assert "On double: a <nice> idea" in (tmp_path / "out" / "gradebook.csv").read_text("utf-8")
    code, said, _ = course("adjust", "BO", "double", "--comment", "", "-o", "out")
    assert (code, said) == (0, "bob: 0 of 3 points; the comment on double is taken back\n")
    assert "idea" not in (tmp_path / "out" / "feedback" / "bob.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("adjust", "Ann Leigh", "double", "--comment", "x", "-o", "out"), "(did you mean 'Ann Lee_11'?)"),
        (("adjust", "bob", "doubel", "--comment", "x", "-o", "out"), "(did you mean 'double'?)"),
        (("adjust", "bob", "--comment", "x"), "name a question, or total for the whole notebook"),
        (("mistake", "out", "half", "zzz"), "GROUP='zzz' must be one that the report offers"),
        (("mistake", "out", "double", "3fa2c1", "--write"), "--write needs --hint"),
        (("mistake", "out", "double", "3fa2c1", "--write", "--hint", " "), "--write needs --hint"),
        (("mistake", "new", "double", "3"), "OUT='new' holds no grades.sqlite"),
        (("export", "out", "--to", "moodle-feedback", "--assignment", "x"), "takes neither --sheet nor"),
        (
            ("export", "out", "--to", "foo"),
            "choose from csv, moodle, canvas, nbgrader, moodle-feedback, reading",
        ),
        (("term", "out", "out"), "both hold 01_test"),
    ],
)
def test_slips(course, arguments, line):
    """2, and one line."""
    code, said, errors = course(*arguments)
    assert (code, said) == (2, "") and line in errors and len(errors.splitlines()) == 1


@pytest.mark.slow
def test_the_next_mistake_is_printed(course):
    """The student's code under the decorator, ready to be pasted."""
    if isolation().level < 2:
        pytest.skip("this system does not keep a kernel in")
    code, said, _ = course("mistake", "out", "double", "3fa", "--hint", "You square.")
    assert code == 0 and said == '@mistake("double", "You square.")\ndef double(x):\n    return x * x\n'


def test_pages_for_moodle(course, tmp_path):
    """A zip in OUT; who has no number of Moodle is named."""
    code, said, _ = course("export", "out", "--to", "moodle-feedback")
    assert code == 0 and "no number of Moodle behind the name: bob" in said
    assert said.splitlines()[-1].startswith("1 of 2 students: ")
    with zipfile.ZipFile(tmp_path / "out" / "moodle-feedback.zip") as archive:
        assert archive.namelist() == ["Ann Lee_11_assignsubmission_file_/feedback.html"]
    assert course("export", "out", "--to", "moodle-feedback")[0] == 0, "it replaces its own zip"


def test_a_term_of_one_session(course, tmp_path):
    """The two files, named at the end."""
    code, said, _ = course("term", "out", "-o", "spring")
    assert code == 0 and said.splitlines()[0] == "2 students over 01_test"
    assert sorted(path.name for path in (tmp_path / "spring").iterdir()) == [
        "term.csv",
        "term.html",
        "written.json",
    ]


def test_a_note_says_how_many_changes_it_takes_back(course, tmp_path):
    """The command that it names withdraws all changes of the question, not the last alone."""
    steps = {"+1": None, "+9": "all 2 changes of double", "graded": None, "9": "the change"}
    for change, what in steps.items():
        _, _, told = course("adjust", "bob", "double", change, "--reason", "so", "-o", "out")
        assert f"; this takes {what} back: " in told if what else told == ""
    command = told.split("back: ")[1].replace("WHY", "because").split()
    assert course(*command[1:])[1] == "bob: 0 of 3 points; double as graded (because)\n"


def test_a_command_of_a_page_does_what_it_says(course, tmp_path):
    """Copied into a shell in the folder where OUT was written, with a question and a reason filled in."""
    page = (tmp_path / "out" / "review" / "Ann Lee_11.html").read_text("utf-8")
    command = shlex.split(html.unescape(re.search("<code>(course adjust .*?)</code>", page)[1]))
    filled = [{"QUESTION": "double", "…": "well put"}.get(word, word) for word in command]
    code, said, _ = course(*filled[1:])
    assert (code, said) == (0, "Ann Lee_11: 4 of 3 points; double + 1 (well put)\n")
