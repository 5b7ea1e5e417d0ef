"""Rewriter: what the programs share that write an answer differently."""

import ast
import copy
from collections.abc import Callable
from dataclasses import dataclass


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


def each_statement(answered: Answered, statements: Callable[[ast.stmt], list[ast.stmt]]) -> None:
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


def names_in(node: ast.AST) -> list[str]:
    """Names in a piece of code, in reading order, each once."""
    names = [item for item in ast.walk(node) if isinstance(item, ast.Name)]
    names.sort(key=lambda item: (item.lineno, item.col_offset) if hasattr(item, "lineno") else (0, 0))
    return list(dict.fromkeys(item.id for item in names))
