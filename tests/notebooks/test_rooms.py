"""The table of rooms is made of the rooms' own first sentences."""

import pytest

from course.errors import NotebookError
from course.notebooks.rooms import BEGIN, END, rooms, with_rooms


@pytest.fixture
def root(tmp_path):
    """A library of one folder and two files."""
    texts = {
        "__init__.py": '"""The library."""',
        "__main__.py": '"""Runs it."""',
        "b.py": '"""One idea\nover a | b.\n\nMore."""',
        "a.py": "x = 1",
        "nn/__init__.py": '"""Layers:"""',
        "nn/conv.py": '"""A convolution."""',
    }
    (tmp_path / "course" / "nn" / "__pycache__").mkdir(parents=True)
    (tmp_path / "course" / "__pycache__").mkdir()
    for name, text in texts.items():
        (tmp_path / "course" / name).write_text(text + "\n", "utf-8")
    return tmp_path


def test_one_row_a_room(root):
    """Folders, then files, by name, each with its sentence; what lies in a folder has no row of its own."""
    assert rooms(root).splitlines()[2:] == [
        "| `course/nn/` | Layers |",
        "| `course/a.py` |  |",
        "| `course/b.py` | One idea over a \\| b |",
    ]


def test_the_rooms_stand_between_their_marks(root):
    """The rest of the text stays; doing it again changes nothing; without a mark it is one line."""
    text = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    new = with_rooms(text, root)
    assert new == f"before\n{BEGIN}\n\n{rooms(root)}\n\n{END}\nafter\n" == with_rooms(new, root)
    for broken in (text.replace(BEGIN, ""), text.replace(END, ""), f"{END}\n{BEGIN}", ""):
        with pytest.raises(NotebookError, match=r"docs/architecture\.md needs the lines"):
            with_rooms(broken, root)
