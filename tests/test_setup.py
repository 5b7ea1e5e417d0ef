"""What must be installed stands in one place, and what can be done stands in the README."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_conda_brings_python_and_pip_brings_the_rest():
    """environment.yml names python, pip and this package, and nothing that pyproject.toml does not name."""
    text = (ROOT / "environment.yml").read_text("utf-8")
    lines = [line.split(" #")[0].rstrip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    at = lines.index("dependencies:")
    assert set(lines[:at]) <= {"name: course", "channels:", "  - conda-forge"}
    named = [line.strip().removeprefix("- ") for line in lines[at + 1 :]]
    assert named == [f"python{PROJECT['requires-python']}", "pip", "pip:", "-e .[dev]"]
    assert "dev" in PROJECT["optional-dependencies"]


def names_of(requirements):
    """The names of packages without their versions."""
    return {re.split(r"[<>=\[ ;]", requirement)[0].lower() for requirement in requirements}


def test_every_import_is_declared():
    """What the library imports is the standard library or a dependency that pyproject.toml names.

    The book may import what its extra brings.
    """
    declared = names_of(PROJECT["dependencies"])
    for_the_book = declared | names_of(PROJECT["optional-dependencies"]["book"])
    imported = {}
    for path in sorted((ROOT / "course").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for name in names:
                imported.setdefault((name.split(".")[0].lower(), path.parent.name == "book"), path.name)
    comes_with = {
        **{"ipython": "ipykernel", "traitlets": "ipykernel", "zmq": "ipykernel", "jupyter_core": "nbclient"},
        **{"jupyter_client": "nbclient", "pil": "pillow", "docutils": "sphinx", "nbconvert": "jupyterlab"},
        **{"packaging": "jupyterlab", "matplotlib_inline": "ipykernel", "sklearn": "scikit-learn"},
    }
    for (name, in_book), path in imported.items():
        if name != "course" and name not in sys.stdlib_module_names:
            assert {name, comes_with.get(name, name)} & (for_the_book if in_book else declared), (
                f"{path} imports {name}: pyproject.toml lacks it"
            )


@pytest.mark.parametrize(
    "name", ["torch", "torchvision", "jupyterlab", "ipywidgets", "matplotlib", "papermill"]
)
def test_lower_bounds_are_loose(name):
    """Core packages have a lower bound and no upper one."""
    (line,) = [line for line in PROJECT["dependencies"] if re.split(r"[<>=]", line)[0] == name]
    assert re.fullmatch(rf"{name}>=\d+(\.\d+)*", line)


def commands():
    """The functions under @app.command() in course/cli/."""
    for path in sorted((ROOT / "course" / "cli").glob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            for decorator in getattr(node, "decorator_list", []):
                if ast.unparse(decorator).startswith("app.command"):
                    yield node.name


def test_the_readme_knows_every_command():
    """Each command of the command line is explained in the README, and has a line of help."""
    readme = (ROOT / "README.md").read_text("utf-8")
    found = list(commands())
    assert len(found) >= 5
    for command in found:
        assert f"`course {command}" in readme, f"the README does not mention course {command}"


def test_make_targets_in_the_readme_exist():
    """Every `make TARGET` that the README or CONTRIBUTING tells people to type is in the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text("utf-8")
        for target in re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE):
            assert target in targets, f"{name}: make {target}"
