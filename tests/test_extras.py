"""A student's installation is enough for a student, and the rest says in one line what it lacks."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from course.extras import DISTRIBUTION, missing_package, pip_command

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
FROM_JUPYTERLAB = {"nbclient", "jinja2"}  # which students have
# Every module of an extra is made as if it were not installed; then the rest of the line runs.
WITHOUT = "import json, sys\nfor name in json.loads(sys.argv.pop(1)): sys.modules[name] = None\n"


def extra_packages():
    """The names under which the packages of all extras are imported."""
    lines = [line for extra in PROJECT["optional-dependencies"].values() for line in extra]
    names = {re.split(r"[<>=\[ ;]", line)[0] for line in lines} - FROM_JUPYTERLAB - {DISTRIBUTION}
    return sorted(name.replace("-", "_") for name in names)


def as_a_student(script, *arguments, cwd):
    """Run Python without the packages of the extras."""
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-c",
        WITHOUT + script,
        json.dumps(extra_packages()),
        *arguments,
    ]
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", timeout=300)


CLI = "from course.cli import main\nsys.argv[0] = 'course'\nmain()"


def test_the_name_is_the_one_in_pyproject():
    """The distribution has a name of its own, and the extras of pyproject.toml are known to pip's record."""
    assert PROJECT["name"] == DISTRIBUTION
    error = ModuleNotFoundError(name="papermill.engines")
    assert (
        missing_package(error)
        == f"this needs papermill, of the extra `grading`; run: {pip_command('grading')}"
    )
    assert "`cluster`" in missing_package(ModuleNotFoundError(name="distributed"))
    assert "`book`" in missing_package(ModuleNotFoundError(name="myst_nb"))
    assert missing_package(ModuleNotFoundError(name="tensorflow")) is None


@pytest.mark.nightly("starts Python twice, for every room; one command of each extra by day", early=True)
def test_a_student_needs_no_extra(tmp_path):
    """start, doctor's and lab's code, and every room of the student tower do without the extras."""
    done = as_a_student(CLI, "start", "mine", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("10 sessions in mine")
    rooms = "data, nn, optim, transforms, models, losses, neighbors, autograd, training, visualize, widgets"
    script = f"from course import {rooms}, recipes, questions, claims, tables\n"
    script += "import course.lab.start, course.lab.doctor\n"
    script += "from course.lab.welcome import write_welcome\nfrom pathlib import Path\n"
    script += "print(write_welcome(Path('.')))"
    done = as_a_student(script, cwd=tmp_path / "mine")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(Path("build") / "welcome.ipynb")


@pytest.mark.parametrize(
    ("arguments", "package", "extra"),
    [
        (["build"], "papermill", "grading"),
        (["book", "-o", "out"], "sphinx", "book"),
    ],
)
def test_a_command_without_its_extra_is_one_line(arguments, package, extra, tmp_path):
    """Exit code 2, the package, and the pip command that brings it; nothing is written."""
    from course.notebooks.new import new_session
    from course.notebooks.workbook import Workbook

    new_session(Workbook(tmp_path), "06_optimizers")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = as_a_student(CLI, *arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("course: ") and package in line and line.endswith(f"run: {pip_command(extra)}")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
