"""The house keeps its shape: small rooms, no drawers, imports that run one way."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[1] / "course"
FILES = sorted(COURSE.rglob("*.py"))
NO_DRAWERS = {"util", "utils", "helper", "helpers", "common", "misc", "base", "core", "types"}

STUDENT = {"data", "nn", "optim", "transforms", "models", "losses", "neighbors", "autograd"}
MAY_IMPORT = {
    **{room: {"checks", "errors"} for room in STUDENT},
    "models": {"checks", "errors", "nn", "tables"},
    "checks": {"errors"},
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


BRITISH = re.compile(
    r"(colour|behaviour|neighbour|favour|flavour|honour)|centre|centring|\bgrey|licence|catalogue|judgement|artefact"
    r"|labell(ed|ing)|travell(ed|er|ing)|(?<!para)metres|analyse(d|\b)|analysing"
    r"|(initial|normal|optim|organ|recogn|summar|general|regular|visual|standard|minim|maxim|random|serial"
    r"|vector|penal|equal|local|discret|quant)is(e|ed|es|er|ing|ation)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(COURSE)))
def test_spelling_is_american(path):
    """Names, comments and docstrings are spelled as in torch; texts on pictures keep the notebooks' own."""
    source = path.read_text("utf-8")
    docstrings = {
        (node.value.lineno, node.value.col_offset)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.NAME, tokenize.COMMENT) or token.start in docstrings:
            british = BRITISH.search(token.string)
            assert not british, f"line {token.start[0]}: {british[0]!r} is British"


EXPORTS = sorted(path for path in COURSE.glob("*/__init__.py") if "__all__" in path.read_text("utf-8"))


@pytest.fixture(scope="module")
def uses():
    """All words of notebooks, tests, benchmarks and pages."""
    root = COURSE.parent
    kinds = ("lectures/*.ipynb", "solutions/*.ipynb", "docs/*.md", "docs/*.py", "*.md", "benchmarks/*")
    paths = [*(path for kind in kinds for path in root.glob(kind)), *(root / "tests").rglob("*.py")]
    return set(re.findall(r"\w+", "\n".join(path.read_text("utf-8") for path in paths if path.is_file())))


@pytest.mark.parametrize("path", EXPORTS, ids=lambda p: p.parent.name)
def test_exports_are_used(path, uses):
    """A name stands in `__all__` because a notebook, a test or a page uses it."""
    (exports,) = [
        node.value
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"
    ]
    names = [item.value for item in exports.elts if isinstance(item, ast.Constant)]
    assert [name for name in names if name not in uses] == []
