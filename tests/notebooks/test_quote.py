"""A quoting cell shows the library's own text of today."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.errors import NotebookError
from course.notebooks.quote import fill_quotes, quoted_source, quotes

LIBRARY = '''"""A module."""

import functools

LIMIT: int = 3
NAMES = ["a",
         "b"]  # two


@functools.cache
# why it is cached
def cached(x):
    """Text
    over lines."""
    return x  # the end


class Net:
    """A net."""

    @property
    def size(self):
        return 3

    async def wait(self): ...


def cached(x):
    return 2


def umlaut():
    return "ü"
'''


@pytest.fixture
def root(tmp_path):
    """A library of one file."""
    (tmp_path / "course" / "nn").mkdir(parents=True)
    (tmp_path / "course" / "nn" / "net.py").write_text(LIBRARY, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("LIMIT", "LIMIT: int = 3"),
        ("NAMES", 'NAMES = ["a",\n         "b"]  # two'),
        ("umlaut", 'def umlaut():\n    return "ü"'),
        ("Net.wait", "async def wait(self): ..."),
        ("cached", "def cached(x):\n    return 2"),
    ],
)
def test_a_definition_is_quoted_as_it_stands(root, name, text):
    """Functions, classes, methods and constants; of two with one name the last, which holds."""
    assert quoted_source(root, f"nn/net.py::{name}") == text


def test_decorators_and_comments_belong_to_it(root):
    """A method is moved to the left margin with its decorator; a class comes whole."""
    assert quoted_source(root, "nn/net.py::Net.size").startswith("@property\ndef size(self):\n    return")
    assert (
        quoted_source(root, "nn/net.py::Net")
        == LIBRARY[LIBRARY.index("class Net") : LIBRARY.index("\n\n\ndef cached")]
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("nn/nothing.py::Net", "there is no course/nn/nothing.py"),
        ("nn::Net", "there is no course/nn"),
        ("nn/net.py", "course.source='nn/net.py'"),
        ("nn/net.py::Nets", "course/nn/net.py has no Nets"),
        ("nn/net.py::Net.length", "course/nn/net.py has no Net.length"),
        ("nn/net.py::Net.size.x", "course/nn/net.py has no Net.size.x"),
        ("nn/net.py::Net.", "course/nn/net.py has no Net."),
    ],
)
def test_a_quote_that_leads_nowhere_is_one_line(root, source, words):
    """The line names what the lecture asks for."""
    with pytest.raises(NotebookError) as error:
        quoted_source(root, source)
    assert (
        words in str(error.value)
        and repr(source) in str(error.value)
        and "a lecture quotes it" in str(error.value)
    )


def test_only_code_cells_with_a_source_are_filled(root):
    """Other cells stay as they are; filling twice changes nothing."""
    quoting = {"course": {"source": "nn/net.py::umlaut"}}
    cells = [
        new_code_cell("stale", metadata=quoting),
        new_markdown_cell("text", metadata=quoting),
        new_code_cell("x = 1", metadata={"course": {}}),
    ]
    notebook = new_notebook(cells=cells)
    for _ in range(2):
        fill_quotes(root, notebook)
        assert [cell.source for cell in cells] == ['def umlaut():\n    return "ü"', "text", "x = 1"]
    assert [source for _, source in quotes(notebook)] == ["nn/net.py::umlaut"]
