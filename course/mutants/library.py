"""Mutation operators for library calls: which function, with what, and whether it is called at all."""

import ast
from collections.abc import Iterator

from .edits import Edit, Site, replaced

EXCHANGED = {  # and back
    "mean": "sum",
    "max": "min",
    "argmax": "argmin",
    "maximum": "minimum",
    "amax": "amin",
    "floor": "ceil",
    "any": "all",
    "std": "var",
    "zeros": "ones",
    "zeros_like": "ones_like",
    "cumsum": "cumprod",
    "round": "int",
}
OTHERS = EXCHANGED | {other: name for name, other in EXCHANGED.items() if other != "int"}
UNWRAPPED = {  # f(x) becomes x
    *("sqrt", "exp", "log", "abs", "square", "relu", "sorted", "round", "float", "tanh"),
    *("copy", "array", "asarray", "deepcopy", "unique", "softmax", "sigmoid"),
}
BARE = {  # x.f(...) becomes x
    *("copy", "clone", "detach", "astype", "double", "float", "long", "abs", "sqrt", "exp", "log"),
    *("ravel", "flatten", "reshape", "transpose", "squeeze", "clip", "clamp", "any", "all"),
}
KEPT = {"strict"}  # keywords that guard a program and change no value


def library_edits(site: Site) -> Iterator[Edit]:
    """All changes of this file at one place."""
    node = site.node
    if isinstance(node, ast.Call):
        for operator, changes in CALLS.items():
            for new in changes(node):
                yield replaced(operator, site, new)
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield replaced("transpose left out", site, node.value)
    if isinstance(node, ast.List) and len(node.elts) > 1:
        for number, item in enumerate(node.elts):
            if isinstance(item, ast.Call):
                rest = node.elts[:number] + node.elts[number + 1 :]
                yield replaced("element left out", site, ast.List(rest, node.ctx))


def _exchanged(call: ast.Call) -> Iterator[ast.expr]:
    function = call.func
    if isinstance(function, ast.Name) and function.id in OTHERS:
        yield ast.Call(ast.Name(OTHERS[function.id], ast.Load()), call.args, call.keywords)
    if isinstance(function, ast.Attribute) and OTHERS.get(function.attr, "int") != "int":
        other = ast.Attribute(function.value, OTHERS[function.attr], ast.Load())
        yield ast.Call(other, call.args, call.keywords)


def _unwrapped(call: ast.Call) -> Iterator[ast.expr]:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in UNWRAPPED and len(call.args) >= 1 and not isinstance(call.args[0], ast.Starred):
        yield call.args[0]
    elif name in BARE and isinstance(function, ast.Attribute):
        yield function.value


def _argument_left_out(call: ast.Call) -> Iterator[ast.expr]:
    if len(call.args) > 1 or (call.args and call.keywords):
        for number in range(len(call.args)):
            rest = call.args[:number] + call.args[number + 1 :]
            yield ast.Call(call.func, rest, call.keywords)
    for number, keyword in enumerate(call.keywords):
        if keyword.arg not in KEPT:
            rest = call.keywords[:number] + call.keywords[number + 1 :]
            yield ast.Call(call.func, call.args, rest)


def _arguments_exchanged(call: ast.Call) -> Iterator[ast.expr]:
    plain = len(call.args) == 2 and not any(isinstance(item, ast.Starred) for item in call.args)
    symmetric = getattr(call.func, "attr", "") in ("maximum", "minimum", "isclose", "add", "multiply")
    if plain and not symmetric and not (isinstance(call.func, ast.Name) and call.func.id in ("max", "min")):
        yield ast.Call(call.func, call.args[::-1], call.keywords)


CALLS = {
    "function exchanged": _exchanged,
    "function left out": _unwrapped,
    "argument left out": _argument_left_out,
    "arguments exchanged": _arguments_exchanged,
}
