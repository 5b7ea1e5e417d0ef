"""The tree in the README is made of the files' own first sentences."""

import pytest

from course.errors import NotebookError
from course.notebooks.readme import BEGIN, END, WIDTH, tree, with_tree


@pytest.fixture
def root(tmp_path):
    """A library of two folders."""
    texts = {
        "__init__.py": '"""The library."""',
        "__main__.py": '"""Runs it."""',
        "b.py": '"""One idea\nover two lines.\n\nMore."""',
        "a.py": "x = 1",
        "nn/__init__.py": '"""Layers:"""',
        "nn/long.py": f'"""{"word " * 40}"""',
    }
    (tmp_path / "course" / "nn").mkdir(parents=True)
    for name, text in texts.items():
        (tmp_path / "course" / name).write_text(text + "\n", "utf-8")
    return tmp_path


def test_one_line_a_file(root):
    """A folder with its sentence, then its files by name; no full stop, nothing longer than a line."""
    lines = tree(root).splitlines()
    assert [line.split(maxsplit=1) for line in lines[1:5]] == [
        ["course/", "The library"],
        ["a.py"],
        ["b.py", "One idea over two lines"],
        ["course/nn/", "Layers"],
    ]
    assert lines[0] == lines[-1] == "```" and "__main__" not in tree(root)
    assert lines[5].endswith("word …") and len(lines[5]) <= 28 + WIDTH + 2


def test_the_tree_stands_between_its_marks(root):
    """The rest of the text stays; doing it again changes nothing; without a mark it is one line."""
    text = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    new = with_tree(text, root)
    assert new == f"before\n{BEGIN}\n{tree(root)}\n{END}\nafter\n" == with_tree(new, root)
    for broken in (text.replace(BEGIN, ""), text.replace(END, ""), f"{END}\n{BEGIN}", ""):
        with pytest.raises(NotebookError, match=r"README\.md needs the lines"):
            with_tree(broken, root)
