"""Equivalent rewrites: programs that rewrite an answer cell without changing what it gives.

    in place              v = mu * v + dw          ->  v *= mu; v += dw   (no parameter in `unchanged`)
    in place on a result  return f(x) + y          ->  part = f(x); part += y; return part
    local copy            x = np.array(x), or x.clone(), in front of the rest
    renamed               every local variable has another name
    methods               np.sum(x, axis=0)        ->  x.sum(axis=0)
    functions             x.sum(axis=0)            ->  np.sum(x, axis=0)

A form that cannot be written so, as in place where a shape grows or a dtype changes, does not apply.
"""

import ast
from collections.abc import Callable, Iterator

import numpy as np

from .in_place import in_place, result_in_place
from .operators import regions
from .rewriting import Answered

SHARED = {  # both functions of numpy and methods of arrays
    *("sum", "mean", "max", "min", "argmax", "argmin", "reshape", "transpose", "std", "var", "dot"),
    *("cumsum", "prod", "any", "all", "argsort", "clip"),
}
IMPOSSIBLE = (  # what numpy and torch say to += that cannot be
    "Cannot cast ufunc",
    "non-broadcastable output",
    "doesn't match the broadcast shape",
    "can't be cast to the desired output type",
    "leaf Variable that requires grad",
    "needed for gradient computation has been modified by an inplace operation",
)


def rewritten(
    source: str, calls: list[tuple[str, dict]], unchanged: tuple[str, ...]
) -> Iterator[tuple[str, ast.Module]]:
    """The forms of an answer cell that apply: (name, the cell's tree)."""
    for name, program in FORMS.items():
        tree = ast.parse(source)
        before = ast.unparse(tree)
        for function in tree.body:
            start = _first_own(function, regions(source))
            if start is not None:
                arguments = next((given for called, given in calls if called == function.name), {})
                program(Answered(function, start, arguments, unchanged))
        after = ast.unparse(ast.fix_missing_locations(tree))
        if after != before:
            yield name, ast.parse(after)


def applies(form: str, text: str) -> bool:
    """Whether an error of a rewritten answer says something about the question, not about the rewriting."""
    if form in ("methods", "functions"):
        return False
    return not any(words in text for words in IMPOSSIBLE)


def _first_own(function: ast.stmt, inside: list[range]) -> int | None:
    if isinstance(function, ast.FunctionDef):
        for position, statement in enumerate(function.body):
            if any(statement.lineno in lines for lines in inside):
                return position
    return None


def _local_copy(answered: Answered) -> None:
    copies = []
    for name, value in answered.arguments.items():
        if isinstance(value, np.ndarray):
            copies.append(f"{name} = np.array({name})")
        elif hasattr(value, "clone") and hasattr(value, "shape"):
            copies.append(f"{name} = {name}.clone()")
    lines = [statement for text in copies for statement in ast.parse(text).body]
    answered.function.body[answered.start : answered.start] = lines


def _renamed(answered: Answered) -> None:
    nested = {
        item.arg for statement in answered.own for item in ast.walk(statement) if isinstance(item, ast.arg)
    }
    outside = {
        name
        for statement in answered.own
        for node in ast.walk(statement)
        if isinstance(node, ast.Nonlocal | ast.Global)
        for name in node.names
    }
    nodes = [node for statement in answered.own for node in ast.walk(statement) if isinstance(node, ast.Name)]
    bound = {node.id for node in nodes if isinstance(node.ctx, ast.Store)}
    for node in nodes:
        if node.id in bound - answered.parameters - nested - outside:
            node.id = f"my_{node.id}"


def _methods(answered: Answered) -> None:
    def change(call: ast.Call) -> None:
        function = call.func
        if _is_numpy(function) and function.attr in SHARED and call.args:
            first, *rest = call.args
            call.func, call.args = ast.Attribute(first, function.attr, ast.Load()), rest

    _each_call(answered, change)


def _functions(answered: Answered) -> None:
    def change(call: ast.Call) -> None:
        function = call.func
        if isinstance(function, ast.Attribute) and function.attr in SHARED and not _is_module(function.value):
            call.args = [function.value, *call.args]
            call.func = ast.Attribute(ast.Name("np", ast.Load()), function.attr, ast.Load())

    if not any(hasattr(value, "clone") for value in answered.arguments.values()):
        _each_call(answered, change)


def _is_numpy(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "np"


def _is_module(node: ast.AST) -> bool:
    return (isinstance(node, ast.Name) and node.id in ("np", "torch", "F", "nn", "math")) or _is_numpy(node)


def _each_call(answered: Answered, change: Callable[[ast.Call], None]) -> None:
    for statement in answered.own:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                change(node)


FORMS = {
    "in place": in_place,
    "in place on a result": result_in_place,
    "local copy": _local_copy,
    "renamed": _renamed,
    "methods": _methods,
    "functions": _functions,
}
