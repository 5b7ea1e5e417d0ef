"""A whole exercise without a mouse: keys alone move, type and run, and the verdicts are there to be read."""

import pytest

from course.notebooks.cells import BEGIN_SOLUTION, END_SOLUTION, asked, role
from course.notebooks.document import read_notebook

from .conftest import ROOT

SESSION = "02_knn"  # the exercise with the fewest questions
ACTIVE = "[...document.querySelectorAll('.jp-Notebook .jp-Cell')].findIndex(c => c.matches('.jp-mod-active'))"


def answers():
    """What a student would type into each answer cell, by the cell's id: the solution without its markers."""
    cells = read_notebook(ROOT / "solutions" / f"{SESSION}.ipynb").cells
    return {
        cell.id: "\n".join(
            line for line in cell.source.split("\n") if line.strip() not in (BEGIN_SOLUTION, END_SOLUTION)
        )
        for cell in cells
        if role(cell) == "answer"
    }


def heard(page, number):
    """The text of a cell's output."""
    return page.locator(".jp-Notebook .jp-Cell").nth(number).locator(".jp-OutputArea").inner_text()


@pytest.mark.nightly("solves a whole exercise; one question that is solved stands for it by day")
def test_a_whole_exercise_is_solved_by_keys(notebook, lab):
    """Shift-Enter from cell to cell, Enter to write, Escape to leave: every question ends in its tick."""
    path = f"exercises/{SESSION}.ipynb"
    page = notebook.open(path).page
    cells, written = read_notebook(lab.folder / path).cells, answers()
    page.keyboard.press("Control+Shift+BracketRight")  # the next tab, which is this one: the keys are its
    page.keyboard.press("Escape")
    page.wait_for_function(f"{ACTIVE} === 0")
    for number, cell in enumerate(cells):
        page.wait_for_function(f"{ACTIVE} === {number}")
        if cell.id in written:
            page.keyboard.press("Enter")
            page.keyboard.press("Control+a")
            page.keyboard.insert_text(written.pop(cell.id))
        page.keyboard.press("Shift+Enter")
    assert not written, "every answer found its cell"
    page.wait_for_function(
        """() => ![...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].some(
            (prompt) => prompt.innerText.includes('*'))""",
        timeout=240_000,
    )
    notebook.wait_until_idle()
    places = {cell.id: number for number, cell in enumerate(cells)}
    questions = asked(read_notebook(lab.folder / path))
    said = {question.name: heard(page, places[question.cell_id]) for question in questions}
    assert len(said) >= 7
    for question in questions:
        right = f"correct · {question.points} of {question.points} point"
        assert right in said[question.name], said[question.name]
    assert notebook.errors() == []
