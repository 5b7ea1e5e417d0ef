"""Authoring of mistakes: the code of a cluster of wrong answers as the next `@mistake` of a solution.

A version has to stand alone in the solution's notebook. So what the student wrote beside the function, such
as imports, constants and helpers, moves into it, and its docstring goes.
"""

import ast
import textwrap
from pathlib import Path

from nbformat.v4 import new_code_cell

from course.errors import NotebookError, UsageError, unknown_name
from course.notebooks.cells import asked, role
from course.notebooks.document import read_notebook, write_notebook

from ..record.database import Database
from ..record.final_grades import final_rows
from ..result import Task
from .clusters import Cluster, clusters, code_of, solution_code

HINT = "Say what the mistake is, in a sentence or two, without giving the answer."
Definition = ast.FunctionDef | ast.ClassDef


def find_cluster(db: Database, task: Task, question: str, id: str) -> Cluster:
    """A cluster by its question and the beginning of its id.

    Raises:
        UsageError: there is no such question or cluster.
    """
    if question not in task.records:
        raise UsageError(unknown_name("QUESTION", question, task.records))
    known = [item for item in clusters(task, final_rows(db, task)) if item.question == question]
    found = [item for item in known if id and item.id.startswith(id)]
    if not known:
        raise UsageError(f"QUESTION={question!r} has no wrong answer that nobody foresaw")
    if len(found) != 1:
        listed = ", ".join(item.id for item in known[:10])
        raise UsageError(f"CLUSTER={id!r} must be one of the report: {listed}")
    return found[0]


def mistake_cell(db: Database, task: Task, cluster: Cluster, hint: str = HINT) -> str:
    """The cell that makes a cluster's answer a known mistake.

    Raises:
        UsageError: the student wrote none of the functions or classes that the solution writes.
    """
    code = code_of(db, task, cluster.number).get(cluster.question, "")
    named = [item.name for item in _definitions(_parsed(solution_code(task).get(cluster.question, "")))]
    tree = _parsed(code)
    versions = {item.name: item for item in _definitions(tree) if item.name in named}
    if not versions:
        wanted = ", ".join(named) or "a function"
        raise UsageError(
            f"CLUSTER={cluster.id!r}: its code does not define {wanted}; look at it in the report"
        )
    last = {id(item) for item in versions.values()}  # of several definitions the last counts
    beside = [
        ast.get_source_segment(code, item)
        for item in tree.body
        if id(item) not in last and not _is_text(item) and getattr(item, "name", "") not in versions
    ]
    head = f'@mistake("{cluster.question}", {_quoted(hint)})'
    return "\n\n\n".join(f"{head}\n{_alone(code, item, beside)}" for item in versions.values())


def add_to_solution(path: Path, question: str, cell: str) -> str:
    """Append a mistake to the cell of the question's versions, or to a new one. Returns the cell's id.

    Raises:
        NotebookError: the notebook asks no such question.
    """
    notebook = read_notebook(path)
    places = {cell.id: place for place, cell in enumerate(notebook.cells)}
    where = next((places[item.cell_id] for item in asked(notebook) if item.name == question), None)
    if where is None:
        raise NotebookError(f"{path}: there is no question {question!r}")
    for place in range(where, -1, -1):
        known = notebook.cells[place]
        if place < where and role(known) == "question":
            break
        if role(known) == "versions":
            known.source = f"{known.source.rstrip()}\n\n\n{cell}"
            write_notebook(notebook, path)
            return known.id
    made = new_code_cell(cell)
    made.id = f"{question}-versions"
    notebook.cells.insert(where, made)
    write_notebook(notebook, path)
    return made.id


def _parsed(code: str) -> ast.Module:
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def _definitions(tree: ast.Module) -> list[Definition]:
    return [item for item in tree.body if isinstance(item, Definition)]


def _is_text(item: ast.stmt) -> bool:
    return isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant)


def _alone(code: str, item: Definition, beside: list[str]) -> str:
    """A definition without its docstring, and with what it needs in its body."""
    lines, first = code.split("\n"), item.body[0]
    has_text = _is_text(first) and len(item.body) > 1 and item.body[1].lineno > first.end_lineno
    if first.lineno == item.lineno:  # all in one line
        return "\n".join([*map(_as_comment, beside), *lines[item.lineno - 1 : item.end_lineno]])
    start = first.end_lineno if has_text else first.lineno - 1
    while not lines[start].strip():
        start += 1
    moved = "\n".join(beside)
    if isinstance(item, ast.ClassDef):  # its methods would not see what stands in its body
        moved = _as_comment(moved)
    inside = [textwrap.indent(moved, " " * first.col_offset)] if beside else []
    return "\n".join([*lines[item.lineno - 1 : first.lineno - 1], *inside, *lines[start : item.end_lineno]])


def _as_comment(text: str) -> str:
    return textwrap.indent(text, "# beside it: ", lambda line: True)


def _quoted(text: str) -> str:
    """A text as Python writes it, in double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
