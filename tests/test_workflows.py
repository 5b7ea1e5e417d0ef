"""GitHub's workflows, as far as they can be read and run without GitHub."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from course.notebooks.document import read_notebook, write_notebook
from course.notebooks.new import new_session
from course.notebooks.workbook import Workbook

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def steps_of(path):
    """The steps of all jobs."""
    return [step for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_says_what_it_may_do(path):
    """It has triggers, permissions, time limits; nothing that a person typed stands in a shell's line."""
    workflow = yaml.safe_load(path.read_text("utf-8"))
    assert workflow[True], "`on` is read as a truth value by YAML"
    assert "permissions" in workflow
    assert all(job["timeout-minutes"] for job in workflow["jobs"].values())
    for step in steps_of(path):
        assert ("uses" in step) != ("run" in step)
        assert not re.search(r"\$\{\{\s*(inputs|github\.event\.(?!_))", step.get("run", "")), step


@pytest.mark.skipif(sys.platform != "linux", reason="the job runs on Ubuntu")
@pytest.mark.nightly("grades a notebook")
def test_the_workflow_grades_a_repository(tmp_path):
    """Its two own steps, run as they stand: the summary holds the student's points and hint."""
    workbook = Workbook(tmp_path)
    new_session(workbook, "01_test")
    notebook = read_notebook(workbook.path("exercises", "01_test"))
    answer = next(cell for cell in notebook.cells if cell.id == "double-answer")
    answer.source = "def double(x):\n    return x**2"
    write_notebook(notebook, tmp_path / "build" / "student" / "exercises" / "01_test.ipynb")
    scripts = {step.get("name"): step.get("run") for step in steps_of(ROOT / ".github/workflows/grade.yml")}
    environment = os.environ | {
        **{"REPOSITORY": "class/ada", "SESSION": "01_test", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    for name in ("grade", "summary"):
        script = scripts[name].replace("--workers 1", "--workers 1 --min-isolation 0")  # our own notebook
        done = subprocess.run(
            [shutil.which("bash"), "-e", "-c", script], cwd=tmp_path, env=environment, timeout=300
        )
        assert done.returncode == 0
    summary = (tmp_path / "summary").read_text("utf-8")
    assert "01_test · ada" in summary and "<b>0 of 1 points</b>" in summary
    assert "You square; double means two times." in summary and "<style" not in summary
