"""The tree in README.md: one line a file of the library, taken from the file's own docstring.

`course build` writes it between two marks, `course check` says when it is stale.
"""

import ast
from pathlib import Path

from course.errors import NotebookError

BEGIN, END = "<!-- tree: written by course build -->", "<!-- end of tree -->"
WIDTH = 100


def tree(root: Path) -> str:
    """The files of `course/`, folder by folder, with the first sentence of each docstring."""
    files = sorted(
        (root / "course").rglob("*.py"), key=lambda path: (path.parent, path.name != "__init__.py", path.name)
    )
    lines, folder = [], None
    for path in files:
        if path.parent != folder:
            folder = path.parent
            lines.append(_line(f"{folder.relative_to(root).as_posix()}/", _sentence(folder / "__init__.py")))
        if path.name not in ("__init__.py", "__main__.py"):
            lines.append(_line(f"    {path.name}", _sentence(path)))
    return "\n".join(["```", *lines, "```"])


def _line(name: str, sentence: str) -> str:
    return f"{name:<28}{sentence}".rstrip()


def _sentence(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) if path.is_file() else None
    first = (docstring or "").split("\n\n")[0].replace("\n", " ").rstrip(".:")
    return first if len(first) <= WIDTH else first[:WIDTH].rsplit(" ", 1)[0] + " …"


def with_tree(text: str, root: Path) -> str:
    """The text of README.md with the tree of today.

    Raises:
        NotebookError: README.md lacks one of the two marks.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NotebookError(f"README.md needs the lines {BEGIN} and {END}; the tree stands between them")
    return f"{before}{BEGIN}\n{tree(root)}\n{END}{after}"
