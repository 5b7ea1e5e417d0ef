"""The notebook that runs: the release's questions and set-up, the student's answers."""

import copy
import json

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from course.grading.submission.compose import compose
from course.notebooks.cells import asked
from course.notebooks.document import read_notebook

MINE = "def double(x):\n    return x + x"


@pytest.fixture
def submitted(released):
    """A student's copy with one answer."""
    notebook = copy.deepcopy(released)
    cell(notebook, "double-answer").source = MINE
    return notebook


def cell(notebook, cell_id):
    return next(cell for cell in notebook.cells if cell.id == cell_id)


def code(notebook):
    return [(cell.id, cell.source) for cell in notebook.cells if cell.cell_type == "code"]


def with_answer(released):
    """The code cells of the right merge of `submitted`."""
    return [(name, MINE if name == "double-answer" else source) for name, source in code(released)]


def test_answers_are_the_students_and_all_else_the_releases(released, submitted):
    """Edited questions, set-up, parameters and texts are ignored; metadata and outputs do not come along."""
    expected = with_answer(released)
    before = json.dumps(released)
    for name in ("parameters", "set-up", "begin", "double-question", "half-question", "title"):
        cell(submitted, name).source = "print('mine')"
        cell(submitted, name).metadata = {"tags": ["solution", "parameters", "skip-execution"]}
    answer = cell(submitted, "double-answer")
    answer.metadata = {"tags": ["parameters", "solution", "raises-exception"], "course": {"source": "x"}}
    answer.outputs = [{"output_type": "stream", "name": "stdout", "text": "all tests passed"}]
    answer.execution_count = 99
    handed_in = json.dumps(submitted)
    composed = compose(released, submitted)
    assert code(composed) == expected
    mine = cell(composed, "double-answer")
    assert (mine.metadata, mine.outputs, mine.execution_count) == ({"tags": ["student"]}, [], None)
    assert cell(composed, "title").source == "# Title"
    assert (json.dumps(released), json.dumps(submitted)) == (before, handed_in), "an argument was changed"


def test_reordered_and_deleted_cells(released, submitted):
    """The release's order holds; a deleted question comes back, a deleted answer does not."""
    submitted.cells.reverse()
    assert code(compose(released, submitted)) == with_answer(released)
    submitted.cells = [c for c in submitted.cells if c.id in ("double-answer", "half-question")]
    expected = [pair for pair in with_answer(released) if pair[0] != "half-answer"]
    assert code(compose(released, submitted)) == expected
    submitted.cells = []
    assert code(compose(released, submitted)) == [p for p in code(released) if "answer" not in p[0]]


def test_lost_ids_are_found_by_grade_id(released, submitted):
    """When an editor gave every cell a new id, nbgrader's metadata still say which answer it is."""
    for number, one in enumerate(submitted.cells):
        one.id = f"new-{number}"
    assert code(compose(released, submitted)) == with_answer(released)
    for one in submitted.cells:
        del one["id"]
    assert code(compose(released, submitted)) == with_answer(released)


def test_without_ids_and_metadata_everything_runs_behind_begin(released, submitted):
    """What cannot be matched runs as the student's own, in its order, before the questions."""
    for number, one in enumerate(submitted.cells):
        one.id, one.metadata = f"new-{number}", {}
    composed = code(compose(released, submitted))
    names = [name for name, _ in composed]
    assert names[:3] == ["parameters", "set-up", "begin"] and names[-2:] == [
        "double-question",
        "half-question",
    ]
    assert [source for name, source in composed if name.startswith("added-")] == [
        s for name, s in code(submitted) if "@question" not in s
    ]


def test_doubled_ids(released, submitted, tmp_path):
    """Of two cells with one id the first is the answer; the second stays behind it as the student's own."""
    again = new_code_cell("double(3)", id="double-answer", metadata=cell(submitted, "double-answer").metadata)
    submitted.cells.append(again)
    path = tmp_path / "doubled.ipynb"
    for notebook in (submitted, None):
        if notebook is None:
            path.write_text(json.dumps(submitted), "utf-8")
            notebook = read_notebook(path)
        composed = compose(released, notebook)
        assert cell(composed, "double-answer").source == MINE
        assert code(composed)[-1] == ("added-0", "double(3)")


def test_a_grade_id_cannot_take_the_place_of_an_id(released, submitted):
    """A copy that keeps nbgrader's metadata does not replace the cell that still has its id."""
    copied = new_code_cell(
        "def double(x): ...", id="copy", metadata=cell(submitted, "double-answer").metadata
    )
    submitted.cells.insert(0, copied)
    assert cell(compose(released, submitted), "double-answer").source == MINE


def test_added_cells_stay_behind_the_cell_that_they_followed(released, submitted):
    """Cells of the student's own run where they stood, and Markdown of the student's own is dropped."""
    place = submitted.cells.index(cell(submitted, "double-answer")) + 1
    submitted.cells[place:place] = [
        new_code_cell("import math", id="x"),
        new_markdown_cell("mine", id="y"),
        new_code_cell("2 + 2", id="z"),
    ]
    names = [name for name, _ in code(compose(released, submitted))]
    at = names.index("double-answer")
    assert names[at : at + 4] == ["double-answer", "added-0", "added-1", "double-question"]
    assert all("mine" not in c.source for c in compose(released, submitted).cells)


def test_nothing_of_a_student_runs_before_begin(released, submitted):
    """A left-over parameters cell, put there by papermill or by hand, cannot change seed or collect."""
    place = submitted.cells.index(cell(submitted, "parameters")) + 1
    injected = new_code_cell("seed = 3\ncollect = False", id="i", metadata={"tags": ["injected-parameters"]})
    submitted.cells.insert(place, injected)
    submitted.cells.insert(0, new_code_cell("seed = 4", id="first"))
    names = [name for name, _ in code(compose(released, submitted))]
    assert names[:6] == ["parameters", "set-up", "begin", "added-0", "added-1", "double-answer"]


def test_question_cells_of_a_students_own_do_not_ask(released, submitted):
    """A copied question cell, edited or not, runs as plain code; only the release's own asks."""
    source = cell(submitted, "double-question").source
    place = submitted.cells.index(cell(submitted, "double-question"))
    for at in (place, place + 2, 0):
        submitted.cells.insert(at, new_code_cell(source.replace("double(", "print("), id=f"copy-{at}"))
    composed = compose(released, submitted)
    assert asked(composed) == asked(released)
    assert sum("print(" in c.source for c in composed.cells) == 3


def test_cells_whose_kind_was_changed(released, submitted):
    """A course text turned into code runs as the student's own; an answer turned into text is no answer."""
    position = submitted.cells.index(cell(submitted, "half-text"))
    submitted.cells[position] = new_code_cell("helper = 1", id="half-text")
    position = submitted.cells.index(cell(submitted, "double-answer"))
    submitted.cells[position] = new_raw_cell("not code", id="double-answer")
    composed = compose(released, submitted)
    assert cell(composed, "half-text").source == "## Half"
    names = [name for name, _ in code(composed)]
    assert names[3:6] == ["double-question", "added-0", "half-answer"] and "double-answer" not in names


@pytest.mark.parametrize("nbgrader", [3, "x", [], {"grade_id": 3}, {"grade_id": ["double-answer"]}, {}])
def test_strange_metadata_are_no_trouble(released, submitted, nbgrader):
    """Whatever stands where nbgrader's metadata should be, the cell is one of the student's own."""
    submitted.cells.append(new_code_cell("1", id="x", metadata={"nbgrader": nbgrader}))
    assert code(compose(released, submitted)) == [*with_answer(released), ("added-0", "1")]
