"""A right answer in another form: programs that rewrite an answer cell without changing what it gives.

    in place              v = mu * v + dw          ->  v *= mu; v += dw   (no parameter in `unchanged`)
    in place on a result  return f(x) + y          ->  part = f(x); part += y; return part
    local copy            x = np.array(x), or x.clone(), in front of the rest
    renamed               every local variable has another name
    methods               np.sum(x, axis=0)        ->  x.sum(axis=0)
    functions             x.sum(axis=0)            ->  np.sum(x, axis=0)

A form that cannot be written so, as in place where a shape grows or a dtype changes, does not apply.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from .operators import regions

SHARED = {  # both functions of numpy and methods of arrays
    *("sum", "mean", "max", "min", "argmax", "argmin", "reshape", "transpose", "std", "var", "dot"),
    *("cumsum", "prod", "any", "all", "argsort", "clip"),
}
VIEWS = {"reshape", "transpose", "ravel", "squeeze", "view", "asarray", "swapaxes", "expand", "permute"}
SIMPLE = (ast.Assign, ast.Return, ast.Expr)
CLOSED = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda, ast.IfExp, ast.BoolOp)
IMPOSSIBLE = (  # what numpy and torch say to += that cannot be
    "Cannot cast ufunc",
    "non-broadcastable output",
    "doesn't match the broadcast shape",
    "can't be cast to the desired output type",
    "leaf Variable that requires grad",
    "needed for gradient computation has been modified by an inplace operation",
)


@dataclass(frozen=True)
class Answered:
    """An answer's function as its question calls it: what the rewriting programs look at."""

    function: ast.FunctionDef
    start: int  # the position of the first statement that the student writes
    arguments: dict[str, object]  # of a call
    unchanged: tuple[str, ...]

    @property
    def own(self) -> list[ast.stmt]:
        """The student's statements."""
        return self.function.body[self.start :]

    @property
    def parameters(self) -> set[str]:
        """The names of the parameters."""
        return {item.arg for item in ast.walk(self.function.args) if isinstance(item, ast.arg)}


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


def _in_place(answered: Answered) -> None:
    def statements(statement: ast.stmt) -> list[ast.stmt]:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, ast.Name) and _may_change(answered, target.id):
                steps = _steps(statement.value, target.id)
                return steps if steps else [statement]
        if isinstance(statement, ast.Return) and statement.value is not None:
            return _returned_in_place(answered, statement)
        return [statement]

    _each(answered, statements)


def _returned_in_place(answered: Answered, statement: ast.Return) -> list[ast.stmt]:
    """`return w - lr * v, v` as `w -= lr * v; return w, v`."""
    many = isinstance(statement.value, ast.Tuple)
    parts = list(statement.value.elts) if many else [statement.value]
    before = []
    for number, part in enumerate(parts):
        others = {name for other in parts[:number] + parts[number + 1 :] for name in _names(other)}
        for name in _names(part):
            array = isinstance(answered.arguments.get(name), np.ndarray)
            if array and name in answered.parameters and name not in others and _may_change(answered, name):
                steps = _steps(part, name)
                if steps:
                    before += steps
                    parts[number] = ast.Name(name, ast.Load())
                    break
    value = ast.Tuple(parts, ast.Load()) if many else parts[0]
    return [*before, ast.Return(value)]


def _steps(expression: ast.expr, name: str) -> list[ast.stmt] | None:
    """An expression in which a name stands once, as steps on that name in place; None when it is not one."""
    if isinstance(expression, ast.Name) and expression.id == name:
        return []
    if not isinstance(expression, ast.BinOp) or isinstance(expression.op, ast.MatMult):
        return None
    left, right = name in _names(expression.left), name in _names(expression.right)
    if left == right or (right and not isinstance(expression.op, ast.Add | ast.Mult)):
        return None
    inner, other = (expression.left, expression.right) if left else (expression.right, expression.left)
    steps = _steps(inner, name)
    if steps is None:
        return None
    return [*steps, ast.AugAssign(ast.Name(name, ast.Store()), expression.op, other)]


def _may_change(answered: Answered, name: str) -> bool:
    """Whether nobody else in the answer holds what this name holds."""
    if name in answered.parameters and name in answered.unchanged:
        return False
    for node in (node for statement in answered.own for node in ast.walk(statement)):
        if isinstance(node, ast.Assign):
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            targets = {
                item.id for target in node.targets for item in ast.walk(target) if isinstance(item, ast.Name)
            }
            if any(name in (_held(value) if name not in targets else ()) for value in values):
                return False
            if name in targets and name not in answered.parameters and any(map(_held, values)):
                return False
        if isinstance(node, ast.Call | ast.List | ast.Dict | ast.Lambda | ast.FunctionDef | ast.For):
            kept = node.args if isinstance(node, ast.Call) and _is_append(node) else getattr(node, "elts", [])
            if any(isinstance(item, ast.Name) and item.id == name for item in kept):
                return False
            if isinstance(node, ast.Lambda | ast.FunctionDef) and name in _names(node):
                return False
            if isinstance(node, ast.For) and name in _names(node.target):
                return False
    return True


def _held(value: ast.expr) -> set[str]:
    """The name whose array an assigned value shares: itself, a part or a view of it."""
    while isinstance(value, ast.Subscript | ast.Attribute | ast.Call):
        if isinstance(value, ast.Call):
            if not isinstance(value.func, ast.Attribute) or value.func.attr not in VIEWS:
                return set()
            value = value.func.value
        else:
            value = value.value
    return {value.id} if isinstance(value, ast.Name) else set()


def _is_append(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("append", "insert", "extend")


def _result_in_place(answered: Answered) -> None:
    def statements(statement: ast.stmt) -> list[ast.stmt]:
        term = next(_sums(statement), None) if isinstance(statement, SIMPLE) else None
        if term is None:
            return [statement]
        name = f"part_{statement.lineno}"
        first = ast.Assign([ast.Name(name, ast.Store())], term.left)
        second = ast.AugAssign(ast.Name(name, ast.Store()), term.op, term.right)
        return [first, second, _Put(term, ast.Name(name, ast.Load())).visit(statement)]

    _each(answered, statements)


def _sums(node: ast.AST) -> Iterator[ast.BinOp]:
    """Terms whose left side is a fresh result, evaluated whatever happens and first of all."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
        call = node.left
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") not in VIEWS:
            yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, CLOSED):
            yield from _sums(child)


class _Put(ast.NodeTransformer):
    """Another node in the place of one."""

    def __init__(self, old: ast.AST, new: ast.AST):
        self.old, self.new = old, new

    def visit(self, node):
        return self.new if node is self.old else self.generic_visit(node)


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


def _each(answered: Answered, statements: Callable[[ast.stmt], list[ast.stmt]]) -> None:
    """Put other statements in the place of each, also within loops and conditions."""

    def block(body: list[ast.stmt]) -> list[ast.stmt]:
        changed = []
        for statement in body:
            for name in ("body", "orelse", "finalbody"):
                inner = getattr(statement, name, None)
                if inner and isinstance(statement, ast.For | ast.While | ast.If | ast.With | ast.Try):
                    setattr(statement, name, block(inner))
            changed += statements(statement)
        return changed

    answered.function.body[answered.start :] = block(copy.copy(answered.own))


def _names(node: ast.AST) -> list[str]:
    """Names in a piece of code, in reading order, each once."""
    found = [item for item in ast.walk(node) if isinstance(item, ast.Name)]
    found.sort(key=lambda item: (item.lineno, item.col_offset) if hasattr(item, "lineno") else (0, 0))
    return list(dict.fromkeys(item.id for item in found))


FORMS = {
    "in place": _in_place,
    "in place on a result": _result_in_place,
    "local copy": _local_copy,
    "renamed": _renamed,
    "methods": _methods,
    "functions": _functions,
}
