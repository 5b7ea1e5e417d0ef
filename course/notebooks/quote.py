"""Code quotes: lecture cells that show the library's own text, so what is taught is what is tested.

A code cell whose metadata say ``course.source = "optim/momentum.py::Momentum.update"`` shows that definition.
The quote is the library's own text, decorators included; a method is moved to the left margin. What was
edited by hand since is not filled again unasked.
"""

import ast
import textwrap
from pathlib import Path

from nbformat import NotebookNode

from course.errors import NotebookError

from .document import plain_source
from .workbook import library_of
from .written import text_digest


def quoted_source(root: Path, source: str) -> str:
    """The text of a definition of the library.

    Args:
        root: of the workbook; where it holds no `course/`, the installed one is quoted.
        source: "file.py::Name" or "file.py::Class.method", the file relative to `course/`.

    Raises:
        NotebookError: the file or the definition does not exist; the line names what the lecture asks for.
    """
    file, _, name = source.partition("::")
    path = library_of(root) / file
    if not path.is_file() or not name:
        raise NotebookError(f"course.source={source!r}: there is no course/{file}; a lecture quotes it")
    text = path.read_text("utf-8")
    node: ast.AST = ast.parse(text)
    for part in name.split("."):
        matches = [item for item in getattr(node, "body", []) if part in _names(item)]
        if not matches:
            raise NotebookError(f"course.source={source!r}: course/{file} has no {name}; a lecture quotes it")
        node = matches[-1]
    first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))])
    lines = text.splitlines()[first - 1 : node.end_lineno]
    return textwrap.dedent("\n".join(lines))


def _names(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return [statement.target.id]
    return [statement.name] if hasattr(statement, "name") else []


def quotes(notebook: NotebookNode) -> list[tuple[NotebookNode, str]]:
    """The cells of a lecture that quote the library, with what they quote."""
    return [
        (cell, cell.metadata["course"]["source"])
        for cell in notebook.cells
        if cell.cell_type == "code" and "source" in cell.metadata.get("course", {})
    ]


def fill_quotes(
    root: Path, notebook: NotebookNode, overwrite: bool = False
) -> list[tuple[NotebookNode, str]]:
    """Put the library's text of today into every quoting cell, and a hash of it as ``course.quoted``.

    Args:
        overwrite: also into cells that were edited by hand since they were filled.

    Returns:
        The cells that were edited by hand and are left, with what they quote.
    """
    edited = []
    for cell, source in quotes(notebook):
        text, course = quoted_source(root, source), cell.metadata["course"]
        filled = course.get("quoted")  # None: nobody has filled the cell yet, and it asks for that
        if overwrite or filled in (None, text_digest(plain_source(cell))) or plain_source(cell) == text:
            cell.source, course["quoted"] = text, text_digest(text)
        else:
            edited.append((cell, source))
    return edited
