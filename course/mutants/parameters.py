"""Mutation operators for parameters: ignored, exchanged, turned, another generator, handed back.

They are written in front of the student's lines: `lr = 0.1` stands for a function that never looks at `lr`.
Where a docstring says of an array "Must not be changed", one mutant changes it, and gives the right result.
"""

import ast
import inspect
import math
import re
from collections.abc import Iterator
from itertools import combinations

import numpy as np

from .edits import Edit, Site, copied, one_line

Call = tuple[str, dict]  # a function's name, its arguments by parameter
LONGEST_CONSTANT = 2000
ENTRY = re.compile(r"\s+(?P<names>\w+(, \w+)*): ")  # of the arguments in a docstring


def parameter_edits(tree: ast.Module, inside: list[range], calls: list[Call], names: dict) -> Iterator[Edit]:
    """All changes of this file in the functions of an answer cell."""
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef):
            continue
        start = _start(function, inside)
        arguments = next((passed for name, passed in calls if name == function.name), None)
        if start is None:
            continue
        used = [name for name in _parameters(function) if _is_used(name, function.body[start:])]
        if arguments is not None:
            yield from _ignored(function, start, used, arguments, names)
            yield from _exchanged(function, start, used, arguments)
            yield from _changed(function, start, used, arguments)
        yield from _generators(function, start, [name for name in used if name == "rng"])
        arrays = [
            name for name in used if arguments is None or _kind(arguments.get(name)) not in (None, "number")
        ]
        yield from _handed_back(function, start, arrays)


def _ignored(function, start, used, arguments, names) -> Iterator[Edit]:
    for name in used:
        if name in arguments:
            constant = constant_of(arguments[name], names)
            if constant is not None and constant != name:
                yield _in_front(function, start, "parameter ignored", name, constant)


def constant_of(value: object, names: dict) -> str | None:
    """A plain value, or a known function, as code; None when it is neither."""
    if callable(value) and not isinstance(value, type):
        name = getattr(value, "__name__", "")
        known = callable(names.get(name)) and inspect.unwrap(value) is inspect.unwrap(names[name])
        return name if known else None
    text = _code_of(value)
    return text if text is not None and len(text) <= LONGEST_CONSTANT else None


def _code_of(value: object) -> str | None:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return repr(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else f"float({str(value)!r})"
    if isinstance(value, list | tuple):
        parts = [_code_of(item) for item in value]
        if any(part is None for part in parts):
            return None
        inner = ", ".join(parts)
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner},)" if len(parts) == 1 else f"({inner})"
    return None


def _exchanged(function, start, used, arguments) -> Iterator[Edit]:
    for one, other in combinations([name for name in used if name in arguments], 2):
        kind = _kind(arguments[one])
        if kind is not None and kind == _kind(arguments[other]):
            yield _in_front(function, start, "parameters exchanged", f"{one}, {other}", f"{other}, {one}")
    for name in used:
        value = arguments.get(name)
        if isinstance(value, tuple) and len(value) == 2 and all(isinstance(item, int) for item in value):
            yield _in_front(function, start, "pair turned", name, f"{name}[::-1]")


def _kind(value: object) -> object:
    """What two arguments must share to be confused: both numbers, or arrays of the same number of axes."""
    if isinstance(value, bool) or value is None or isinstance(value, str) or callable(value):
        return None
    if isinstance(value, int | float | np.generic):
        return "number"
    if isinstance(value, list | tuple):
        return "list", len(value)
    shape = getattr(value, "shape", None)
    return None if shape is None else ("array", len(shape))


def _changed(function, start, used, arguments) -> Iterator[Edit]:
    for name in kept_parameters(function):
        if name in used and getattr(arguments.get(name), "shape", ()):
            target, value = f"{name}[...], {name}", f"{name} + 1, {name} + 0"
            yield _in_front(function, start, "argument changed", target, value)


def kept_parameters(function: ast.FunctionDef) -> list[str]:
    """Parameters of which the docstring says that they must not be changed."""
    kept, names = [], []
    for line in (ast.get_docstring(function) or "").splitlines():
        entry = ENTRY.match(line)
        names = entry["names"].split(", ") if entry else names if line.strip() else []
        if "not be changed" in line or "be unchanged" in line:
            kept += names
    return kept


def _generators(function, start, used) -> Iterator[Edit]:
    for name in used:
        yield _in_front(function, start, "another generator", name, "np.random.default_rng(0)")
        body = [_Global(name).visit(copied(statement)) for statement in function.body[start:]]
        site = _site(function, start)
        changed = [*function.body[:start], *body]
        after = one_line(body[0])
        yield Edit("another generator", site, function, "body", changed, name, "np.random", after)


class _Global(ast.NodeTransformer):
    """The old functions of numpy.random for the methods of a generator."""

    def __init__(self, name: str):
        self.name = name

    def visit_Attribute(self, node):
        if isinstance(node.value, ast.Name) and node.value.id == self.name and node.attr == "integers":
            node.attr = "randint"
        return self.generic_visit(node)

    def visit_Name(self, node):
        if node.id != self.name or not isinstance(node.ctx, ast.Load):
            return node
        return ast.copy_location(ast.parse("np.random", mode="eval").body, node)


def _handed_back(function, start, used) -> Iterator[Edit]:
    """One of the results is an argument as it came."""
    for result in ast.walk(function):
        if not isinstance(result, ast.Return) or result.value is None:
            continue
        many = isinstance(result.value, ast.Tuple)
        parts = result.value.elts if many else [result.value]
        for number, part in enumerate(parts):
            for name in sorted(
                {node.id for node in ast.walk(part) if isinstance(node, ast.Name)} & set(used)
            ):
                yield _with_kept(function, start, result, parts, number, name, many)


def _with_kept(function, start, result, parts, number, name, many) -> Edit:
    kept = f"given_{name}"
    handed = [*parts[:number], ast.Name(kept, ast.Load()), *parts[number + 1 :]]
    value = ast.Tuple(handed, ast.Load()) if many else handed[0]
    body = copied(function).body
    for old, new in zip(_walk_all(function.body), _walk_all(body), strict=True):
        if old is result:
            new.value = value
    body.insert(start, _assignment(kept, name, function.body[start]))
    site = Site(result, function, "body", None, result)
    after = f"return {one_line(value)}"
    return Edit("argument returned", site, function, "body", body, one_line(parts[number]), kept, after)


def _walk_all(body: list[ast.stmt]) -> Iterator[ast.AST]:
    for statement in body:
        yield from ast.walk(statement)


def _in_front(function, start, operator, target: str, value: str) -> Edit:
    """An assignment in front of the student's first line."""
    body = list(function.body)
    body.insert(start, _assignment(target, value, function.body[start]))
    shown = value if len(value) <= 60 else value[:59] + "…"
    after = f"{target} = {shown}"
    return Edit(operator, _site(function, start), function, "body", body, target, shown, after)


def _assignment(target: str, value: str, place: ast.stmt) -> ast.stmt:
    statement = ast.parse(f"{target} = {value}").body[0]
    for node in ast.walk(statement):
        if "lineno" in node._attributes:
            ast.copy_location(node, place)
    return statement


def _site(function: ast.FunctionDef, start: int) -> Site:
    first = function.body[start]
    return Site(first, function, "body", start, first)


def _start(function: ast.FunctionDef, inside: list[range]) -> int | None:
    """The position of the first statement of the body that the student writes."""
    for position, statement in enumerate(function.body):
        if any(statement.lineno in lines for lines in inside):
            return position
    return None


def _parameters(function: ast.FunctionDef) -> list[str]:
    given = function.args
    return [item.arg for item in (*given.posonlyargs, *given.args, *given.kwonlyargs)]


def _is_used(name: str, body: list[ast.stmt]) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        for node in _walk_all(body)
    )
