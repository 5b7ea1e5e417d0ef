"""Needed cells: what of a solution has to run so that its questions can be asked.

Plain and hidden cells that bind no name that a later cell loads, such as those that draw pictures or claim
something, are left out. A cell that Python alone cannot read, such as one with a magic, stays.
"""

import dis
from copy import deepcopy
from types import CodeType

from nbformat import NotebookNode

from .cells import role

ALWAYS = ("parameters", "begin", "question", "versions", "answer")
STORES, LOADS = ("STORE_NAME", "STORE_GLOBAL"), ("LOAD_NAME", "LOAD_GLOBAL")


def needed(notebook: NotebookNode) -> list[tuple[NotebookNode, CodeType | None]]:
    """The code cells whose names somebody below needs, in order, compiled; None where that fails."""
    kept, wanted = [], set()
    for cell in reversed([cell for cell in notebook.cells if cell.cell_type == "code"]):
        try:
            code = compile(cell.source, cell.id, "exec")
        except (SyntaxError, ValueError):
            kept.append((cell, None))
            continue
        if role(cell) in ALWAYS or wanted & names_in(code, STORES, nested=False):
            kept.append((cell, code))
            wanted |= names_in(code, LOADS, nested=True)
    return kept[::-1]


def names_in(code: CodeType, operations: tuple[str, ...], nested: bool) -> set[str]:
    """Names that code stores or loads, with those of the functions within where `nested` is true."""
    names = {item.argval for item in dis.get_instructions(code) if item.opname in operations}
    if nested:
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                names |= names_in(constant, operations, nested)
    return names


def only_needed(notebook: NotebookNode) -> NotebookNode:
    """A copy of a notebook with its needed cells alone, in order."""
    cells = [cell for cell, _ in needed(notebook)]
    return deepcopy(NotebookNode({**notebook, "cells": cells}))
