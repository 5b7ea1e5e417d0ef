"""Of a solution runs what its answers need: no figure, no measured cell, no claim, no other question."""

import functools
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course.notebooks import slicing
from course.notebooks.cells import asked
from course.notebooks.document import read_notebook
from course.notebooks.slicing import Names, names_of, needed_for

SOLUTIONS = sorted((Path(__file__).parents[2] / "solutions").glob("*.ipynb"))
CELLS = {
    "parameters": "seed = 0\ncollect = False",
    "set-up": "import numpy as np\nfrom course.questions import begin, mistake, question",
    "begin": 'begin("01_test", seed=seed, collect=collect)',
    "scale": "SCALE = 2",
    "unused": "def plot(x):\n    return x",
    "double-answer": "def double(x):\n    ### BEGIN SOLUTION\n    return SCALE * x\n    ### END SOLUTION",
    "helper": "def shifted(x):\n    return x + OFFSET",
    "offset": "OFFSET = 1",
    "double-versions": '@mistake("double", "You shift.")\ndef double(x):\n    return shifted(x)',
    "double-question": '@question("double")\ndef _(rng):\n    return double(rng.normal())',
    "look": "SCALE_SEEN = double(3)\nprint(SCALE_SEEN)",
    "claim": "assert SCALE_SEEN == 6",
    "half-answer": "def half(x):\n    ### BEGIN SOLUTION\n    return x / SCALE\n    ### END SOLUTION",
    "half-versions": '@mistake("half", "No.")\ndef half(x):\n    return -x',
    "half-question": '@question("half")\ndef _(rng):\n    return half(double(rng.normal()))',
    "end": "double = None",
}
TAGS = {"parameters": "parameters", "look": "nbval-ignore-output", "claim": "claim", "helper": "solution"}


def notebook(**changed):
    cells = [
        new_code_cell(source, id=name, metadata={"tags": [TAGS[name]] if name in TAGS else []})
        for name, source in (CELLS | changed).items()
    ]
    return new_notebook(cells=cells)


def ids(solution, *questions):
    return [cell.id for cell in needed_for(solution, list(questions)).cells]


def test_a_question_takes_along_what_it_uses():
    """Functions, what they look up when they are called, and what the mistakes need; in the same order."""
    first = ["parameters", "set-up", "begin", "scale", "double-answer"]
    versions = ["helper", "offset", "double-versions", "double-question"]
    assert ids(notebook(), "double") == [*first, *versions]
    assert ids(notebook(), "half") == [*first, "half-answer", "half-versions", "half-question"]
    both = ["half-answer", "half-versions", "half-question"]
    assert ids(notebook(), "double", "half") == [*first, *versions, *both]


@pytest.mark.parametrize(
    ("cell", "source", "stays"),
    [
        ("unused", "np.random.seed(0)", True),  # it does something
        ("unused", "import math\n\nPI: float = math.pi", True),
        ("unused", "THREE, FOUR = 3, 4", False),
        ("unused", "try:\n    SEEN = double(3)\n    display(SEEN)\nexcept NameError:\n    print()", False),
        ("unused", "for number in range(3):\n    if number:\n        print(number)", False),
        ("unused", "try:\n    np.random.seed(0)\nexcept NameError:\n    print()", True),
        ("unused", "for number in range(3):\n    SCALES[number] = 0", True),
        ("look", "SCALE = double(3)", True),  # measured, and used: later calls see it
        ("claim", "def shifted(x):\n    return x", True),
    ],
)
def test_what_may_matter_stays(cell, source, stays):
    """A cell that does more than define, and whatever defines a name that is used."""
    assert (cell in ids(notebook(**{cell: source}), "double", "half")) == stays


def test_a_running_cell_sees_no_cell_below():
    """Cells that bind one name do not need each other, unless a function looks it up when it is called."""
    acts, below = "rows = []\nrows.append(1)", "rows = double(3)"
    assert ids(notebook(unused=acts, look=below), "half")[4] == "unused"
    assert "look" not in ids(notebook(unused=acts, look=below), "half")
    assert "look" in ids(notebook(unused=f"{acts}\ndef first():\n    return rows[0]", look=below), "half")


@pytest.mark.parametrize("source", ["%matplotlib inline", "from math import *", "x = globals()['SCALE']"])
def test_what_cannot_be_read_runs_whole(source):
    """A magic, names that come from everywhere, or a name that is looked up as text."""
    assert ids(notebook(unused=source), "double") == list(CELLS)


def test_names_are_those_of_pythons_compiler():
    """Parameters, local names and attributes are nobody else's; a global is. += and del use, too."""
    source = (
        "import a.b as c\ndef f(x, y=D):\n    global G\n    G = x.e + [z for z in H][0]\n"
        "class K:\n    k = L\nM += 1\ndel N"
    )
    names = names_of(compile(source, "cell", "exec"))
    assert names.binds == {"c", "f", "G", "K", "M"} and {"D", "H", "L", "M", "N"} <= names.uses
    assert not {"x", "y", "z", "e", "k"} & (names.binds | names.uses)


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_a_slice_of_a_real_solution_has_all_that_it_uses(path, monkeypatch):
    """Every name that one of its cells uses is defined in it, if it is defined in the solution."""
    read = functools.cache(names_of)  # else each question reads every cell again
    monkeypatch.setattr(slicing, "names_of", lambda code: Names(*map(set, read(code))))
    solution = read_notebook(path)
    code = [cell for cell in solution.cells if cell.cell_type == "code"]
    names = {cell.id: read(compile(cell.source, cell.id, "exec")) for cell in code}
    for question in asked(solution):
        kept = ids(solution, question.name)
        used = set().union(*(names[id].uses for id in kept))
        defined = set().union(*(names[id].binds for id in kept))
        last = kept.index(question.cell_id)
        before = [cell.id for cell in code[: [cell.id for cell in code].index(question.cell_id)]]
        assert last == len(kept) - 1 and used & set().union(*(names[id].binds for id in before)) <= defined
        assert not [cell.id for cell in code if "claim" in cell.metadata.get("tags", ()) and cell.id in kept]
