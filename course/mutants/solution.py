"""In-process notebook runner: a solution's code cells, executed in order in one namespace.

Questions are registered and not answered. Cells that no question needs are left out, and those with a magic.
Pictures go nowhere (Agg).
"""

import linecache
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType

from nbformat import NotebookNode

from course.errors import NotebookError
from course.notebooks.cells import role
from course.notebooks.document import read_notebook
from course.notebooks.slicing import names_of, needed_for
from course.questions.session import Session, current

from .bounds import quiet

ALWAYS = ("parameters", "begin", "question", "versions", "answer")


@dataclass(frozen=True)
class Answer:
    """An answer cell, and the question that it answers: the first below that reaches what it defines."""

    cell_id: str
    source: str
    question: str
    names: frozenset[str]  # what the cell defines


@dataclass
class Solution:
    """What a solution notebook leaves behind when its code has run."""

    stem: str
    notebook: NotebookNode
    namespace: dict
    session: Session
    answers: list[Answer]


def load_solution(path: Path) -> Solution:
    """Run the code of a solution notebook, in its folder.

    Raises:
        NotebookError: a cell fails, or an answer cell belongs to no question; the line names the cell.
    """
    os.environ["MPLBACKEND"] = "agg"
    notebook = read_notebook(path)
    namespace = {"__name__": "__main__", "display": lambda *shown, **options: None}
    folder = Path.cwd()
    try:
        os.chdir(path.parent)
        with quiet():
            for cell in needed_for(notebook).cells:
                kind = role(cell)
                if cell.cell_type == "code":
                    _execute(cell, namespace, kind in ALWAYS)
                if kind == "begin":
                    current().answering = False
    finally:
        os.chdir(folder)
    answers = list(_answers(notebook, namespace, current()))
    return Solution(path.stem, notebook, namespace, current(), answers)


def _execute(cell: NotebookNode, namespace: dict, always: bool) -> None:
    """Run a cell; one that Python cannot read, such as a magic, is passed over unless it has to run."""
    lines = cell.source.splitlines(keepends=True)
    linecache.cache[cell.id] = (len(cell.source), None, lines, cell.id)
    try:
        code = compile(cell.source, cell.id, "exec")
    except (SyntaxError, ValueError) as error:
        if always:
            raise NotebookError(f"cell {cell.id}: {type(error).__name__}: {error}") from error
        return
    try:
        exec(code, namespace)
    except Exception as error:
        raise NotebookError(f"cell {cell.id}: {type(error).__name__}: {error}") from error


def _answers(notebook: NotebookNode, namespace: dict, session: Session) -> Iterator[Answer]:
    waiting: list[tuple[NotebookNode, set[str]]] = []
    functions = {
        asked.function.__code__.co_filename: (name, asked.function) for name, asked in session.asked.items()
    }
    for cell in notebook.cells:
        kind = role(cell)
        if kind == "answer":
            waiting.append((cell, names_of(compile(cell.source, cell.id, "exec")).binds))
        elif kind == "question" and cell.id in functions:
            name, function = functions[cell.id]
            reached = reach(function, namespace)
            for answer, names in [item for item in waiting if item[1] & reached]:
                waiting.remove((answer, names))
                yield Answer(answer.id, answer.source, name, frozenset(names))
    if waiting:
        raise NotebookError(f"cell {waiting[0][0].id}: no question below asks for {', '.join(waiting[0][1])}")


def reach(function: Callable, namespace: dict) -> set[str]:
    """Global names that a function uses, also by way of other functions of the notebook."""
    reached, waiting = set(), [function]
    while waiting:
        for name in names_of(waiting.pop().__code__).uses - reached:
            reached.add(name)
            value = namespace.get(name)
            if isinstance(value, FunctionType) and value.__globals__ is namespace:
                waiting.append(value)
    return reached


@contextmanager
def bound(namespace: dict, **names: object) -> Iterator[None]:
    """Other values for some names, and all names as they were when the block ends."""
    before = dict(namespace)
    namespace.update(names)
    try:
        yield
    finally:
        namespace.clear()
        namespace.update(before)
