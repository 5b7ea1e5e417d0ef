"""What must be installed stands in one place, and the README and its guides say what can be done."""

import ast
import json
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from course import __version__
from course.notebooks.document import read_notebook
from course.notebooks.handout import FROM_CHECKOUT

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


MAY_USE = {  # rooms of the staff tower, and the extras that their commands name when they are missing
    "notebooks": {"grading"},
    "mutants": {"grading"},
    "grading": {"grading", "cluster"},
    "book": {"book", "grading"},
}


def test_every_import_is_declared():
    """What the library imports is the standard library or what pyproject.toml asks for.

    Students' rooms import what is always installed; the others also what their extras bring.
    """
    declared = names_of(PROJECT["dependencies"])
    extras = {extra: names_of(lines) for extra, lines in PROJECT["optional-dependencies"].items()}
    imported = {}
    for path in sorted((ROOT / "course").rglob("*.py")):
        room = path.relative_to(ROOT / "course").parts[0]
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for name in names:
                imported.setdefault((name.split(".")[0].lower(), room), path.name)
    comes_with = {
        **{
            "ipython": "ipykernel",
            "traitlets": "ipykernel",
            "zmq": "ipykernel",
            "jupyter_core": "jupyterlab",
        },
        **{"jupyter_client": "ipykernel", "pil": "pillow", "docutils": "sphinx", "nbconvert": "jupyterlab"},
        **{"packaging": "jupyterlab", "matplotlib_inline": "ipykernel", "sklearn": "scikit-learn"},
    }
    for (name, room), path in imported.items():
        allowed = declared.union(*(extras[extra] for extra in MAY_USE.get(room, ())))
        if name != "course" and name not in sys.stdlib_module_names:
            assert {name, comes_with.get(name, name)} & allowed, f"{room}/{path} imports {name}: undeclared"


@pytest.mark.parametrize("name", ["torch", "torchvision", "jupyterlab", "ipywidgets", "matplotlib"])
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


PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
GUIDES = ["students", "instructors", "maintainers", "training"]  # of docs/, which README.md links to


def test_a_guide_explains_every_command():
    """Each command of the command line is explained in a page of docs/ that the README links to."""
    readme = (ROOT / "README.md").read_text("utf-8")
    texts = [(ROOT / "docs" / f"{name}.md").read_text("utf-8") for name in GUIDES]
    assert all(f"(docs/{name}.md)" in readme for name in GUIDES)
    found = list(commands())
    assert len(found) >= 5
    for command in found:
        assert any(f"`course {command}" in text for text in texts), f"no guide mentions course {command}"


def test_every_command_that_a_page_names_exists():
    """`course WORD` in README, CONTRIBUTING and docs/ is a command of the command line."""
    known = set(commands())
    for page in PAGES:
        text = page.read_text("utf-8")
        for word in re.findall(r"(?:`|^)course ([a-z]+)\b", text, re.MULTILINE):
            assert word in known, f"{page.name}: course {word}"


def test_the_readme_is_short():
    """120 lines at most, and the two commands of a newcomer stand on its first screen."""
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert len(lines) <= 120
    first = "\n".join(lines[:45])
    assert "course start" in first and "course lab" in first and "make test" in first and "<img" in first


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page):
    """Each relative link of README, CONTRIBUTING and docs/ leads to a file, and to a heading where named."""
    text = page.read_text("utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    for link in links:
        path, _, heading = link.partition("#")
        if "://" in link:
            continue
        target = page.parent / path if path else page
        assert target.exists(), f"{page.name}: {link}"
        if heading and target.suffix == ".md":
            titles = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
            assert heading in slugs, f"{page.name}: {link}"


def test_make_targets_exist():
    """Every `make TARGET` that README, CONTRIBUTING or docs/ tells people to type is in the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in PAGES:
        for target in re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE):
            assert target in targets, f"{page.name}: make {target}"


@pytest.mark.parametrize("folder", ["lectures", "solutions", "exercises"])
def test_the_first_cell_says_how_to_install(folder):
    """Each notebook's first cell ends with the line for pip, for a kernel in which `course` is missing."""
    paths = sorted((ROOT / folder).glob("*.ipynb"))
    assert len(paths) >= 10
    for path in paths:
        assert read_notebook(path).cells[0].source.endswith(f"\n\n{FROM_CHECKOUT}"), path.name


def test_the_citation_is_of_this_version():
    """CITATION.cff names the version and the licences of the distribution, whose texts stand beside it."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert cited["version"] == __version__
    assert " AND ".join(cited["license"]) == PROJECT["license"]
    assert [author["name"] for author in cited["authors"]] == [
        author["name"] for author in PROJECT["authors"]
    ]
    assert all((ROOT / name).is_file() for name in PROJECT["license-files"])


def test_the_container_installs_an_extra_that_exists():
    """What VS Code and Codespaces set up is JSON, and its command asks pip for extras of pyproject.toml."""
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    (extra,) = re.findall(r"'\.\[(\w+)\]'", container["postCreateCommand"])
    assert extra in PROJECT["optional-dependencies"]
