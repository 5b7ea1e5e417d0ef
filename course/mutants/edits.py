"""Syntax tree edit: a place in a tree, and one change there."""

import ast
from dataclasses import dataclass

LONGEST = 90  # letters of a label


@dataclass(frozen=True)
class Site:
    """A node, the field of its parent in which it stands, and the statement around it."""

    node: ast.AST
    parent: ast.AST
    field: str
    position: int | None  # in the field's list
    statement: ast.stmt

    @property
    def line(self) -> int:
        """The node's line, counted from 1."""
        return self.node.lineno


@dataclass(frozen=True)
class Edit:
    """A new value for one field of one node, and how it is named."""

    operator: str
    site: Site
    parent: ast.AST
    field: str
    value: object
    old: str
    new: str
    after: str = ""  # the new line, where it is not the old statement changed


def replaced(operator: str, site: Site, new: ast.AST) -> Edit:
    """The edit that puts `new` in the node's place."""
    new = ast.copy_location(new, site.node)
    value = new
    if site.position is not None:
        value = list(getattr(site.parent, site.field))
        value[site.position] = new
    after = one_line(new) if isinstance(new, ast.stmt) else ""
    return Edit(operator, site, site.parent, site.field, value, one_line(site.node), one_line(new), after)


def copied(node: ast.AST) -> ast.AST:
    """A copy of a tree: its fields and places alone, not what IPython has noted on nodes that trees share."""
    fields = {name: _copied_field(value) for name, value in ast.iter_fields(node)}
    return ast.copy_location(type(node)(**fields), node)


def _copied_field(value: object) -> object:
    if isinstance(value, list):
        return [_copied_field(item) for item in value]
    return copied(value) if isinstance(value, ast.AST) else value


def one_line(node: ast.AST) -> str:
    """The node as code, in one line that is not too long."""
    lines = ast.unparse(node).splitlines()
    text = lines[0] + (" …" if len(lines) > 1 else "")
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
