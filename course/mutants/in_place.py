"""In-place rewrites: answers that change the arrays that they are given, or have just made."""

import ast
from collections.abc import Iterator

import numpy as np

from .rewriting import Answered, each_statement, names_in

VIEWS = {"reshape", "transpose", "ravel", "squeeze", "view", "asarray", "swapaxes", "expand", "permute"}
SIMPLE = (ast.Assign, ast.Return, ast.Expr)
CLOSED = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda, ast.IfExp, ast.BoolOp)


def in_place(answered: Answered) -> None:
    def statements(statement: ast.stmt) -> list[ast.stmt]:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, ast.Name) and _may_change(answered, target.id):
                steps = _steps(statement.value, target.id)
                return steps if steps else [statement]
        if isinstance(statement, ast.Return) and statement.value is not None:
            return _returned_in_place(answered, statement)
        return [statement]

    each_statement(answered, statements)


def _returned_in_place(answered: Answered, statement: ast.Return) -> list[ast.stmt]:
    """`return w - lr * v, v` as `w -= lr * v; return w, v`."""
    many = isinstance(statement.value, ast.Tuple)
    parts = list(statement.value.elts) if many else [statement.value]
    before = []
    for number, part in enumerate(parts):
        others = {name for other in parts[:number] + parts[number + 1 :] for name in names_in(other)}
        for name in names_in(part):
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
    left, right = name in names_in(expression.left), name in names_in(expression.right)
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
            if isinstance(node, ast.Lambda | ast.FunctionDef) and name in names_in(node):
                return False
            if isinstance(node, ast.For) and name in names_in(node.target):
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


def result_in_place(answered: Answered) -> None:
    def statements(statement: ast.stmt) -> list[ast.stmt]:
        term = next(_sums(statement), None) if isinstance(statement, SIMPLE) else None
        if term is None:
            return [statement]
        name = f"part_{statement.lineno}"
        first = ast.Assign([ast.Name(name, ast.Store())], term.left)
        second = ast.AugAssign(ast.Name(name, ast.Store()), term.op, term.right)
        return [first, second, _Put(term, ast.Name(name, ast.Load())).visit(statement)]

    each_statement(answered, statements)


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
