"""A small released exercise, and records, without a kernel."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.grading.result import Task
from course.notebooks.public_answers import run_solution
from course.notebooks.release import release
from course.questions.values import encode
from course.sandbox import KERNEL_NAME

DOUBLE = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
HALF = "def half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION"


def ask(name, points=1):
    """A question cell on one normal number."""
    return f'@question("{name}", points={points})\ndef _(rng):\n    return {name}(rng.normal())'


def solution(doubles=("double",)):
    """A solution of two questions; or of more that are as `double` is, under these names, and `half`."""
    cells = {
        "title": new_markdown_cell("# Title"),
        "parameters": new_code_cell("seed = 0\ncollect = False", metadata={"tags": ["parameters"]}),
        "set-up": new_code_cell("import numpy as np\nfrom course.questions import begin, question"),
        "begin": new_code_cell('begin("01_test", seed=seed, collect=collect)'),
    }
    for double in doubles:
        cells[f"{double}-answer"] = new_code_cell(DOUBLE.replace("double", double))
        cells[f"{double}-question"] = new_code_cell(ask(double, 2))
    cells |= {
        "half-text": new_markdown_cell("## Half"),
        "half-answer": new_code_cell(HALF),
        "half-question": new_code_cell(ask("half")),
    }
    for name, cell in cells.items():
        cell.id = name
    return new_notebook(cells=list(cells.values()))


@pytest.fixture
def released():
    """The exercise that students receive."""
    return release(solution())


@pytest.fixture
def task(released):
    """What is graded: 3 points; two mistakes of double, none of half."""

    def record(name, points, hints=()):
        wrong = [{"hint": hint, "answers": [{"value": encode(-n)}]} for n, hint in enumerate(hints, start=1)]
        bounds = {"rtol": 1e-5, "atol": 1e-7}
        answers = [{"value": encode(1.0)}]
        return {
            "question": name,
            "points": points,
            **bounds,
            "answers": answers,
            "mistakes": wrong,
            "variants": [],
        }

    hints = ("You square <b>.", "You add & add.")
    return Task("01_test", 7, released, {"double": record("double", 2, hints), "half": record("half", 1)})


def run_task(folder, doubles=("double",)):
    """What is graded in earnest: the records are the solution's answers; double does without torch.optim."""
    notebook = solution(doubles)
    for cell in notebook.cells:
        cell.source = cell.source.replace("points=2)", 'points=2, without=("torch.optim",))')
    answers = run_solution(notebook, folder, seed=7, kernel_name=KERNEL_NAME).answers
    return Task("01_test", 7, release(notebook), answers, cell_timeout=20, notebook_timeout=120)


@pytest.fixture(scope="session")
def ran_task(tmp_path_factory):
    """The exercise of two questions."""
    return run_task(tmp_path_factory.mktemp("solution"))
