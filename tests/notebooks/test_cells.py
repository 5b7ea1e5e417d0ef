"""What a cell is for follows from its code and its tags alone."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from course.notebooks.cells import Asked, asked, role, versions

QUESTION = '@question("double", points=2)\ndef _(rng):\n    return double(rng.normal())'
MISTAKE = '@mistake("double", "no")\ndef double(x):\n    return x'
VARIANT = '@variant("double")\nclass double:\n    pass'

ROLES = [
    ("plain", ""),
    ("plain", "import numpy as np"),
    ("plain", "question = 3"),
    ("plain", "%matplotlib inline\nx = 1"),
    ("plain", "def broken(:"),
    ("plain", "x = '@question(\"a\")'"),
    ("plain", "a" * 3 + "(" * 5000),
    ("begin", 'begin("01_test", seed=seed, collect=collect)'),
    ("begin", 'from course.questions import begin\nbegin("01_test")'),
    ("question", QUESTION),
    ("question", "x = 1\n" + QUESTION),
    ("versions", MISTAKE),
    ("versions", MISTAKE + "\n\n" + VARIANT),
    ("plain", "x = 1\n" + MISTAKE),
    ("answer", "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"),
    ("plain", "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError"),
]


@pytest.mark.parametrize(("word", "source"), ROLES)
def test_the_role_of_code(word, source):
    """The code says the role; code that does not parse is plain."""
    assert role(new_code_cell(source)) == word


@pytest.mark.parametrize(
    ("word", "tags"),
    [("parameters", ["parameters"]), ("hidden", ["solution"]), ("student", ["student"]), ("question", ["x"])],
)
def test_tags_come_first(word, tags):
    """A tag says more than the code; a student's cell is never a question."""
    assert role(new_code_cell(QUESTION, metadata={"tags": tags})) == word


def test_text_is_plain_or_hidden():
    """Markdown and raw cells are never code, whatever they say."""
    for new in (new_markdown_cell, new_raw_cell):
        assert role(new(QUESTION)) == "plain" and role(new("### BEGIN SOLUTION")) == "plain"
        assert role(new("x", metadata={"tags": ["solution"]})) == "hidden"


def test_questions_in_order_with_their_points():
    """Name and points are read from the call, positional or named; one point when none are named."""
    notebook = new_notebook(
        cells=[
            new_code_cell(QUESTION, id="a"),
            new_markdown_cell(QUESTION, id="b"),
            new_code_cell(QUESTION.replace('"double", points=2', "name='other'"), id="c"),
            new_code_cell(QUESTION.replace('"double", points=2', "'third', 5"), id="d"),
            new_code_cell(QUESTION, id="e", metadata={"tags": ["student"]}),
            new_code_cell(QUESTION.replace('"double", points=2', "name_of, points=n"), id="f"),
        ]
    )
    assert asked(notebook) == [
        Asked("double", 2, "a"),
        Asked("other", 1, "c"),
        Asked("third", 5, "d"),
        Asked("", 1, "f"),
    ]


def test_versions_are_counted_by_question():
    """Every decorated definition counts, wherever it stands."""
    other = MISTAKE.replace('"double", "no"', 'question="other", hint="no"')
    cells = [
        new_code_cell(MISTAKE + "\n\n" + VARIANT),
        new_code_cell("x = 1\n" + other),
        new_code_cell("%magic"),
    ]
    assert versions(new_notebook(cells=cells)) == {"double": 2, "other": 1}
