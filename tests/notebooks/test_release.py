"""The exercise holds what students need and nothing of the solution."""

import ast
import copy
import json
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from course.errors import NotebookError
from course.notebooks.cells import BEGIN_SOLUTION, END_SOLUTION, asked, role
from course.notebooks.document import read_notebook, to_text
from course.notebooks.release import answers_digest, is_locked, mark, release
from course.notebooks.workbook import find_workbook

WORKBOOK = find_workbook(Path(__file__).parents[1])
ANSWER = '''def double(x):
    """Twice x."""
    y = x
    ### BEGIN SOLUTION
    secret = 2 * y
    return secret
    ### END SOLUTION

class Net:
    def forward(self, x):
        ### BEGIN SOLUTION
        secret = x
        ### END SOLUTION
        return 0'''
CUT = '''def double(x):
    """Twice x."""
    y = x
    # YOUR CODE HERE
    raise NotImplementedError

class Net:
    def forward(self, x):
        # YOUR CODE HERE
        raise NotImplementedError
        return 0'''
QUESTION = '@question("double", points=2)\ndef _(rng):\n    return double(rng.normal())'
MISTAKE = '@mistake("double", "the hint")\ndef double(x):\n    return "secret"'
HIDDEN = {"tags": ["solution"]}


def solution(**sources):
    """A solution notebook, with some of its cells replaced or, by None, left out."""
    cells = {
        "title": new_markdown_cell("# Title"),
        "parameters": new_code_cell("seed = 0\ncollect = False", metadata={"tags": ["parameters"]}),
        "set-up": new_code_cell("import numpy as np"),
        "begin": new_code_cell('begin("01_test", seed=seed, collect=collect)'),
        "note": new_markdown_cell("secret", metadata=HIDDEN),
        "imports": new_code_cell("secret = 1", metadata=HIDDEN),
        "answer": new_code_cell(ANSWER, execution_count=3, outputs=[new_output("stream", text="secret")]),
        "versions": new_code_cell(MISTAKE),
        "ask": new_code_cell(QUESTION, outputs=[new_output("display_data", {"text/plain": "secret"})]),
        "end": new_raw_cell("raw"),
    }
    for name, source in sources.items():
        if source is None:
            del cells[name]
        else:
            cells[name] = source if not isinstance(source, str) else new_code_cell(source)
    for name, cell in cells.items():
        cell.id = name
    return new_notebook(cells=list(cells.values()))


def test_the_cut():
    """Regions become stubs at their own indent; signature, docstring and ids stay; hidden cells vanish."""
    exercise = release(solution())
    kept = ["title", "parameters", "set-up", "begin", "answer", "ask", "end"]
    assert (
        [cell.id for cell in exercise.cells]
        == kept
        == [
            "title",
            "parameters",
            "set-up",
            "begin",
            "answer",
            "ask",
            "end",
        ]
    )
    answer = exercise.cells[4]
    assert answer.source == CUT
    ast.parse(answer.source)
    assert all(
        cell.outputs == [] and cell.execution_count is None for cell in exercise.cells if "outputs" in cell
    )
    text = to_text(exercise)
    for word in ("secret", "hint", "mistake", "SOLUTION"):
        assert word not in text


def test_the_cut_is_the_same_every_time():
    """Releasing leaves the solution alone and gives the same bytes each time, also from what it gave."""
    given = solution()
    before = json.dumps(given)
    first = to_text(release(given))
    assert first == to_text(release(given)) and json.dumps(given) == before
    assert to_text(release(nbformat.reads(first, as_version=4))) == first


WHOLE = "def double(x):\n    return 2 * x"
ESSAY = "def essay():\n    return 'The model answer.'"
ASKED = '@question("essay", points=5, manual=True)\ndef _(rng):\n    return essay()'


def leak(cell, name, question):
    return (
        f"cell {cell}: {name}, the answer to question {question}, would stay in the exercise; put "
        "### BEGIN SOLUTION and ### END SOLUTION on lines of their own around it"
    )


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        ({"answer": WHOLE}, leak("answer", "double", "double")),
        (
            {"answer": WHOLE + "\n\n\nclass" + ANSWER.partition("class")[2]},
            leak("answer", "double", "double"),
        ),
        (
            {"answer": WHOLE + "\n    ### END SOLUTION"},
            "cell answer: ### END SOLUTION has no ### BEGIN SOLUTION above it",
        ),
        (
            {"answer": WHOLE.replace("    r", "    ### BEGIN SOLUTION\n    r")},
            "cell answer: ### BEGIN SOLUTION has no ### END SOLUTION",
        ),
        (
            {"essay": ESSAY, "asked": ASKED},
            leak("essay", "essay", "essay"),
        ),
        (
            {"essay": "essay = lambda: 'The model answer.'", "asked": ASKED},
            leak("essay", "essay", "essay"),
        ),
    ],
    ids=["no marks", "marks elsewhere in the cell", "no begin", "no end", "an essay", "an assignment"],
)
def test_an_answer_without_marks_is_refused(cells, line):
    """One line names the cell and the marks; else the exercise would hold the answer."""
    with pytest.raises(NotebookError) as told:
        release(solution(**cells))
    assert str(told.value) == line


def test_what_is_given_needs_no_marks():
    """A question may ask for given functions, too, and a value that the question's own cell names."""
    helper = "def scaled(x):\n    return 2 * x\n\n\nx = 3"
    asked = '@question("both")\ndef _(rng):\n    x = rng.normal()\n    return scaled(double(x))'
    assert "return 2 * x" in to_text(release(solution(helper=helper, both=asked)))


def test_begin_knows_the_answers():
    """The digest is of what is asked and what is right; texts, hints and mistakes leave it as it is."""

    def begin(**changed):
        return next(cell.source for cell in release(solution(**changed)).cells if cell.id == "begin")

    digest = re.fullmatch(
        r'begin\("01_test", seed=seed, collect=collect, answers="([0-9a-f]{8})"\)', begin()
    )[1]
    assert answers_digest(solution()) == digest
    same = {
        "title": new_markdown_cell("Another"),
        "versions": MISTAKE.replace("hint", "other"),
        "imports": None,
    }
    assert [begin(**{name: cell}) for name, cell in same.items()] == [begin()] * 3
    other = {"answer": ANSWER.replace("2 *", "3 *"), "ask": QUESTION.replace("normal", "uniform")}
    assert len({begin(), *(begin(**{name: cell}) for name, cell in other.items())}) == 3
    long = 'begin(\n    "01_test",  # ä\n    seed=seed,\n)  # here'
    digest = answers_digest(solution(begin=long))
    assert begin(begin=long) == f'begin(\n    "01_test",  # ä\n    seed=seed, answers="{digest}")  # here'


def test_nbgraders_metadata():
    """Every code cell carries schema 3: the stub open, the question graded, all others locked."""
    cells = {cell.id: cell for cell in release(solution()).cells}
    locked = {"editable": False, "deletable": False}
    common = {"schema_version": 3, "task": False}
    assert cells["answer"].metadata == {
        "nbgrader": common | {"grade_id": "answer", "grade": False, "solution": True, "locked": False}
    }
    assert cells["ask"].metadata == locked | {
        "nbgrader": common
        | {
            "grade_id": "double",
            "grade": True,
            "solution": False,
            "locked": True,
            "points": 2,
            "cell_type": "code",
        }
    }
    for name in ("set-up", "begin"):
        assert cells[name].metadata == locked | {
            "nbgrader": common | {"grade_id": name, "grade": False, "solution": False, "locked": True}
        }
    assert cells["parameters"].metadata.tags == ["parameters"] and not cells["parameters"].metadata.editable
    assert cells["title"].metadata == {} and cells["end"].metadata == {}


def test_marking_again_changes_nothing():
    """A solution that is marked keeps its marks, and loses those that no longer fit."""
    given = solution()
    mark(given)
    once = copy.deepcopy(given)
    mark(given)
    assert given == once
    given.cells[2].source = ANSWER
    mark(given)
    assert given.cells[2].metadata.nbgrader.solution and "editable" not in given.cells[2].metadata


def test_only_answers_are_open():
    """is_locked says what a student cannot change, in the exercise as in the solution."""
    for notebook in (solution(), release(solution())):
        open_cells = [c.id for c in notebook.cells if c.cell_type == "code" and not is_locked(c)]
        assert [name for name in open_cells if name not in ("imports", "versions")] == ["answer"]


REFUSED = {
    "no end": (
        {"answer": f"a\n{BEGIN_SOLUTION}\nb"},
        "cell answer: ### BEGIN SOLUTION has no ### END SOLUTION",
    ),
    "no begin": (
        {"set-up": f"a\n{END_SOLUTION}\nb"},
        "cell set-up: ### END SOLUTION has no ### BEGIN SOLUTION above it",
    ),
    "nested": (
        {"answer": f"{BEGIN_SOLUTION}\n{BEGIN_SOLUTION}\n{END_SOLUTION}\n{END_SOLUTION}"},
        "cell answer: ### BEGIN SOLUTION stands twice before ### END SOLUTION; regions do not nest",
    ),
    "lower case": (
        {"answer": ANSWER.lower()},
        "cell answer: '### begin solution' would stay in the exercise",
    ),
    "no blank": ({"answer": ANSWER.replace("### ", "###")}, "'###BEGIN SOLUTION' would stay in the exercise"),
    "words behind": (
        {"answer": ANSWER.replace(BEGIN_SOLUTION, BEGIN_SOLUTION + "  # easy")},
        "cell answer: ### END SOLUTION has no ### BEGIN SOLUTION above it",
    ),
    "hidden tests": (
        {"set-up": "### BEGIN HIDDEN TESTS\nx\n### END HIDDEN TESTS"},
        "'### BEGIN HIDDEN TESTS' would",
    ),
    "in Markdown": ({"title": new_markdown_cell(ANSWER)}, "cell title: '### BEGIN SOLUTION' would stay"),
    "a mistake among others": (
        {"set-up": "x = 1\n" + MISTAKE},
        "cell set-up: mistakes and variants need cells",
    ),
    "a variant in a class": (
        {"set-up": 'class A:\n    @variant("double")\n    def f(self): ...'},
        "cell set-up: mistakes and variants need cells",
    ),
    "a mistake by its full name": (
        {"versions": MISTAKE.replace("@", "@course.questions.")},
        "cell versions: mistakes",
    ),
    "a mistake under a magic": (
        {"versions": "%%time\n" + MISTAKE},
        "cell versions: mistakes and variants need cells",
    ),
    "a question under a magic": (
        {"ask": "%%time\n" + QUESTION},
        "cell ask: a question needs a cell of its own",
    ),
    "a question with an answer": (
        {"ask": ANSWER + "\n\n" + QUESTION},
        "cell ask: a question needs a cell of its own",
    ),
    "asked twice": ({"set-up": QUESTION}, "question 'double' is asked twice; a name stands for one question"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_slips_that_would_leak_are_refused(case):
    """A misspelt marker or a mistake in the wrong place stops the build; the line names the cell."""
    changed, words = REFUSED[case]
    with pytest.raises(NotebookError) as error:
        release(solution(**changed))
    assert words in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("session", WORKBOOK.stems("solutions"))
def test_nothing_of_a_real_solution_is_in_its_exercise(session):
    """No line of an answer, no hint, no body of a mistake, no hidden text; questions and ids stay."""
    given = read_notebook(WORKBOOK.path("solutions", session))
    exercise = release(given)
    lines = {line.strip() for cell in exercise.cells for line in cell.source.splitlines()}
    text = "\n".join(cell.source for cell in exercise.cells)
    shown = {
        line.strip() for cell in given.cells if role(cell) == "plain" for line in cell.source.splitlines()
    }
    lines -= shown  # code that the exercise gives on purpose may be part of an answer elsewhere
    for cell in given.cells:
        if role(cell) == "answer":
            inside = False
            for line in map(str.strip, cell.source.splitlines()):
                inside = line == BEGIN_SOLUTION or (inside and line != END_SOLUTION)
                assert not (inside and len(line) > 8 and line in lines), f"{cell.id} leaks {line}"
        if role(cell) == "versions":
            for item in ast.parse(cell.source).body:
                strings = [
                    node.value for node in ast.walk(item.decorator_list[0]) if isinstance(node, ast.Constant)
                ]
                assert not any(isinstance(s, str) and len(s) > 25 and s in text for s in strings)
        if role(cell) == "hidden":
            assert cell.source not in text
    assert "@mistake" not in text and "@variant" not in text and "SOLUTION" not in text
    assert asked(exercise) == asked(given)
    kept = [cell.id for cell in given.cells if role(cell) not in ("hidden", "versions")]
    assert [cell.id for cell in exercise.cells] == kept
    grade_ids = [cell.metadata.nbgrader.grade_id for cell in exercise.cells if "nbgrader" in cell.metadata]
    assert len(grade_ids) == len(set(grade_ids))
    stubs = [cell for cell in exercise.cells if cell.cell_type == "code" and not is_locked(cell)]
    assert stubs and all("raise NotImplementedError" in cell.source for cell in stubs)
