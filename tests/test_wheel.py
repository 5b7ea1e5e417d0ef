"""The wheel, as a student meets it: installed, laid out, solved, brought up to date; no checkout is near."""

import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from course.lab.progress import read_progress
from course.notebooks.cells import role
from course.notebooks.document import read_notebook, write_notebook

ROOT = Path(__file__).parents[1]
PARTS = (
    *("course", "lectures", "exercises", "docs"),
    *("pyproject.toml", "setup.py", "README.md", "LICENSE", "LICENSE-TEXT"),
)
SESSION = "06_optimizers"

pytestmark = [
    pytest.mark.nightly("builds two wheels and makes an environment"),
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="paths of an environment as on POSIX"),
]


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """What a wheel is built from, without solutions and tests."""
    folder = tmp_path_factory.mktemp("sources")
    for part in PARTS:
        path = ROOT / part
        if path.is_dir():
            shutil.copytree(path, folder / part, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(path, folder)
    return folder


def run(*command, cwd):
    """Run a command that must succeed; returns what it printed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def built(sources, out):
    """The wheel of these sources."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "-q"]
    run(*pip, "--no-deps", "--no-build-isolation", "-w", out, sources, cwd=out.parent)
    (wheel,) = out.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(sources, tmp_path_factory):
    return built(sources, tmp_path_factory.mktemp("first") / "dist")


@pytest.fixture(scope="module")
def bin(tmp_path_factory):
    """The programs of an environment that sees the packages of ours, but not our `course`."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    # a path in a .pth file does not run the .pth files that lie there: no editable package is seen
    (site / "ours.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return folder / "bin"


def install(wheel, bin):
    pip = [bin / "python", "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    run(*pip, "--no-deps", "--no-index", "--force-reinstall", wheel, cwd=wheel.parent)


def test_the_wheel_carries_no_solution(wheel):
    """Lectures, exercises, pages, answers for the cards, both licences; no solution and no test."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        exercises = [archive.read(name).decode("utf-8") for name in names if "/exercises/" in name]
    assert f"course/handout/lectures/{SESSION}.ipynb" in names and "course/handout/docs/glossary.md" in names
    assert f"course/questions/public/{SESSION}.json" in names
    assert len([name for name in names if "licenses/LICENSE" in name]) == 2
    assert not [name for name in names if re.match(r"(solutions|tests|course/handout/solutions)", name)]
    assert len(exercises) == len(list((ROOT / "exercises").glob("*.ipynb"))) and not [
        text for text in exercises if "@mistake" in text or "SOLUTION" in text
    ]


def test_a_students_first_hour(sources, wheel, bin, tmp_path):
    """start, two questions solved and judged, a newer wheel, --update: nothing that was written is lost."""
    install(wheel, bin)
    said = run(bin / "python", "-c", "import course; print(course.__file__)", cwd=tmp_path)
    assert Path(said.strip()).is_relative_to(bin.parent), "the environment's own package is the one that runs"
    assert run(bin / "course", "start", "mine", cwd=tmp_path).startswith("10 sessions in mine")
    exercise = tmp_path / "mine" / "exercises" / f"{SESSION}.ipynb"
    solve(exercise, ["sgd", "momentum"])
    convert = [bin / "python", "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", exercise.name]
    run(*convert, cwd=exercise.parent)
    found = read_progress(tmp_path / "mine", SESSION)
    assert found.state == f"{found.earned} of {found.points} points" and 0 < found.earned < found.points
    mine = exercise.read_bytes()

    newer = sources.parent / "newer"
    shutil.copytree(sources, newer, ignore=shutil.ignore_patterns("build", "*.egg-info"))
    init = newer / "course" / "__init__.py"
    init.write_text(
        re.sub(r'__version__ = "[^"]*"', '__version__ = "99.0"', init.read_text("utf-8")), "utf-8"
    )
    answer_anew(newer)
    change(newer / "exercises" / f"{SESSION}.ipynb", "momentum-text")
    change(newer / "lectures" / f"{SESSION}.ipynb", "title")
    install(built(newer, tmp_path / "dist"), bin)
    run(*convert[:-2], "--output", "again.ipynb", exercise.name, cwd=exercise.parent)
    again = (exercise.parent / "again.ipynb").read_text("utf-8")
    assert "not judged, for the answers at hand are of another release" in again and "· correct" not in again
    (exercise.parent / "again.ipynb").unlink()
    lines = run(bin / "course", "start", "--update", cwd=exercise.parent).splitlines()
    assert len(lines) == 2
    assert lines[0] == (
        f"exercises/{SESSION}.ipynb stays as you wrote it, with your answers (sgd, momentum); "
        f"the newer one stands beside it: {SESSION}.new.ipynb; it changes momentum"
    )
    assert lines[1].endswith("→ 99.0: 0 files new, 1 renewed, 1 kept")
    assert exercise.read_bytes() == mine
    assert b"A new sentence." in (exercise.parent / f"{SESSION}.new.ipynb").read_bytes()
    assert b"A new sentence." in (tmp_path / "mine" / "lectures" / f"{SESSION}.ipynb").read_bytes()


def solve(exercise, questions):
    """Fill in the answers of these questions, as the solution has them."""
    solution = read_notebook(ROOT / "solutions" / exercise.name)
    right = {
        cell.id: "\n".join(line for line in cell.source.splitlines() if not line.strip().startswith("### "))
        for cell in solution.cells
        if role(cell) == "answer"
    }
    notebook = read_notebook(exercise)
    for cell in notebook.cells:
        if cell.id in [f"{question}-answer" for question in questions]:
            cell.source = right[cell.id]
    write_notebook(notebook, exercise)


def answer_anew(sources):
    """A release with other answers: the digest of its answers is another one, and its exercise names it."""
    answers = sources / "course" / "questions" / "public" / f"{SESSION}.json"
    old = re.search(r'"digest": "(\w{8})"', answers.read_text("utf-8"))[1]
    for path in (answers, sources / "exercises" / f"{SESSION}.ipynb"):
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, "0" * 8), "utf-8")


def change(path, name):
    """Add a sentence to a cell of a release."""
    from course.notebooks.written import RELEASED, stamp

    notebook = read_notebook(path)
    next(cell for cell in notebook.cells if cell.id == name).source += "\n\nA new sentence."
    if path.parent.name == "exercises":
        stamp(notebook, RELEASED)
    write_notebook(notebook, path)
