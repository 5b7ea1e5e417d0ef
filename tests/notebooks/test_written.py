"""What a person wrote into an exercise, a quote, a run or a file is never overwritten unasked."""

import json
import signal
import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from course.notebooks import build as building
from course.notebooks.build import Built, build, build_exercise, build_lecture
from course.notebooks.check import solution_faults
from course.notebooks.document import (
    ChangedMeanwhileError,
    held,
    read_notebook,
    to_text,
    write_notebook,
    write_text,
)
from course.notebooks.release import release
from course.notebooks.workbook import find_workbook
from course.notebooks.written import OVERWRITE, RELEASED, Record, stamp, untouched, written_in

SESSIONS = find_workbook().stems("exercises")


def changed(path, change):
    """Change a notebook as a person does who saves it in JupyterLab; returns its bytes."""
    notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    change({cell["id"]: cell for cell in notebook["cells"]}, notebook["cells"])
    path.write_text(json.dumps(notebook, indent=1), "utf-8")
    return path.read_bytes()


def answer(cells, _):
    """Solve the small workbook's question."""
    cells["double-answer"]["source"] = "def double(x):\n    return x + x"


@pytest.mark.parametrize("session", SESSIONS)
def test_a_solved_exercise_of_each_session_is_left(session, tmp_path):
    """An answer in the first answer cell keeps the exercise, in words that name its question."""
    real = find_workbook()
    released = release(read_notebook(real.path("solutions", session)))
    path = tmp_path / f"{session}.ipynb"
    path.write_bytes(real.path("exercises", session).read_bytes())
    assert written_in(path, released) is None
    exercise = read_notebook(path)
    cell = next(cell for cell in exercise.cells if cell.metadata.get("nbgrader", {}).get("solution"))
    cell.source = cell.source.replace("raise NotImplementedError", "return 1")
    write_notebook(exercise, path)
    told = written_in(path, released)
    below = exercise.cells[exercise.cells.index(cell) :]
    question = next(
        c.metadata.nbgrader.grade_id for c in below if c.metadata.get("nbgrader", {}).get("grade")
    )
    assert told == f"holds a person's answers ({question})"
    old = release(read_notebook(real.path("solutions", session)))  # as of a course that goes on meanwhile
    old.cells[0].source += "\n\nA new sentence."
    stamp(old, RELEASED)
    assert written_in(path, old) is not None


def test_build_leaves_a_solved_exercise_and_builds_all_the_rest(built):
    """The file keeps its bytes and is named; --overwrite alone replaces it; the rest is built."""
    path = built.path("exercises", "01_test")
    fresh, solved = path.read_bytes(), changed(path, answer)
    line = f"exercises/01_test.ipynb: holds a person's answers (double); {OVERWRITE} replaces it"
    assert build(built) == Built(left=[line]) and path.read_bytes() == solved
    changed(built.path("solutions", "01_test"), lambda cells, _: cells["double-text"].update(source="New."))
    again = build(built)
    assert again == Built([built.path("solutions", "01_test")], [line]) and path.read_bytes() == solved
    fault = next(iter(solution_faults(built, "s", "01_test", read_notebook(again.changed[0]))))
    assert (
        "holds a person's answers (double), which course build leaves" in fault
        and "run: course build;" not in fault
    )
    assert build(built, overwrite=True) == Built([path])
    assert read_notebook(path).cells[4].source == "New." and path.read_bytes() != fresh


def test_the_command_ends_with_1_when_it_left_something(workbook, monkeypatch, course):
    """The line says which file, why, and what to type; with that option the exit code is 0."""
    monkeypatch.setattr(building, "renew_public", lambda *arguments, **options: False)
    monkeypatch.chdir(workbook.root)
    changed(workbook.path("exercises", "01_test"), answer)
    for arguments, code, last in (
        ([], 1, "0 files changed, 1 left as it is"),
        (["--overwrite"], 0, "1 file changed"),
        ([], 0, "nothing to do"),
    ):
        ended, printed, _ = course("build", *arguments)
        said = printed.splitlines()
        assert (ended, said[-1]) == (code, last)
        assert (said[0] == f"left exercises/01_test.ipynb: holds a person's answers (double); {OVERWRITE} "
                "replaces it") == (code == 1)  # fmt: skip


TOUCHED = {
    "another cell": lambda cells, all_cells: all_cells.append(new_code_cell("x = 1")),
    "a note": lambda cells, all_cells: all_cells.insert(1, new_markdown_cell("Ask about this.")),
    "a cell that is locked": lambda cells, _: cells["set-up"].update(source="import torch"),
    "a cell taken away": lambda cells, all_cells: all_cells.pop(0),
    "a comment beside the stub": lambda cells, _: cells["double-answer"].update(
        source=cells["double-answer"]["source"] + "\n# Should it be x + x?"
    ),
}
UNTOUCHED = {
    "a run": lambda cells, _: cells["set-up"].update(
        execution_count=7, outputs=[{"output_type": "stream", "name": "stdout", "text": "ran"}]
    ),
    "an empty cell": lambda cells, all_cells: all_cells.append(new_code_cell("\n")),
    "a view's state": lambda cells, _: cells["set-up"]["metadata"].update(collapsed=True),
}


@pytest.mark.parametrize("case", [*TOUCHED, *UNTOUCHED])
def test_what_counts_as_written(workbook, case):
    """Text counts, wherever it stands and also where it is missing; outputs, empty cells and views do not."""
    path, solution = workbook.path("exercises", "01_test"), workbook.path("solutions", "01_test")
    changed(path, (TOUCHED | UNTOUCHED)[case])
    changed(solution, lambda cells, _: cells["title"].update(source="# Another title"))  # a reason to write
    told = written_in(path, release(read_notebook(solution)))
    assert (told is None) == (case in UNTOUCHED)


def test_an_exercise_without_a_hash_is_replaced_only_while_it_says_the_same(workbook):
    """Exercises of an earlier course have none: equal ones get it, others are left, whatever differs."""
    path = workbook.path("exercises", "01_test")
    released = release(read_notebook(workbook.path("solutions", "01_test")))
    exercise = read_notebook(path)
    del exercise.metadata["course"]
    write_notebook(exercise, path)
    assert written_in(path, released) is None
    exercise.cells[0].source = "# A title of last year"
    write_notebook(exercise, path)
    assert written_in(path, released) == "holds cells that a person changed (title)"


@pytest.mark.parametrize(("text", "told"), [("<<<<<<< HEAD", "is not a notebook"), (" \n", None)])
def test_a_damaged_exercise(workbook, text, told):
    """What cannot be read may be a person's, so it is left; an empty file is nobody's."""
    path = workbook.path("exercises", "01_test")
    path.write_text(text, "utf-8")
    words = written_in(path, release(read_notebook(workbook.path("solutions", "01_test"))))
    assert words is None if told is None else words.startswith(told)


def quoting(workbook):
    """The lecture of the small workbook, with one quote that is filled."""
    path = workbook.path("lectures", "01_test")
    changed(path, lambda cells, _: cells["set-up"]["metadata"].update(course={"source": "small.py::triple"}))
    assert build_lecture(workbook, "01_test") == Built([path])
    return path


def test_an_edited_quote_is_left(workbook):
    """The library's own change goes into the quote; a person's change of the quote stays and is named."""
    path, library = quoting(workbook), workbook.root / "course" / "small.py"
    library.write_text("def triple(x):\n    return x + x + x\n", "utf-8")
    assert build_lecture(workbook, "01_test") == Built([path])
    assert read_notebook(path).cells[2].source == "def triple(x):\n    return x + x + x"
    mine = "def triple(x):\n    return x * 3  # mine"
    changed(path, lambda cells, _: cells["set-up"].update(source=mine))
    name = "lectures/01_test.ipynb: cell set-up, which quotes small.py::triple, was edited by hand"
    for _ in range(2):
        assert build_lecture(workbook, "01_test").left == [f"{name}; {OVERWRITE} replaces it"]
        assert read_notebook(path).cells[2].source == mine
    library.write_text(mine + "\n", "utf-8")  # it went into the library
    assert (
        build_lecture(workbook, "01_test") == Built([path]) and not build_lecture(workbook, "01_test").changed
    )
    changed(path, lambda cells, _: cells["set-up"].update(source="1"))
    assert build_lecture(workbook, "01_test", overwrite=True) == Built([path])
    assert read_notebook(path).cells[2].source == mine


@pytest.mark.parametrize("folder", ["lectures", "solutions"])
def test_what_is_saved_during_a_build_is_left(built, monkeypatch, folder):
    """Somebody saves in JupyterLab while build is at work: that text stays, and the next build takes it."""
    path = built.path(folder, "01_test")
    changed(path, lambda cells, _: cells["title"].update(source="# First"))
    if folder == "solutions":
        changed(path, lambda cells, _: cells["set-up"].update(
            source=cells["set-up"]["source"] + "\n# run me again"))  # fmt: skip
    step = {"lectures": "fill_quotes", "solutions": "renew_public"}[folder]
    done = getattr(building, step)

    def saving(*arguments, **options):
        result = done(*arguments, **options)
        changed(path, lambda cells, _: cells["title"].update(source="# Second"))
        return result

    public = held(built.public_answers / "01_test.json")
    with monkeypatch.context() as patch:
        patch.setattr(building, step, saving)
        again = (build_lecture if folder == "lectures" else build_exercise)(built, "01_test")
    assert again.left == [f"{folder}/01_test.ipynb: somebody saved it while it was being built; build again"]
    assert read_notebook(path).cells[0].source == "# Second" and path not in again.changed
    assert held(built.public_answers / "01_test.json") == public, "else the next build would not run it"
    assert build(built).left == [] and read_notebook(path).cells[0].source == "# Second"


def test_a_guarded_write(tmp_path):
    """Text goes where the file holds what was seen, also nothing; else the file is left."""
    path = tmp_path / "a.txt"
    assert write_text("one", path, seen=held(path))
    seen = held(path)
    path.write_text("a person's", "utf-8")
    with pytest.raises(ChangedMeanwhileError, match=r"a\.txt was saved meanwhile; it is left as it is"):
        write_text("two", path, seen)
    assert path.read_text("utf-8") == "a person's" and list(tmp_path.iterdir()) == [path]
    assert write_text("two", path, held(path)) and write_text("three", path)


def test_the_hash_stays_with_the_notebook(workbook):
    """Normal form keeps it; blanks behind code do not matter, and other keys do not count."""
    exercise = read_notebook(workbook.path("exercises", "01_test"))
    assert exercise.metadata.course.keys() == {RELEASED} and '"released"' in to_text(exercise)
    exercise.cells[2].source = exercise.cells[2].source.replace("\n", "  \r\n") + "\n"
    assert untouched(exercise, RELEASED) and not untouched(exercise, "run")
    for course in ("text", ["released"], {"released": 3}):
        exercise.metadata["course"] = course
        assert not untouched(exercise, RELEASED)


def test_a_record_of_files(tmp_path):
    """It knows its files again, and puts aside what somebody changed, under a free name."""
    path, record = tmp_path / "a.csv", Record(tmp_path)
    for text in ("one", "two"):
        with record.keeping(path):
            path.write_text(text, "utf-8")
    record.save()
    assert Record(tmp_path).ours(path) and not record.kept
    for edit in ("mine", "mine too"):
        path.write_text(edit, "utf-8")
        again = Record(tmp_path)
        assert not again.ours(path)
        with again.keeping(path):
            path.write_text("three", "utf-8")
        again.save()
    assert [(tmp_path / f"a.kept-{n}.csv").read_text("utf-8") for n in (1, 2)] == ["mine", "mine too"]
    (tmp_path / "written.json").write_text("{", "utf-8")
    lost = Record(tmp_path)  # a record that is gone knows nothing, and a file that stays the same is no loss
    with lost.keeping(path):
        path.write_text("three", "utf-8")
    assert lost.kept == [] and len(list(tmp_path.glob("a.*"))) == 3


def test_a_record_of_a_command_that_was_killed(tmp_path):
    """What it had written is known as its own, without a save, and half a line at the end is no trouble."""
    record = Record(tmp_path)
    for name in ("a.csv", "b.csv"):
        with record.keeping(tmp_path / name):
            (tmp_path / name).write_text(name, "utf-8")
    with record.journal.open("a", encoding="utf-8") as file:
        file.write('["c.csv", "12')
    again = Record(tmp_path)
    assert again.ours(tmp_path / "a.csv") and again.ours(tmp_path / "b.csv")
    again.save()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv", "written.json"]
    assert Record(tmp_path).ours(tmp_path / "b.csv")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no kill -9")
def test_a_command_that_is_killed_as_a_file_appears(tmp_path):
    """The file is there, nothing was noted after it; and what a person then writes is still a person's."""
    script = """
import os, signal, sys
from pathlib import Path
from course.notebooks.document import write_text
from course.notebooks.written import Record
path = Path(sys.argv[1])
replace, os.replace = os.replace, lambda *names: (replace(*names), os.kill(os.getpid(), signal.SIGKILL))
with Record(path.parent).keeping(path):
    write_text("ours", path)
"""
    path = tmp_path / "a.csv"
    path.parent.joinpath("written.new").write_text('["half', "utf-8")
    done = subprocess.run([sys.executable, "-c", script, path])
    assert done.returncode == -signal.SIGKILL and path.read_text("utf-8") == "ours"
    assert Record(tmp_path).ours(path)
    path.write_text("mine", "utf-8")
    assert not Record(tmp_path).ours(path)
