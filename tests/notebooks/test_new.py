"""`course new` anywhere: an instructor's own exercise is whole from the first minute."""

import json
import shutil

import pytest

from course.errors import NotebookError, UsageError
from course.notebooks.build import Built, build
from course.notebooks.check import check
from course.notebooks.document import read_notebook, write_notebook
from course.notebooks.execute import execute
from course.notebooks.handout import handout_of, release_of
from course.notebooks.laying_out import lay_out
from course.notebooks.new import add_session
from course.notebooks.workbook import find_workbook
from course.sandbox import KERNEL_NAME
from course.widgets.quiz import load_quiz


@pytest.fixture
def folder(tmp_path):
    """An empty folder that becomes a workbook; no checkout of the course is near."""
    folder = tmp_path / "my-course"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory):
    """A workbook that `course new` made of an empty folder."""
    folder = tmp_path_factory.mktemp("new")
    add_session("01_mine", folder)
    return folder


@pytest.fixture
def mine(folder, laid_out):
    """A copy of it."""
    return shutil.copytree(laid_out, folder, dirs_exist_ok=True)


def cards(path, folder):
    """The cards of an exercise that is run where it lies."""
    run = execute(read_notebook(path), cwd=folder)
    outputs = [output for cell in run.notebook.cells for output in cell.get("outputs", [])]
    return [item.data["text/plain"] for item in outputs if "text/html" in item.get("data", {})]


def solve(path):
    notebook = read_notebook(path)
    next(
        cell for cell in notebook.cells if cell.id == "double-answer"
    ).source = "def double(x):\n    return x + x"
    write_notebook(notebook, path)


def test_a_new_session_passes_every_check(folder, snapshot):
    """An empty folder becomes a workbook whose session is built: nothing is left to do, nothing is amiss."""
    paths = add_session("01_mine", folder)
    assert [path.relative_to(folder).as_posix() for path in paths] == [
        *("lectures/01_mine.ipynb", "solutions/01_mine.ipynb", "exercises/01_mine.ipynb"),
        "exercises/public/01_mine.json",
    ]
    assert "build/" in (folder / ".gitignore").read_text("utf-8").splitlines()
    first = read_notebook(paths[2]).cells[0].source
    assert first.startswith("# Session 1 exercise: mine\n") and "**How it works.**" in first
    before = snapshot(folder)
    workbook = find_workbook(folder)
    assert check(workbook, kernel_name=KERNEL_NAME) == []
    assert build(workbook) == Built()
    assert snapshot(folder) == before


def test_the_command_says_what_to_do_next(mine, monkeypatch, course):
    """Which files to write into, and the two commands that follow."""
    (mine / ".gitignore").write_text("mine\n", "utf-8")
    monkeypatch.chdir(mine)
    code, said, _ = course("new", "02_next")
    files = "solutions/02_next.ipynb and lectures/02_next.ipynb"
    assert code == 0 and said.splitlines()[-1] == (
        f"next: write into {files}, then: course build && course check 02_next"
    )
    assert (mine / ".gitignore").read_text("utf-8") == "mine\n"


def test_check_names_what_is_still_to_be_filled_in(mine, monkeypatch, course):
    """In a line for each notebook, until it is; the exercise is sound all the same."""
    monkeypatch.chdir(mine)
    code, said, notes = course("check", "--fast")
    assert (code, said) == (0, "all is well\n")
    lecture, solution = notes.splitlines()
    assert lecture.startswith(
        "course: note: lectures/01_mine.ipynb: still to be filled in: 'After this lecture you can …'"
    )
    assert solution == (
        "course: note: solutions/01_mine.ipynb: still to be filled in: 'You will …'; "
        "'Time: about … minutes.'; the sample question double"
    )
    for folder in ("lectures", "solutions"):
        path = mine / folder / "01_mine.ipynb"
        notebook = read_notebook(path)
        for cell in notebook.cells:
            cell.source = cell.source.replace("…", "tell ten digits apart").replace("size=3", "size=4")
        write_notebook(notebook, path)
    assert "still to be" not in course("check", "--fast")[2]


def test_its_cards_judge_here_and_at_a_student(mine, tmp_path):
    """The answers are found beside the exercise, in the workbook and in the folder of a student.

    In test_laying_out.py a release has them, too.
    """
    lay_out(handout_of(mine), tmp_path / "copy")
    for place in (mine, tmp_path / "copy"):
        exercises = place / "exercises"
        solve(exercises / "01_mine.ipynb")
        assert cards(exercises / "01_mine.ipynb", exercises) == ["✓ double · correct · 1 of 1 point"]
    stored = exercises / "public" / "01_mine.json"
    newer = json.loads(stored.read_text("utf-8")) | {"digest": "00000000"}
    stored.write_text(json.dumps(newer), "utf-8")
    (card,) = cards(exercises / "01_mine.ipynb", exercises)
    assert "not judged" in card and "run: course start --update" in card


def test_a_second_session_from_a_folder_within(mine):
    """In a workbook the new session joins the others; in a student's folder none is written."""
    assert add_session("02_next", mine / "lectures")[1] == mine.resolve() / "solutions" / "02_next.ipynb"
    assert find_workbook(mine).stems("exercises") == ["01_mine", "02_next"]
    student = mine.parent / "student"
    lay_out(handout_of(mine), student)
    with pytest.raises(UsageError, match="holds the course as students get it"):
        add_session("03_third", student)
    assert not (student / "solutions").exists()


def test_a_lecture_of_ones_own_has_its_quiz_beside_it(folder, monkeypatch):
    """The quiz lies in lectures/quizzes/, counts before the package's, and is given to students."""
    add_session("06_optimizers", folder)
    choices = [
        {"text": "two", "feedback": "Right: one and one.", "right": True},
        {"text": "three", "feedback": "One more than right."},
    ]
    quiz = folder / "lectures" / "quizzes" / "06_optimizers.json"
    quiz.parent.mkdir()
    mine = [{"question": "One and one?", "choices": choices}]
    quiz.write_text(json.dumps(mine), "utf-8")
    assert load_quiz("06_optimizers") != mine
    monkeypatch.chdir(folder / "lectures")  # where a lecture's kernel starts
    assert load_quiz("06_optimizers") == mine
    for handout in (release_of(find_workbook(folder), []), handout_of(folder)):
        assert handout.files["lectures/quizzes/06_optimizers.json"] == quiz.read_bytes()


def test_stale_answers_are_not_released(mine):
    """A solution that was changed since the last build would give students cards that never judge."""
    path = mine / "solutions" / "01_mine.ipynb"
    path.write_text(path.read_text("utf-8").replace("return 2 * x", "return x * 2"), "utf-8")
    with pytest.raises(NotebookError, match="its public answers are older than its solution; run: course"):
        release_of(find_workbook(mine), [])
    shutil.rmtree(mine / "exercises" / "public")
    assert "exercises/public/01_mine.json" not in release_of(find_workbook(mine), []).files
