"""Mutation operators for expressions."""

import ast
from collections.abc import Iterator

from .edits import Edit, Site, replaced

ARITHMETIC = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
ORDERED = (ast.Sub, ast.Div, ast.FloorDiv, ast.MatMult, ast.Pow)  # a op b is not b op a
LEFT_OUT = {  # what may stay of a op b when the other is left out: 0 the left, 1 the right
    ast.Add: (0, 1),
    ast.Mult: (0, 1),
    **dict.fromkeys((ast.Sub, ast.Div, ast.Pow, ast.FloorDiv, ast.Mod), (0,)),
}
COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}


def expression_edits(site: Site) -> Iterator[Edit]:
    """All changes of this file at one place."""
    for operator, changes in EXPRESSIONS.items():
        for new in changes(site):
            yield replaced(operator, site, new)
    if isinstance(site.node, ast.AugAssign):
        for kind in ARITHMETIC.get(type(site.node.op), ()):
            new = ast.AugAssign(site.node.target, kind(), site.node.value)
            yield replaced("arithmetic", site, new)


def _arithmetic(site: Site) -> Iterator[ast.expr]:
    node = site.node
    if isinstance(node, ast.BinOp):
        for kind in ARITHMETIC.get(type(node.op), ()):
            yield ast.BinOp(node.left, kind(), node.right)


def _operands(site: Site) -> Iterator[ast.expr]:
    node = site.node
    free = isinstance(getattr(node, "op", None), ast.Sub) and _is_even(site.parent)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ORDERED) and not free:
        yield ast.BinOp(node.right, node.op, node.left)


def _left_out(site: Site) -> Iterator[ast.expr]:
    node = site.node
    if isinstance(node, ast.BinOp):
        for side in LEFT_OUT.get(type(node.op), ()):
            yield (node.left, node.right)[side]
    if isinstance(node, ast.BoolOp):
        for number in range(len(node.values)):
            rest = node.values[:number] + node.values[number + 1 :]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _comparison(site: Site) -> Iterator[ast.expr]:
    node = site.node
    if isinstance(node, ast.Compare):
        for number, operator in enumerate(node.ops):
            for kind in COMPARISONS.get(type(operator), ()):
                operators = [*node.ops[:number], kind(), *node.ops[number + 1 :]]
                yield ast.Compare(node.left, operators, node.comparators)
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def _constant(site: Site) -> Iterator[ast.expr]:
    if _negative(site.parent):
        return  # moved with its sign
    number = _number(site.node)
    if isinstance(number, bool):
        if _keyword(site) not in ("keepdims", "keepdim", "strict"):  # left out instead, or not for values
            yield ast.Constant(not number)
    elif isinstance(number, int):
        free = number < 0 and getattr(getattr(site.parent, "func", None), "attr", "") in ("reshape", "view")
        for moved in dict.fromkeys((number + 1, number - 1, 0)):
            if moved != number and not (free and moved < 0):  # to numpy, -2 is what -1 is
                yield _written(moved)
    elif isinstance(number, float):
        yield from map(_written, (number * 10, number * 0.5) if number else (1.0,))


def _sign(site: Site) -> Iterator[ast.expr]:
    node = site.node
    if isinstance(node, ast.UnaryOp) and not (_negative(node) and _keyword(site) in ("axis", "dim")):
        yield node.operand


def _condition(site: Site) -> Iterator[ast.expr]:
    if site.field == "test" and isinstance(site.parent, ast.If | ast.While | ast.IfExp):
        yield ast.UnaryOp(ast.Not(), site.node)
        yield ast.Constant(True)
        yield ast.Constant(False)


def _filters(site: Site) -> Iterator[ast.expr]:
    node = site.node
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        for number, part in enumerate(node.generators):
            if part.ifs:
                bare = ast.comprehension(part.target, part.iter, [], part.is_async)
                parts = [*node.generators[:number], bare, *node.generators[number + 1 :]]
                yield type(node)(node.elt, parts)


def _off_by_one(site: Site) -> Iterator[ast.expr]:
    node = site.node
    if isinstance(node, ast.Subscript):
        many = isinstance(node.slice, ast.Tuple)
        parts = node.slice.elts if many else [node.slice]
        for number, part in enumerate(parts):
            for moved in _moved_index(part):
                changed = [*parts[:number], moved, *parts[number + 1 :]]
                inner = ast.Tuple(changed, ast.Load()) if many else changed[0]
                yield ast.Subscript(node.value, inner, node.ctx)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("range", "slice"):
        for number, bound in enumerate(node.args[:2]):
            for moved in _moved(bound):
                yield ast.Call(
                    node.func, [*node.args[:number], moved, *node.args[number + 1 :]], node.keywords
                )


def _moved_index(part: ast.expr) -> Iterator[ast.expr]:
    if isinstance(part, ast.Slice):
        for lower in _moved(part.lower) if part.lower else [ast.Constant(1)]:
            yield ast.Slice(lower, part.upper, part.step)
        for upper in _moved(part.upper) if part.upper else [_written(-1)]:
            yield ast.Slice(part.lower, upper, part.step)
        if part.step:
            yield ast.Slice(part.lower, part.upper, None)
    elif isinstance(part, ast.Name | ast.BinOp):
        yield ast.BinOp(part, ast.Sub(), ast.Constant(1))


def _moved(bound: ast.expr) -> Iterator[ast.expr]:
    if _number(bound) is None:  # constants are moved by themselves
        yield ast.BinOp(bound, ast.Add(), ast.Constant(1))
        yield ast.BinOp(bound, ast.Sub(), ast.Constant(1))


def _is_even(around: ast.AST) -> bool:
    """Whether the sign of what stands in it does not matter: |x|, a norm, a square."""
    if isinstance(around, ast.Call):
        return getattr(around.func, "attr", getattr(around.func, "id", "")) in ("abs", "norm", "square")
    return isinstance(around, ast.BinOp) and isinstance(around.op, ast.Pow) and _number(around.right) == 2


def _negative(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and isinstance(node.operand, ast.Constant)
    )


def _number(node: ast.AST) -> int | float | None:
    if _negative(node):
        return -node.operand.value
    plain = isinstance(node, ast.Constant) and isinstance(node.value, int | float)
    return node.value if plain else None


def _written(number: float) -> ast.expr:
    return ast.parse(repr(number), mode="eval").body


def _keyword(site: Site) -> str:
    return (site.parent.arg or "") if isinstance(site.parent, ast.keyword) else ""


EXPRESSIONS = {
    "arithmetic": _arithmetic,
    "operands exchanged": _operands,
    "term left out": _left_out,
    "comparison": _comparison,
    "constant": _constant,
    "sign dropped": _sign,
    "condition": _condition,
    "filter left out": _filters,
    "off by one": _off_by_one,
}
