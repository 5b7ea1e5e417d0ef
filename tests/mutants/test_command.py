"""The command itself, on one question of the course."""

import json

import pytest
from nbformat.v4 import new_markdown_cell

from course.mutants.command import check_mutants
from course.notebooks.document import read_notebook, write_notebook
from course.notebooks.new import new_session
from course.notebooks.workbook import Workbook


def test_the_command_prints_a_table_and_writes_its_figures(course, tmp_path):
    """A sample of one question: nothing survives, and the file has its numbers."""
    figures = tmp_path / "figures.json"
    code, out, _ = course(
        *("check", "--mutants", "01", "--question", "accuracy", "--sample", "3", "--write", str(figures))
    )
    assert code == 0 and "accuracy" in out and "all is well" in out
    assert "accuracy" in json.dumps(json.loads(figures.read_text()))


ONCE = "2 * x.copy()"
TWICE = "2 * np.array(x.copy())"


@pytest.mark.parametrize(
    ("code", "named", "share"),
    [
        (ONCE, ["`x.copy()` → `x`"], None),
        (
            TWICE,
            ["`np.array(x.copy())` → `x.copy()`", "`x.copy()` → `x`"],
            "more than 3%; mend questions instead",
        ),
    ],
)
def test_a_small_exercise_may_name_one_equivalent_mutant(tmp_path, code, named, share):
    """Three percent of a dozen mutants are none at all; the second one is too many."""
    book = Workbook(tmp_path)
    new_session(book, "01_test")
    path = book.path("solutions", "01_test")
    notebook = read_notebook(path)
    cells = {cell.id: cell for cell in notebook.cells}
    cells["double-answer"].source = cells["double-answer"].source.replace("2 * x", code)
    lines = [f"- `double`: {label}: the same" for label in named]
    tags = {"tags": ["equivalent", "solution"]}
    notebook.cells.append(new_markdown_cell("\n".join(lines), metadata=tags))
    write_notebook(notebook, path)
    [report] = check_mutants(book)
    assert report.figures["double"].equivalent == len(named)
    assert [fault.split("equivalent, ")[-1] for fault in report.faults] == ([share] if share else [])
