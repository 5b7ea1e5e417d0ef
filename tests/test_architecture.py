"""The house keeps its shape: small rooms, no drawers, imports that run one way."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[1] / "course"
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


@pytest.fixture(scope="module")
def files():
    """Text and syntax tree of every file of the library, by its path below course/."""
    texts = {path.relative_to(COURSE): path.read_text("utf-8") for path in COURSE.rglob("*.py")}
    return {path: (text, ast.parse(text)) for path, text in sorted(texts.items())}


def imports(path, tree):
    """Absolute names imported anywhere in the file, relative ones resolved."""
    package = ("course", *path.parts[:-1])
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            name = ".".join([*base, *([node.module] if node.module else [])])
            yield name
            if name in ("course", ".".join(base)):
                yield from (f"{name}.{alias.name}" for alias in node.names)


def test_imports_run_one_way(files):
    """A room imports only the rooms below it; the staff tower and the questions never import torch."""
    faults = []
    for path, (_, tree) in files.items():
        room = path.parts[0].removesuffix(".py")
        assert room in MAY_IMPORT, f"course/{room} is a new room: give it a place in MAY_IMPORT"
        for name in imports(path, tree):
            first, *inner = name.split(".")
            if first == "course" and inner and inner[0] not in MAY_IMPORT[room] | {room, "__version__"}:
                faults.append(f"course/{path} must not import {name}")
            if room in WITHOUT_TORCH and first in ("torch", "torchvision"):
                faults.append(f"course/{path} must not import {name}")
    assert faults == []


def test_rooms_are_small(files):
    """A file has at most 300 lines, a function 60, a class 200 and 15 methods; nothing is called utils."""
    faults = [f"course/{path}" for path in files if {path.stem, *path.parts} & NO_DRAWERS]
    for path, (text, tree) in files.items():
        sizes = [("it", len(text.splitlines()), 300)]
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                lines = node.end_lineno - node.lineno + 1
                sizes.append((node.name, lines, 200 if isinstance(node, ast.ClassDef) else 60))
            if isinstance(node, ast.ClassDef):
                methods = sum(isinstance(item, ast.FunctionDef) for item in node.body)
                sizes.append((f"methods of {node.name}", methods, 15))
        faults += [f"course/{path}: {name}: {size}" for name, size, most in sizes if size > most]
    assert faults == []


BRITISH = re.compile(
    r"(colour|behaviour|neighbour|favour|flavour|honour)|centre|centring|\bgrey|licence|catalogue|judgement|artefact"
    r"|labell(ed|ing)|travell(ed|er|ing)|(?<!para)metres|analyse(d|\b)|analysing"
    r"|(initial|normal|optim|organ|recogn|summar|general|regular|visual|standard|minim|maxim|random|serial"
    r"|vector|penal|equal|local|discret|quant)is(e|ed|es|er|ing|ation)\b",
    re.IGNORECASE,
)


def test_spelling_is_american(files):
    """Names, comments and docstrings are spelled as in torch; texts on pictures keep the notebooks' own."""
    faults = []
    for path, (text, tree) in files.items():
        if not BRITISH.search(text):
            continue
        docstrings = {
            (node.value.lineno, node.value.col_offset)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in (tokenize.NAME, tokenize.COMMENT) or token.start in docstrings:
                british = BRITISH.search(token.string)
                if british:
                    faults.append(f"course/{path}, line {token.start[0]}: {british[0]!r} is British")
    assert faults == []


@pytest.fixture(scope="module")
def uses():
    """All words of notebooks, tests, benchmarks and pages."""
    root = COURSE.parent
    kinds = ("lectures/*.ipynb", "solutions/*.ipynb", "docs/*.md", "docs/*.py", "*.md", "benchmarks/*")
    paths = [*(path for kind in kinds for path in root.glob(kind)), *(root / "tests").rglob("*.py")]
    return set(re.findall(r"\w+", "\n".join(path.read_text("utf-8") for path in paths if path.is_file())))


def test_exports_are_used(files, uses):
    """A name stands in `__all__` because a notebook, a test or a page uses it."""
    faults = []
    for path, (text, tree) in files.items():
        if path.name == "__init__.py" and len(path.parts) == 2 and "__all__" in text:
            (exports,) = [
                node.value
                for node in tree.body
                if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"
            ]
            names = [item.value for item in exports.elts if isinstance(item, ast.Constant)]
            faults += [f"course/{path}: {name}" for name in names if name not in uses]
    assert faults == []
