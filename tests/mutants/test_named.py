"""What notebooks say about their mutants is read, or refused with a line."""

import nbformat
import pytest

from course.errors import NotebookError
from course.mutants.named import named_in


def read(text, tags=("equivalent", "solution")):
    cell = nbformat.v4.new_markdown_cell(text, metadata={"tags": list(tags)})
    return named_in(nbformat.v4.new_notebook(cells=[cell]))


def test_three_kinds_of_lines():
    """A mutant, a form, an argument; text around them and line breaks do not matter."""
    found = read(
        "*Equivalent answers.*\n\n- `momentum`: `mu * v` → `v * mu`: the product\n  is the same\n"
        "- `sgd`: refuses `in place`: the text forbids it\n- `confusion`: fixed `classes`: the text says six"
    )
    assert [(item.question, item.kind, item.what) for item in found] == [
        ("momentum", "mutant", "`mu * v` → `v * mu`"),
        ("sgd", "form", "in place"),
        ("confusion", "fixed", "classes"),
    ]
    assert found[0].why == "the product is the same"


def test_labels_may_hold_colons_and_text():
    """Slices and strings in a label."""
    assert read("- `c3`: `x[:, 1:]` → `x[:, :]`: why: so")[0].what == "`x[:, 1:]` → `x[:, :]`"


@pytest.mark.parametrize(
    "line", ["- `sgd`: `a` → `b`", "- sgd: fixed `lr`: so", "- `sgd`: refuses in place: so"]
)
def test_a_line_that_cannot_be_read_is_an_error(line):
    """It would name nothing without anybody's noticing."""
    with pytest.raises(NotebookError, match="is not one of the lines"):
        read(line)


def test_such_a_cell_is_not_for_students():
    """The tag solution keeps it from exercises."""
    with pytest.raises(NotebookError, match="tag it solution"):
        read("- `sgd`: fixed `lr`: so", tags=["equivalent"])
