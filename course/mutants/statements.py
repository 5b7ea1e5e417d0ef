"""Mutation operators for whole statements."""

import ast
from collections.abc import Iterator

from .edits import Edit, Site, one_line, replaced

KEPT = (
    *(ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom),
    *(ast.Pass, ast.Nonlocal, ast.Global, ast.AsyncFunctionDef),
)


def statement_edits(site: Site) -> Iterator[Edit]:
    """All changes of this file at one place."""
    node = site.node
    if isinstance(node, ast.stmt) and not isinstance(node, KEPT):
        yield replaced("statement left out", site, ast.Pass())
    if isinstance(node, ast.AugAssign):
        target = ast.parse(ast.unparse(node.target) + " = 0").body[0].targets[0]
        yield replaced("plain assignment", site, ast.Assign([target], node.value))
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        yield from _other_order(site, node.value)


def _other_order(site: Site, results: ast.Tuple) -> Iterator[Edit]:
    parts = results.elts
    for number in range(len(parts) - 1):
        order = [*parts[:number], parts[number + 1], parts[number], *parts[number + 2 :]]
        new = ast.Tuple(order, ast.Load())
        yield Edit("results exchanged", site, site.node, "value", new, one_line(results), one_line(new))
