"""Program slice of a solution: the cells that the answers to its questions, or to some of them, need.

A slice keeps the questions, their mistakes and variants, and every cell that defines a name which these use,
as Python's own compiler sees it. Figures, measured cells and claims drop out,
also those that `try`, choose or repeat what they show.
"""

import ast
import copy
import dis
from collections.abc import Sequence
from types import CodeType
from typing import NamedTuple

from nbformat import NotebookNode

from .cells import asked, parsed, role

SHOWN_ONLY = {"claim", "nbval-ignore-output"}  # tags of cells that change nothing
BY_TEXT = {"globals", "locals", "vars", "eval", "exec", "get_ipython", "__main__"}  # ways to find any name
DEFINING = ("plain", "hidden", "answer")  # roles of cells that the rest builds on
BINDS, BINDS_IN_MODULE = "STORE_GLOBAL", "STORE_NAME"
USES = ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS", "DELETE_NAME", "DELETE_GLOBAL")
DEFINES = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
SHOWING = ("print", "display")


class Names(NamedTuple):
    """The global names that code binds, those that it uses, and of these the ones that its functions use."""

    binds: set[str]
    uses: set[str]
    later: set[str]  # when they are called, perhaps in a cell far below


def needed_for(solution: NotebookNode, questions: Sequence[str] | None = None) -> NotebookNode:
    """The solution without the cells that the answers to these questions, by default to all, do not need."""
    cells_of = {item.name: item.cell_id for item in asked(solution)}
    questions = list(cells_of) if questions is None else questions
    cells = [cell for cell in solution.cells if cell.cell_type == "code"]
    try:
        trees = {cell.id: _plain(cell) for cell in cells}
        names = {cell.id: names_of(compile(trees[cell.id], cell.id, "exec")) for cell in cells}
    except (SyntaxError, ValueError):  # a magic
        return solution
    if any(BY_TEXT & (each.binds | each.uses) for each in names.values()):
        return solution
    wanted = {cell_id for name, cell_id in cells_of.items() if name in questions}
    while cells and cells[-1].id not in wanted:
        cells.pop()
    begun, needed, others = False, set(), {}
    for cell in cells:
        kind, tree = role(cell), trees[cell.id]
        versions = _versioned(tree).intersection(questions)
        if not begun or cell.id in wanted or versions or (kind in DEFINING and _acts(cell, tree)):
            needed.add(cell.id)
        elif kind != "versions":
            others[cell.id] = names[cell.id].binds - {"_"}
        if versions:  # what they stand for has to be there
            names[cell.id].uses.update(names[cell.id].binds)
        begun = begun or kind == "begin"
    place = {cell.id: number for number, cell in enumerate(cells)}

    def finds(user: str, maker: str) -> bool:
        """Whether a cell may find a name of another one: while it runs, only of one that ran before."""
        used = names[user].uses if place[maker] < place[user] else names[user].later
        return not used.isdisjoint(others[maker])

    more = set(needed)
    while more:
        more = {maker for maker in others.keys() - needed if any(finds(user, maker) for user in more)}
        needed |= more
    return NotebookNode({**solution, "cells": [copy.deepcopy(cell) for cell in cells if cell.id in needed]})


def names_of(code: CodeType) -> Names:
    """Names as Python's own compiler sees them, in a cell or a function and in all that is defined there."""
    names, codes = Names(set(), set(), set()), [code]
    for each in codes:
        codes += [constant for constant in each.co_consts if isinstance(constant, CodeType)]
        for item in dis.get_instructions(each):
            if item.opname == BINDS or (item.opname == BINDS_IN_MODULE and each is code):
                names.binds.add(item.argval)
            elif item.opname in USES:
                names.uses.add(item.argval)
                names.later.update([item.argval] if each is not code else [])
    return names


def _plain(cell: NotebookNode) -> ast.Module:
    """A cell's syntax tree; SyntaxError for one that is no plain Python, ValueError for import *."""
    tree = parsed(cell)
    if any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in ast.walk(tree)):
        raise ValueError("import *")
    return tree


def _versioned(tree: ast.Module) -> set[str]:
    """The questions for which a cell holds mistakes or variants."""
    calls = [
        decorator
        for item in tree.body
        for decorator in getattr(item, "decorator_list", [])
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) in ("mistake", "variant")
    ]
    named = [call.args[0] if call.args else call.keywords[0].value for call in calls]
    return {node.value for node in named if isinstance(node, ast.Constant)}


def _acts(cell: NotebookNode, tree: ast.Module) -> bool:
    """Whether a cell may do more than define names and show something."""
    if SHOWN_ONLY & set(cell.metadata.get("tags", [])):
        return False
    return not all(map(_only_defines, tree.body))


def _only_defines(item: ast.AST) -> bool:
    """Whether a statement, in all its branches, gives names to values or shows them."""
    match item:
        case ast.Assign(targets=targets):
            names = [name for target in targets for name in getattr(target, "elts", [target])]
            return all(isinstance(name, ast.Name) for name in names)
        case ast.Try(body, handlers, orelse, finalbody):
            return all(map(_only_defines, [*body, *handlers, *orelse, *finalbody]))
        case ast.For(target=ast.Name(), body=body, orelse=orelse) | ast.If(body=body, orelse=orelse):
            return all(map(_only_defines, [*body, *orelse]))
        case ast.ExceptHandler(body=body):
            return all(map(_only_defines, body))
        case ast.Expr(value):
            return isinstance(value, ast.Constant | ast.Name) or _shows(value)
    return isinstance(item, DEFINES)


def _shows(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and getattr(value.func, "id", "") in SHOWING
