"""The reader of what students hand in keeps what they wrote, and is quick with whatever file there is."""

import json

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.errors import NotebookError
from course.notebooks.submitted import MOST_CELLS, parse_submission


def bytes_of(*cells, **changes):
    """A notebook file of these cells, as plain JSON."""
    plain = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}
    return json.dumps(plain | changes).encode()


def test_it_reads_what_nbformat_writes():
    """Types, ids and texts of a notebook are kept; outputs are not, but nbgrader's name of a cell."""
    code = new_code_cell("a = 1", id="one", outputs=[], metadata={"nbgrader": {"grade_id": "q"}, "x": 1})
    cells = parse_submission(
        json.dumps(new_notebook(cells=[code, new_markdown_cell("b", id="two")])).encode()
    )
    read = [(cell.id, cell.cell_type, cell.source, cell.metadata) for cell in cells.cells]
    assert read == [("one", "code", "a = 1", {"nbgrader": {"grade_id": "q"}}), ("two", "markdown", "b", {})]


def test_outputs_of_any_kind_are_passed_over():
    """What no schema allows costs nothing: nobody looks at it."""
    rubbish = [1, None, {"output_type": "unknown", "data": [[[]]]}] * 1000
    cell = {"cell_type": "code", "source": ["a", " = 1"], "outputs": rubbish, "metadata": [], "id": 7}
    (read,) = parse_submission(bytes_of(cell)).cells
    assert (read.source, read.outputs, read.metadata) == ("a = 1", [], {})


def test_ids_are_unique():
    """Missing, doubled and impossible ids are made anew, the same every time."""
    cells = [
        {"cell_type": "code", "source": str(n), "id": name} for n, name in enumerate(["a", "a", "!", None])
    ]
    first, again = (parse_submission(bytes_of(*cells)) for _ in range(2))
    ids = [cell.id for cell in first.cells]
    assert ids[0] == "a" and len(set(ids)) == 4 and ids == [cell.id for cell in again.cells]


@pytest.mark.parametrize("version", [1, 2, 3])
def test_old_formats(version):
    """Worksheets with "input", as IPython wrote them; headings become text."""
    sheet = {"cells": [{"cell_type": "code", "input": "a"}, {"cell_type": "heading", "source": "b"}]}
    old = json.dumps({"nbformat": version, "worksheets": [sheet]}).encode()
    assert [(c.cell_type, c.source) for c in parse_submission(old).cells] == [
        ("code", "a"),
        ("markdown", "b"),
    ]


BROKEN = {
    "nothing": (b" ", "is empty"),
    "too long": (b" " * (20 * 2**20 + 1), "is larger than 20 MiB"),
    "no JSON": (b"{", "is not a notebook"),
    "no UTF-8": (b"\xff\xfe{}", "'utf-8' codec can't decode"),
    "a list": (b"[]", "it is no JSON object"),
    "the future": (bytes_of(nbformat=99), "its nbformat is 99, not 4"),
    "a version that is none": (bytes_of(nbformat=True), "its nbformat is True, not 4"),
    "cells of numbers": (bytes_of(1, 2), "it has no list of cells"),
    "no worksheet": (bytes_of(nbformat=3, worksheets=[7]), "is not a notebook"),
    "text of no text": (bytes_of({"cell_type": "code", "source": {"a": 1}}), "the text of a cell is no text"),
    "half a character": (bytes_of({"cell_type": "code", "source": "\ud800"}), "surrogates not allowed"),
    "deep": (b'{"nbformat": 4, "cells": ' + b"[" * 100_000, "nested too deep"),
    "many values": (b'{"nbformat": 4, "x": [' + b"[]," * 1_000_000 + b"1]}", "too many values"),
    "many texts": (b'{"nbformat": 4, "x": [' + b'"",' * 2_100_000 + b"1]}", "too many values"),
    "many cells": (bytes_of(*[{"cell_type": "code", "source": ""}] * (MOST_CELLS + 1)), "at most 2,000"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_no_notebook_is_refused_in_one_line(case):
    """Each kind of rubbish has its reason."""
    content, words = BROKEN[case]
    with pytest.raises(NotebookError) as error:
        parse_submission(content)
    assert words in str(error.value) and "\n" not in str(error.value) and len(str(error.value)) < 150
