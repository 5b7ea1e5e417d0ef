"""Package overview in docs/architecture.md: the table of rooms, each by its docstring's first sentence.

`course build` writes it between two marks, `course check` says when it is stale.
"""

import ast
from pathlib import Path

from course.errors import NotebookError

PAGE = Path("docs") / "architecture.md"
BEGIN, END = "<!-- rooms: written by course build -->", "<!-- end of rooms -->"


def rooms(root: Path) -> str:
    """A row for each folder and each file of `course/`, folders first."""
    paths = sorted((root / "course").iterdir(), key=lambda path: (path.is_file(), path.name))
    lines = ["| room | what is in it |", "|---|---|"]
    for path in paths:
        source = path / "__init__.py" if path.is_dir() else path
        if source.is_file() and source.suffix == ".py" and not path.name.startswith("__"):
            name = f"course/{path.name}" + "/" * path.is_dir()
            lines.append(f"| `{name}` | {_sentence(source)} |")
    return "\n".join(lines)


def _sentence(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return docstring.split("\n\n")[0].replace("\n", " ").replace("|", "\\|").rstrip(".:")


def with_rooms(text: str, root: Path) -> str:
    """The text of docs/architecture.md with the rooms of today.

    Raises:
        NotebookError: the page lacks one of the two marks.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NotebookError(
            f"{PAGE.as_posix()} needs the lines {BEGIN} and {END}; the rooms stand between them"
        )
    return f"{before}{BEGIN}\n\n{rooms(root)}\n\n{END}{after}"
