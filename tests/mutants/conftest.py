"""A workbook with one planted question, and what the check reports of it."""

import textwrap

import nbformat
import pytest

from course.mutants.command import Choice, report_on
from course.notebooks.workbook import Workbook
from course.questions import session

BEGIN, END = "    ### BEGIN SOLUTION\n", "\n    ### END SOLUTION"


@pytest.fixture(scope="session")
def answer_cell():
    """A function whose body stands between the markers."""

    def cell(code):
        head, _, body = textwrap.dedent(code).strip().partition("\n")
        return f"{head}\n{BEGIN}{body}{END}\n"

    return cell


@pytest.fixture
def planted(tmp_path, answer_cell):
    """Report on a solution that asks one question: its answer, its question, what it names, other cells."""

    def report(answer, question, named="", cells=(), **choice):
        new = nbformat.v4
        notebook = new.new_notebook(
            cells=[
                new.new_code_cell(
                    "import numpy as np\nfrom course.questions import begin, mistake, question, variant"
                ),
                new.new_code_cell('begin("01_test")'),
                new.new_code_cell(answer_cell(answer)),
                *(new.new_code_cell(textwrap.dedent(cell).strip()) for cell in cells),
                new.new_code_cell(textwrap.dedent(question).strip()),
                new.new_markdown_cell(textwrap.dedent(named), metadata={"tags": ["equivalent", "solution"]}),
            ]
        )
        (tmp_path / "solutions").mkdir(exist_ok=True)
        nbformat.write(notebook, tmp_path / "solutions" / "01_test.ipynb")
        return report_on(Workbook(tmp_path), Choice(**choice), "01_test")

    yield report
    session._current = None
