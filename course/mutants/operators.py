"""Mutation operators: one change at a time in an answer cell, on its syntax tree.

Only what a student writes is changed: code between ### BEGIN SOLUTION and ### END SOLUTION, no signature, no
docstring, no given line. The operators, by file:

    expressions   arithmetic, operands and comparisons exchanged, a term or factor left out, constants moved,
                  signs dropped, and / or, conditions negated or fixed, slices and indices off by one
    library       an argument, axis, keepdims, copy, root or element left out; mean and sum, max and min
    statements    a statement left out, results in another order, a result replaced by the argument
    parameters    a parameter ignored (fixed at what the question passes), two exchanged, a pair turned,
                  another generator, an argument changed that must not be, one handed back
    sizes         a length fixed at what the question passes

They are ours. cosmic-ray's and mutmut's change files and judge by a test runner, and neither knows axes,
keepdims, generators or the arguments of a question.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from course.notebooks.cells import BEGIN_SOLUTION, END_SOLUTION

from .edits import Edit, Site, copied, one_line
from .expressions import expression_edits
from .library import library_edits
from .parameters import Call, parameter_edits
from .sizes import size_edits
from .statements import statement_edits

OPERATORS = (expression_edits, library_edits, statement_edits)


@dataclass(frozen=True)
class Mutant:
    """An answer cell with one change."""

    operator: str
    line: int  # in the cell, counted from 1
    old: str  # what stood there: an expression, or a statement
    new: str
    before: str = field(compare=False)  # the statement around it
    after: str = field(compare=False)
    tree: ast.Module = field(compare=False, repr=False)

    @property
    def label(self) -> str:
        """The change as the table prints it and the notebook names it."""
        return f"`{self.old}` → `{self.new}`"


def mutants_of(source: str, calls: list[Call] = (), names: dict | None = None) -> list[Mutant]:
    """All mutants of an answer cell, no two of them the same code.

    Args:
        source: the cell's code with its markers.
        calls: how the question calls the cell's functions: (name, arguments by parameter); without them no
            parameter is fixed or exchanged.
        names: the notebook's namespace, in which functions that a question passes have their names.
    """
    tree = ast.parse(source)
    seen, mutants = {ast.unparse(tree)}, []
    for edit in _edits(tree, regions(source), calls, names or {}):
        statement = edit.site.statement
        before = one_line(statement)
        kept = getattr(edit.parent, edit.field)
        setattr(edit.parent, edit.field, edit.value)
        try:
            text = ast.unparse(tree)
            if text not in seen:
                seen.add(text)
                after = edit.after or one_line(statement)
                changed = copied(ast.fix_missing_locations(tree))
                mutants.append(
                    Mutant(edit.operator, edit.site.line, edit.old, edit.new, before, after, changed)
                )
        finally:
            setattr(edit.parent, edit.field, kept)
    return mutants


def regions(source: str) -> list[range]:
    """The lines of a cell, counted from 1, that a student writes."""
    spans, start = [], None
    for number, line in enumerate(source.splitlines(), start=1):
        if line.strip() == BEGIN_SOLUTION:
            start = number
        elif line.strip() == END_SOLUTION and start is not None:
            spans.append(range(start + 1, number))
            start = None
    return spans


def _edits(tree: ast.Module, inside: list[range], calls: list[Call], names: dict) -> Iterator[Edit]:
    arguments: dict[str, object] = {}
    for _function, passed in calls:
        arguments = passed | arguments  # what was passed first
    for site in list(_sites(tree, inside)):
        for edits in OPERATORS:
            yield from edits(site)
        yield from size_edits(site, arguments)
    yield from parameter_edits(tree, inside, calls, names)


def _sites(tree: ast.AST, inside: list[range], statement: ast.stmt | None = None) -> Iterator[Site]:
    """Every node that may be changed, with the place where it stands and the statement around it."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list") or isinstance(tree, ast.JoinedStr):
            continue
        for position, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or _is_docstring(node):
                continue
            around = node if isinstance(node, ast.stmt) else statement
            line = getattr(node, "lineno", 0)
            if around is not None and any(line in lines for lines in inside):
                yield Site(node, tree, name, position, around)
            yield from _sites(node, inside, around)


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
