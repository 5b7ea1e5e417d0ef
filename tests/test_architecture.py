"""The house keeps its shape: small rooms, no drawers, imports that run one way."""

import ast
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[1] / "course"
FILES = sorted(COURSE.rglob("*.py"))
NO_DRAWERS = {"util", "utils", "helper", "helpers", "common", "misc", "base", "core", "types"}

STUDENT = {"data", "nn", "optim", "transforms", "models", "losses", "neighbors", "autograd"}
MAY_IMPORT = {
    **{room: {"errors"} for room in STUDENT},
    "models": {"errors", "nn", "tables"},
    "claims": set(),
    "tables": {"claims"},
    "errors": set(),
    "extras": set(),
    "scratch": set(),
    "threads": set(),
    "questions": {"errors"},
    "training": STUDENT | {"errors", "threads"},
    "visualize": STUDENT | {"claims", "errors", "tables", "training"},
    "recipes": STUDENT | {"errors", "training", "visualize"},
    "widgets": STUDENT | {"errors", "training", "visualize"},
    "notebooks": {"errors", "scratch", "questions"},
    "sandbox": {"errors", "scratch", "threads"},
    "grading": {"errors", "scratch", "questions", "notebooks", "sandbox"},
    "lab": {"errors", "extras", "questions", "notebooks", "sandbox"},
    "book": {"errors", "extras", "notebooks"},
    "mutants": {"errors", "questions", "notebooks"},
    "cli": {
        *("errors", "extras", "questions", "notebooks", "sandbox", "grading", "lab", "book", "mutants"),
        *("recipes", "training"),
    },
    "__main__": {"cli"},
    "__init__": {"threads"},
}
WITHOUT_TORCH = {
    *("errors", "scratch", "questions", "notebooks", "sandbox", "grading", "lab", "book", "cli", "mutants"),
    *("__main__", "__init__", "claims", "extras", "tables", "threads"),
}


def room_of(path):
    return path.relative_to(COURSE).parts[0].removesuffix(".py")


def imports(path):
    """Absolute names imported anywhere in the file, relative ones resolved."""
    package = ("course", *path.relative_to(COURSE).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            name = ".".join([*base, *([node.module] if node.module else [])])
            yield name
            if name in ("course", ".".join(base)):
                yield from (f"{name}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(COURSE)))
def test_imports_run_one_way(path):
    """A room imports only the rooms below it; the staff tower and the questions never import torch."""
    room = room_of(path)
    assert room in MAY_IMPORT, f"course/{room} is a new room: give it a place in MAY_IMPORT"
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "course" and len(parts) > 1 and parts[1] != "__version__":
            assert parts[1] in MAY_IMPORT[room] | {room}, f"{room} must not import {name}"
        if room in WITHOUT_TORCH:
            assert parts[0] not in ("torch", "torchvision"), f"{room} must not import {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(COURSE)))
def test_rooms_are_small(path):
    """A file has at most 300 lines, a function 60, a class 200 and 15 methods; nothing is called utils."""
    text = path.read_text("utf-8")
    assert path.stem not in NO_DRAWERS and not set(path.relative_to(COURSE).parts) & NO_DRAWERS
    assert len(text.splitlines()) <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            lines = node.end_lineno - node.lineno + 1
            assert lines <= (200 if isinstance(node, ast.ClassDef) else 60), f"{node.name}: {lines} lines"
        if isinstance(node, ast.ClassDef):
            methods = sum(isinstance(item, ast.FunctionDef) for item in node.body)
            assert methods <= 15, f"{node.name}: {methods} methods"
