"""Mutation operator for sizes: `len(x)` or `x.shape[0]` as the number that the first call has there."""

import ast
from collections.abc import Iterator

from .edits import Edit, Site, replaced


def size_edits(site: Site, arguments: dict[str, object]) -> Iterator[Edit]:
    """The change at one place, where the size is that of an argument."""
    shape, axis = _asked_for(site.node, arguments)
    if isinstance(axis, int) and 0 <= axis < len(shape):
        yield replaced("size fixed", site, ast.Constant(int(shape[axis])))


def _asked_for(node: ast.AST, arguments: dict[str, object]) -> tuple[tuple, object]:
    """The shape of an argument and the axis whose length a piece of code asks for."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "len" and len(node.args) == 1:
        value = arguments.get(getattr(node.args[0], "id", ""))
        return (len(value),) if isinstance(value, list | tuple) else getattr(value, "shape", ()), 0
    if isinstance(node, ast.Subscript) and getattr(node.value, "attr", "") == "shape":
        value = arguments.get(getattr(node.value.value, "id", ""))
        return getattr(value, "shape", ()), getattr(node.slice, "value", None)
    return (), None
