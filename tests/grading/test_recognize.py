"""What is not the notebook that was asked for is named, in one short sentence."""

import json
from dataclasses import replace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.errors import NotebookError
from course.grading.result import BROKEN
from course.grading.submission.grade import grade_content
from course.grading.submission.recognize import recognize


@pytest.fixture
def text(released):
    """The released exercise as the text of its file."""
    return nbformat.writes(released)


def why(task, content):
    """The reason at the student's row; the notebook is not run."""
    result = grade_content(task, "ann", content)
    assert result.status == BROKEN and result.total(task) == 0
    with pytest.raises(NotebookError) as error:
        recognize(task, content)
    assert str(error.value) == result.reason and len(result.reason) < 120
    return result.reason


def merge(text):
    lines = text.split("\n")
    return "\n".join(
        [*lines[:3], "<<<<<<< HEAD", *lines[3:6], "=======", lines[4], ">>>>>>> theirs", *lines[6:]]
    )


BYTES = {
    "is a web page, such as a login page, not a notebook": b"\n<!DOCTYPE html>\n<html><title>Log in</title>",
    "is a Python script, not a notebook": b"# In[1]:\nimport numpy as np\n",
    "is a zip archive, not a notebook": b"PK\x03\x04 and so on",
    "is a PDF, not a notebook": b"%PDF-1.7",
    "is empty": b" \n",
}


@pytest.mark.parametrize("words", BYTES)
def test_other_files(task, words):
    """A login page, a script, an archive, a PDF."""
    assert why(task, BYTES[words]) == words


def test_a_damaged_notebook(task, text):
    """Half a file, marks of a merge, other encodings: what happened, and in which line."""
    lines = text.count("\n")
    half = text[: len(text) // 2]
    assert why(task, half.encode()) == (
        f"is cut off in line {half.count(chr(10)) + 1}: only a part of the file is there"
    )
    assert why(task, merge(text).encode()) == (
        "holds the marks of a merge that was not finished (<<<<<<< in line 4)"
    )
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        assert why(task, text.encode(encoding)) == (
            "is in another encoding, UTF-16, not UTF-8: save it anew from JupyterLab"
        )
    latin = text.replace("# Title", "# Übung").encode("latin-1")
    line = latin[: latin.index(b"\xdc")].count(b"\n") + 1
    assert 1 < line < lines
    assert why(task, latin) == (
        f"is in another encoding, not UTF-8 (line {line}): save it anew from JupyterLab"
    )


def test_nothing_in_it(task):
    """No cells, empty cells, and JSON that is no notebook."""
    assert why(task, nbformat.writes(new_notebook()).encode()) == "is a notebook without cells"
    empty = nbformat.writes(new_notebook(cells=[new_code_cell(" \n")])).encode()
    assert why(task, empty) == "is a notebook whose cells are all empty"
    assert why(task, b'{"a": 1}').startswith("is not a notebook (")


def notebook(*sources):
    return nbformat.writes(new_notebook(cells=[new_code_cell(source) for source in sources])).encode()


def ask(name):
    return f'@question("{name}", points=1)\ndef _(rng):\n    return {name}(rng)'


def test_another_session(task):
    """By what `begin` says, also with more arguments, or by questions that are none of this session's."""
    words = "is the notebook of session 07_convolution; hand in 01_test"
    begin = 'begin("07_convolution", seed=seed, collect=collect, answers="0123")'
    assert why(task, notebook(begin, "def conv(x): ...", ask("conv"))) == words
    assert why(task, notebook(begin)) == words
    assert why(task, notebook(begin, ask("double"), ask("conv"), ask("pool"))) == words, "one name is shared"
    assert why(task, notebook(ask("conv"), ask("pool"))) == (
        "is another notebook: it asks conv, pool, no question of 01_test"
    )


def test_a_lecture(task, released):
    """It has the exercise's file name; with one cell of the exercise it is a student's own notebook."""
    title = new_markdown_cell("# Session 3: linear classifier\n\nWhat is a line?")
    cells = [title, new_code_cell("def double(x):\n    return 2 * x")]
    lecture = new_notebook(cells=cells)
    assert why(task, nbformat.writes(lecture).encode()) == (
        "is the notebook of a lecture; hand in the exercise 01_test"
    )
    cells[1].id = "double-answer"
    assert recognize(task, nbformat.writes(lecture).encode())[1].startswith("without the cells")
    cells[0].source = "# Session 3 exercise: linear classifier"
    cells[1].id = "own"
    assert recognize(task, nbformat.writes(lecture).encode())[1].startswith("without the cells")


def test_a_deleted_question_is_told(task, released):
    """It is put back, and the row says so."""
    released.cells = [cell for cell in released.cells if cell.id != "half-question"]
    told = "without the cell that asks half, put back for grading"
    assert recognize(task, nbformat.writes(released).encode())[1] == told


def test_another_session_whose_questions_are_all_called_like_some_of_ours(task):
    """It is told by what it does not ask, where that is most."""
    more = dict.fromkeys(("third", "fourth"), task.records["half"])
    whole = replace(task, records=task.records | more)
    words = "is the notebook of session 07_convolution; hand in 01_test"
    assert why(whole, notebook('begin("07_convolution")', ask("double"))) == words


def test_another_release(task, released):
    """A question that was renamed or dropped since, or that came new; the notebook is graded all the same."""
    begin = 'begin("01_test", seed=seed, collect=collect)'
    renamed = recognize(task, notebook(begin, ask("twice"), ask("half")))[1]
    assert renamed == "of another release: it asks twice and does not ask double"
    dropped = recognize(task, notebook(begin, ask("double"), ask("half"), ask("third")))[1]
    assert dropped == "of another release: it asks third"
    released.metadata.course = {"released": "0123456789abcdef"}
    older = json.loads(nbformat.writes(released))
    older["metadata"]["course"]["released"] = "fedcba9876543210"
    older["cells"] = [cell for cell in older["cells"] if cell["id"] != "half-question"]
    assert recognize(task, json.dumps(older).encode())[1] == "of another release: it does not ask half"


def test_what_a_student_did_is_no_other_release(task, released):
    """A deleted question, the student's own begin, text about other questions: no release is named."""
    sources = [cell.source for cell in released.cells if cell.id not in ("half-question", "begin")]
    own = ('begin("01_test", seed=3)', "# @question('x')", "x = question")
    for cells in (sources, [*sources, *own], ["def double(x): return 2 * x"]):
        assert "release" not in recognize(task, notebook(*cells))[1]
    assert (
        recognize(task, notebook(*sources, 'begin("07_convolution")'))[1]
        == "without the cell that asks half, put back for grading"
    )
