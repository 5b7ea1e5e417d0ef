"""Text of an answer cell: the names that it binds, and whether its function goes on in the next cell."""

import ast
import re
import textwrap

from nbformat import NotebookNode

from course.questions.cell_errors import defined_names
from course.questions.imports import imported, parse, python_lines

from .compose import LONGEST

OF_FILE = re.compile(r" \((?:<[^<>]*>|[^()]*\.py), line (\d+)\)$")  # behind the words of a SyntaxError
EMPTY, BEGUN = "nothing", "something"  # what a function that does not end in a return has


def without_file(error: object) -> str:
    """What an error says, with the line alone where Python made a name for the cell.

    >>> without_file("'(' was never closed (<unknown>, line 2)")
    "'(' was never closed, line 2"
    """
    return OF_FILE.sub(r", line \1", str(error))


def homes_of_names(released: NotebookNode) -> dict[str, tuple[str, set[str]]]:
    """The names that the answer cells of an exercise define: the cell's id, and a function's parameters."""
    homes = {}
    for cell in released.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            for item in parse(cell.source).body:
                parameters = {node.arg for node in ast.walk(item) if isinstance(node, ast.arg)}
                targets = getattr(item, "targets", [getattr(item, "target", None)])
                names = [getattr(item, "name", None), *(getattr(target, "id", None) for target in targets)]
                homes |= {name: (cell.id, parameters) for name in names if name}
    return homes


def bound_names(source: str, variables: bool = True) -> set[str]:
    """The names that a cell defines or imports; without variables the functions, classes and imports."""
    top = parse(python_lines(source[:LONGEST])).body
    imports = [item for item in top if isinstance(item, ast.Import | ast.ImportFrom)]
    return set(imported(ast.Module(imports, []))) | {
        name
        for name in defined_names(source)
        if variables or re.search(rf"^(async +)?(def|class) +{name}\b", source, re.MULTILINE)
    }


def open_end(source: str, name: str) -> str:
    """What the function has with which a cell ends, if that may go on in the next cell; else "".

    It may where its last statement is no return, or its body has not begun.
    """
    source = python_lines(source[:LONGEST])
    last = (parse(source).body or parse(f"{source.rstrip()}\n    pass").body)[-1:]
    if not last or not isinstance(last[0], ast.FunctionDef) or last[0].name != name:
        return ""
    if isinstance(last[0].body[-1], ast.Return | ast.Raise):
        return ""
    empty = all(
        isinstance(item, ast.Pass) or (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
        for item in last[0].body
    )
    return EMPTY if empty else BEGUN


def returns(source: str) -> bool:
    """Whether a text holds a return that belongs to no function within it."""
    inside = textwrap.indent(textwrap.dedent(python_lines(source[:LONGEST])), "    ")
    fresh = list(parse(f"def _():\n{inside}").body)
    while fresh:
        for item in ast.iter_child_nodes(fresh.pop()):
            if isinstance(item, ast.Return):
                return True
            if not isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
                fresh.append(item)
    return False
