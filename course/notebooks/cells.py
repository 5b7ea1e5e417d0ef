"""Cell roles: what a cell is for, read from its code, never from a list kept elsewhere.

parameters   tagged "parameters": the papermill parameters seed and collect
begin        calls begin("06_optimizers", ...)
question     a function under @question(...)
versions     nothing but functions or classes under @mistake(...) or @variant(...)
answer       holds a region between ### BEGIN SOLUTION and ### END SOLUTION
hidden       tagged "solution": text or code that students do not get
student      tagged "student": put there by the grader, a student's own; never one of the others
plain        everything else
"""

import ast
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from nbformat import NotebookNode

_alone = Lock()  # before Python 3.13 two threads cannot parse at the same time
BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
REMEMBERED = 5000  # characters


@dataclass(frozen=True)
class Asked:
    """A question as its cell states it."""

    name: str
    points: int
    cell_id: str


def role(cell: NotebookNode) -> str:
    """One of the words in the table above."""
    tags = cell.metadata.get("tags", [])
    if "solution" in tags:
        return "hidden"
    if "student" in tags:
        return "student"
    if cell.cell_type != "code":
        return "plain"
    if "parameters" in tags:
        return "parameters"
    if BEGIN_SOLUTION in cell.source:
        return "answer"
    statements = _statements(cell)
    if statements and all(_decorator(item, "mistake", "variant") for item in statements):
        return "versions"
    if any(_decorator(item, "question") for item in statements):
        return "question"
    if any(_is_begin(item) for item in statements):
        return "begin"
    return "plain"


def heading(notebook: NotebookNode) -> str:
    """The title of a notebook: the first line of its first cell, if that is a heading; else empty."""
    first = notebook.cells[0].source.strip().split("\n")[0] if notebook.cells else ""
    return first.removeprefix("# ").strip() if first.startswith("# ") else ""


def asked(notebook: NotebookNode) -> list[Asked]:
    """The questions of a solution or exercise, in order."""
    questions = []
    for cell in notebook.cells:
        if role(cell) == "question":
            for item in _statements(cell):
                call = _decorator(item, "question")
                if call is not None:
                    questions.append(Asked(_argument(call, 0, "name", ""), _points(call), cell.id))
    return questions


def versions(notebook: NotebookNode) -> Counter:
    """How many mistakes and variants a solution writes down, by question; one hint counts once."""
    calls = [
        _decorator(item, "mistake", "variant")
        for cell in notebook.cells
        if cell.cell_type == "code"
        for item in _statements(cell)
    ]
    written = {}
    for call in filter(None, calls):
        hints = [keyword.value for keyword in call.keywords if keyword.arg == "hint"] or call.args[1:2]
        written[_argument(call, 0, "question", ""), ast.unparse(hints[0]) if hints else id(call)] = None
    return Counter(question for question, _ in written)


def versioned(notebook: NotebookNode) -> dict[str, list[str]]:
    """The names that mistakes and variants stand for, by question."""
    names: dict[str, list[str]] = {}
    for cell in notebook.cells:
        for item in _statements(cell) if cell.cell_type == "code" else []:
            call = _decorator(item, "mistake", "variant")
            if call is not None:
                names.setdefault(_argument(call, 0, "question", ""), []).append(item.name)
    return {question: list(dict.fromkeys(each)) for question, each in names.items()}


def definitions(notebook: NotebookNode) -> dict[str, tuple[str, str]]:
    """Functions, classes and values that cells for students define last: each name's cell and code."""
    found = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and role(cell) in ("answer", "plain"):
            for item in _statements(cell):
                for name in _defined(item):
                    found[name] = (cell.id, ast.unparse(item))
    return found


def _defined(item: ast.stmt) -> list[str]:
    """The names that a statement gives to a function, a class or a value; imports are none."""
    if isinstance(item, ast.FunctionDef | ast.ClassDef):
        return [item.name]
    assigned = isinstance(item, ast.Assign | ast.AnnAssign | ast.AugAssign)
    nodes = ast.walk(item) if assigned else ()
    return [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


def used(notebook: NotebookNode, cell_id: str) -> set[str]:
    """The names that a code cell uses and does not bind itself, not even as local ones."""
    (cell,) = [cell for cell in notebook.cells if cell.id == cell_id]
    nodes = [node for item in _statements(cell) for node in ast.walk(item)]
    names = [node for node in nodes if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    arguments = {node.arg for node in nodes if isinstance(node, ast.arg)}
    return {node.id for node in names} - bound - arguments


def begin_call(cell: NotebookNode) -> ast.Call | None:
    """The call of `begin` in a code cell; None where there is none."""
    return next((item.value for item in _statements(cell) if _is_begin(item)), None)


def error_of(cell: NotebookNode) -> NotebookNode | None:
    """The error output of an executed cell (ename, evalue, traceback); None when it ended well."""
    return next((output for output in cell.get("outputs", []) if output.output_type == "error"), None)


def parsed(cell: NotebookNode) -> ast.Module:
    """The syntax tree of a code cell, in any thread.

    Raises:
        SyntaxError, ValueError: it is no plain Python.
    """
    with _alone:
        return ast.parse(cell.source)


def _statements(cell: NotebookNode) -> list[ast.stmt]:
    """The statements of a cell. A class's notebooks share most cells, so short ones are parsed once."""
    parse = _parsed if len(cell.source) <= REMEMBERED else _parsed.__wrapped__
    return parse(cell.source)


@lru_cache(maxsize=512)
def _parsed(source: str) -> list[ast.stmt]:
    try:
        with _alone:
            return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # a magic, or a slip: not one of ours
        return []


def _decorator(statement: ast.stmt, *names: str) -> ast.Call | None:
    for decorator in getattr(statement, "decorator_list", []):
        called = isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name)
        if called and decorator.func.id in names:
            return decorator
    return None


def _points(call: ast.Call) -> object:
    """A question's points; those of its parts together where it says them by part."""
    nodes = _nodes(call, 1, "points")
    if nodes and isinstance(nodes[0], ast.Dict):
        worths = [getattr(value, "value", None) for value in nodes[0].values]
        return sum(worths) if all(type(worth) is int for worth in worths) else None
    return _argument(call, 1, "points", 1)


def _argument(call: ast.Call, position: int, name: str, default):
    nodes = _nodes(call, position, name)
    return nodes[0].value if nodes and isinstance(nodes[0], ast.Constant) else default


def _nodes(call: ast.Call, position: int, name: str) -> list[ast.expr]:
    named = [keyword.value for keyword in call.keywords if keyword.arg == name]
    return named or call.args[position : position + 1]


def _is_begin(statement: ast.stmt) -> bool:
    call = getattr(statement, "value", None)
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "begin"
