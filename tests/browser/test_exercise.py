"""An exercise as a student does it: not attempted, wrong, then right, and the card follows."""

import nbformat
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

WRONG = """def momentum_step(w, dw, v, lr, mu):
    v = mu * v - dw
    return w - lr * v, v
"""
RIGHT = """def momentum_step(w, dw, v, lr, mu):
    v = mu * v + dw
    return w - lr * v, v
"""


def cut_below(path, last):
    """Leave out what stands below a cell of a notebook: the other questions take their time."""
    notebook = nbformat.read(path, 4)
    ids = [cell.id for cell in notebook.cells]
    del notebook.cells[ids.index(last) + 1 :]
    nbformat.write(notebook, path)


def test_a_question_solved_wrong_then_right_changes_its_card(notebook, lab):
    """The card says not attempted, then the mistake with its hint, then correct; nothing else is an error."""
    cut_below(lab.folder / "exercises" / "06_optimizers.ipynb", "momentum-question")
    notebook.open("exercises/06_optimizers.ipynb").run_all()
    assert notebook.errors() == []
    answer = notebook.cell("def momentum_step")
    question = notebook.cell('@question("momentum"')
    card = question.locator(".jp-OutputArea-output")
    expect(card).to_contain_text("not attempted")

    notebook.type_into(answer, WRONG)
    notebook.run(answer)
    notebook.run(question)
    expect(card).to_contain_text("typical mistake")
    expect(card).not_to_contain_text("correct")

    notebook.type_into(answer, RIGHT)
    notebook.run(answer)
    notebook.run(question)
    expect(card).to_contain_text("correct · 2 of 2 points")
    notebook.save("exercises/06_optimizers.ipynb")
    assert "mu * v + dw" in (lab.folder / "exercises" / "06_optimizers.ipynb").read_text()
