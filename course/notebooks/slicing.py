"""Program slice of a solution: the cells that the answers to its questions, or to some of them, need.

A slice keeps the questions, their mistakes and variants, and every cell that defines a name which these use,
as Python's own compiler sees it. Figures, measured cells and claims drop out.
"""

import ast
import copy
import symtable
from collections.abc import Sequence
from typing import NamedTuple

from nbformat import NotebookNode

from .cells import asked, role

SHOWN_ONLY = {"claim", "nbval-ignore-output"}  # tags of cells that change nothing
BY_TEXT = {"globals", "locals", "vars", "eval", "exec", "get_ipython", "__main__"}  # ways to find any name
DEFINING = ("plain", "hidden", "answer")  # roles of cells that the rest builds on
DEFINES = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


class Names(NamedTuple):
    """The global names that a cell binds, and those that it uses, in its functions too."""

    binds: set[str]
    uses: set[str]


def needed_for(solution: NotebookNode, questions: Sequence[str] | None = None) -> NotebookNode:
    """The solution without the cells that the answers to these questions, by default to all, do not need."""
    cells_of = {item.name: item.cell_id for item in asked(solution)}
    questions = list(cells_of) if questions is None else questions
    cells = [cell for cell in solution.cells if cell.cell_type == "code"]
    try:
        names = {cell.id: names_of(cell.source) for cell in cells}
    except (SyntaxError, ValueError):  # a magic
        return solution
    if any(BY_TEXT & (each.binds | each.uses) for each in names.values()):
        return solution
    wanted = {cell_id for name, cell_id in cells_of.items() if name in questions}
    while cells and cells[-1].id not in wanted:
        cells.pop()
    begun, needed, later = False, set(), {}
    for cell in cells:
        kind = role(cell)
        versions = {name for name in _versioned(cell) if name in questions}
        if not begun or cell.id in wanted or versions or (kind in DEFINING and _acts(cell)):
            needed.add(cell.id)
        elif kind != "versions":
            later[cell.id] = names[cell.id].binds - {"_"}
        if versions:  # what they stand for has to be there
            names[cell.id].uses.update(names[cell.id].binds)
        begun = begun or kind == "begin"
    used: set[str] = set()
    while more := {cell_id for cell_id in needed if not names[cell_id].uses <= used}:
        used |= set().union(*(names[cell_id].uses for cell_id in more))
        needed |= {cell_id for cell_id, binds in later.items() if binds & used}
    return NotebookNode({**solution, "cells": [copy.deepcopy(cell) for cell in cells if cell.id in needed]})


def names_of(source: str) -> Names:
    """Names as Python's own compiler sees them.

    Raises:
        SyntaxError: the source is no plain Python.
        ValueError: it imports all names of a module.
    """
    names = Names(set(), set())
    tables = [symtable.symtable(source, "cell", "exec")]
    if any(item.names[0].name == "*" for item in ast.parse(source).body if isinstance(item, ast.ImportFrom)):
        raise ValueError("import *")
    top = tables[0]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            is_global = table is top or symbol.is_global()
            if is_global and (symbol.is_assigned() or symbol.is_imported()):
                names.binds.add(symbol.get_name())
            if is_global and symbol.is_referenced():
                names.uses.add(symbol.get_name())
    return names


def _versioned(cell: NotebookNode) -> set[str]:
    """The questions for which a cell holds mistakes or variants."""
    calls = [
        decorator
        for item in ast.parse(cell.source).body
        for decorator in getattr(item, "decorator_list", [])
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) in ("mistake", "variant")
    ]
    named = [call.args[0] if call.args else call.keywords[0].value for call in calls]
    return {node.value for node in named if isinstance(node, ast.Constant)}


def _acts(cell: NotebookNode) -> bool:
    """Whether a cell may do more than define names and show something."""
    if SHOWN_ONLY & set(cell.metadata.get("tags", [])):
        return False
    return not all(_only_defines(item) for item in ast.parse(cell.source).body)


def _only_defines(item: ast.stmt) -> bool:
    if isinstance(item, ast.Assign):
        targets = [name for target in item.targets for name in getattr(target, "elts", [target])]
        return all(isinstance(target, ast.Name) for target in targets)
    return isinstance(item, DEFINES) or (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
