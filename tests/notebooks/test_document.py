"""Notebooks are read with patience and written in one normal form."""

import json
import os

import nbformat
import pytest

from course.errors import NotebookError
from course.notebooks.document import (
    LIMIT_BYTES,
    normalize,
    read_notebook,
    to_text,
    write_notebook,
    write_text,
)


def code(source="a = 1", **keys):
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        **keys,
    }


NOT_JSON = "is not a notebook (Notebook does not appear to be JSON"


def notebook(*cells, minor=5, **keys):
    return {"nbformat": 4, "nbformat_minor": minor, "metadata": {}, "cells": list(cells), **keys}


@pytest.fixture
def read(tmp_path):
    """Write a value (or text, or bytes) to a file and read it as a notebook."""

    def read(content):
        path = tmp_path / "notebook.ipynb"
        text = content if isinstance(content, str | bytes) else json.dumps(content)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_notebook(path)

    return read


FILE = json.dumps(notebook(code()))
BROKEN = {
    "empty": (" \n", "is empty"),
    "not JSON": ("a = 1", NOT_JSON),
    "half a file": (FILE[:-5], NOT_JSON),
    "no UTF-8": (b"\xff\xfe{}", "is not a notebook ('utf-8' codec can't decode"),
    "a list": ([1], "is not a notebook"),
    "null": ("null", "is not a notebook"),
    "no cells": ({"nbformat": 4, "nbformat_minor": 5, "metadata": {}}, "is not a notebook"),
    "cells of null": (notebook() | {"cells": None}, "is not a notebook"),
    "cells of numbers": (notebook(3), "is not a notebook"),
    "a version to come": (notebook(code()) | {"nbformat": 9}, "(Unsupported nbformat version 9)"),
    "a strange cell": (notebook(code(cell_type="heading")), "is not a notebook"),
    "source of number": (notebook(code(3)), "is not a notebook"),
    "half a character": (json.dumps(notebook(code("\ud800"))), "surrogates not allowed"),
    "deep": ("[" * 100_000, "is not a notebook"),
    "deep metadata": (FILE.replace("{}", '{"a":' * 5000 + "1" + "}" * 5000, 1), "is not a notebook"),
    "huge number": (FILE.replace("null", "9" * 5000), "is not a notebook"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_no_notebook_is_one_line(read, tmp_path, case):
    """The line names the file and the reason."""
    content, words = BROKEN[case]
    with pytest.raises(NotebookError) as error:
        read(content)
    assert str(error.value).startswith(f"{tmp_path / 'notebook.ipynb'}: ") and words in str(error.value)
    assert "\n" not in str(error.value) and len(str(error.value)) < len(str(tmp_path)) + 200


def test_files_that_are_no_files(tmp_path):
    """A missing file, a folder, a link, a pipe and a huge file are refused without reading them."""
    with pytest.raises(NotebookError, match="there is no such file"):
        read_notebook(tmp_path / "nothing.ipynb")
    with pytest.raises(NotebookError, match="there is no such file"):
        read_notebook(tmp_path / "nothing" / "nothing.ipynb")
    with pytest.raises(NotebookError, match="is not a regular file"):
        read_notebook(tmp_path)
    huge = tmp_path / "huge.ipynb"
    with open(huge, "wb") as file:
        file.truncate(LIMIT_BYTES + 1)
    with pytest.raises(NotebookError, match="is larger than 20 MiB"):
        read_notebook(huge)
    if os.name != "nt":
        (tmp_path / "link.ipynb").symlink_to(huge)
        os.mkfifo(tmp_path / "pipe.ipynb")
        for name in ("link", "pipe"):
            with pytest.raises(NotebookError, match="is not a regular file"):
                read_notebook(tmp_path / f"{name}.ipynb")


READ = {
    "an id in nbformat 4.4": notebook(code(id="kept"), minor=4),
    "a key too many": notebook(code(id="kept", attachments={}, strange=1)),
    "no outputs": notebook({"cell_type": "code", "source": "a = 1", "metadata": {}, "id": "kept"}),
    "source in lines": notebook(code(["a", " = 1"], id="kept")),
    "a byte order mark": "\ufeff" + json.dumps(notebook(code(id="kept"))),
    "no kernel": notebook(code(id="kept"), metadata={"kernelspec": {"name": "evil", "display_name": ""}}),
}


@pytest.mark.parametrize("case", READ)
def test_what_jupyter_opens_is_read(read, case):
    """A file that a common tool wrote a little wrong is read, and its cell keeps id and text."""
    cells = read(READ[case]).cells
    assert [(cell.id, cell.source) for cell in cells] == [("kept", "a = 1")]
    nbformat.validate(normalize(read(READ[case])), relax_add_props=True)


def test_ids_stay_and_missing_ones_are_made(read):
    """An id stays; a missing, doubled or impossible one is made, the same every time."""
    given = notebook(code(), code(id="kept"), code("b", id="kept"), code("c", id="not an id!"), code())
    first, again = read(given), read(given)
    ids = [cell.id for cell in first.cells]
    assert ids[1] == "kept" and len(set(ids)) == 5 and ids == [cell.id for cell in again.cells]
    assert to_text(first) == to_text(again) == to_text(normalize(first))
    assert [cell.id for cell in normalize(first).cells] == ids


def test_old_notebooks_are_read(read):
    """nbformat 3, with its worksheets, becomes nbformat 4.5."""
    cell = {"cell_type": "code", "input": "a", "language": "python", "outputs": [], "metadata": {}}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [cell]}]}
    assert [cell.source for cell in read(old).cells] == ["a"]


FULL = notebook(
    code(
        "x = 1   \n\n\ty\r\nz = '\u2028'\n\n",
        id="a",
        execution_count=17,
        metadata={"execution": {"iopub.status.busy": "now"}, "tags": [], "scrolled": True},
        outputs=[
            {
                "output_type": "execute_result",
                "execution_count": 17,
                "metadata": {},
                "data": {"image/png": "AA\n"},
            },
            {"output_type": "stream", "name": "stdout", "text": "hi  \n"},
        ],
    ),
    code("y", id="b"),
    {"cell_type": "markdown", "id": "c", "source": "a line  \nbroken\n", "metadata": {"tags": ["solution"]}},
    code("z", id="d", execution_count=3),
    metadata={"kernelspec": {"name": "evil", "display_name": "?"}, "course": {"a": 1}, "widgets": {}},
)


def test_normal_form(read):
    """Blanks behind code, timings, view states, versions and foreign kernels go; text and outputs stay."""
    normal = normalize(read(FULL))
    a, b, c, d = normal.cells
    assert a.source == "x = 1\n\n\ty\nz = '\u2028'"
    assert c.source == "a line  \nbroken"  # a line break in Markdown
    assert (a.metadata, c.metadata) == ({}, {"tags": ["solution"]})
    assert [cell.get("execution_count") for cell in (a, b, d)] == [1, None, 2]
    assert a.outputs[0].execution_count == 1 and a.outputs[0].data == {"image/png": "AA"}
    assert a.outputs[1].text == "hi  \n"
    assert normal.metadata.kernelspec.name == "python3" and normal.metadata.course == {"a": 1}
    assert set(normal.metadata) == {"kernelspec", "language_info", "course"}
    assert (normal.nbformat, normal.nbformat_minor) == (4, 5)
    nbformat.validate(normal)


def test_text_is_byte_identical(read, tmp_path):
    """Reading and writing again changes nothing; keys are sorted, one blank of indent, a last newline."""
    text = to_text(read(FULL))
    path = tmp_path / "again.ipynb"
    assert write_notebook(read(FULL), path) is True
    assert path.read_bytes() == text.encode() and to_text(read_notebook(path)) == text
    assert write_notebook(read_notebook(path), path) is False
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def test_normalize_leaves_its_argument_alone(read):
    """normalize returns a copy."""
    given = read(FULL)
    before = json.dumps(given)
    normalize(given)
    assert json.dumps(given) == before


def test_files_appear_whole_or_not_at_all(tmp_path, monkeypatch):
    """When writing fails, the old file stays and nothing is left beside it."""
    path = tmp_path / "new" / "file.txt"
    assert write_text("old", path) and not write_text("old", path)

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_text("new", path)
    assert path.read_text() == "old" and os.listdir(path.parent) == ["file.txt"]


def test_half_a_character_ends_no_run(tmp_path):
    """Text that is no text is written as an escape, which in JSON is the same text."""
    path = tmp_path / "file.json"
    write_text(json.dumps("a \ud800 é", ensure_ascii=False), path)
    assert json.loads(path.read_text("utf-8")) == "a \ud800 é"
    assert write_text(json.dumps("a \ud800 é", ensure_ascii=False), path) is False
