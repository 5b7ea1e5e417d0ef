"""A machine that is busy with other work costs nobody points."""

import os
import subprocess
import sys
from copy import deepcopy
from dataclasses import replace

import pytest

from course import sandbox
from course.grading.result import FAILED, GRADED
from course.grading.submission.files import Submission
from course.grading.submission.grade import grade
from course.notebooks.document import write_notebook


@pytest.fixture
def crowded():
    """Ten processes for each processor, so that nobody has a third of one."""
    command = [sys.executable, "-c", "import os\nprint(flush=True)\nwhile os.getppid() > 1: pass"]
    started = [
        subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE)
        for _ in range(10 * os.cpu_count())
    ]
    for process in started:
        process.stdout.readline()  # it computes from now on
    yield
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def slow(task, tmp_path):
    """A function that hands in and grades an exercise whose first answer never ends."""
    if sandbox.isolation().level < 3:
        pytest.skip("only a kernel in namespaces is counted")

    def slow():
        notebook = deepcopy(task.released)
        answer = next(cell for cell in notebook.cells if cell.id == "double-answer")
        answer.source = "def double(x):\n    while True:\n        pass"
        write_notebook(notebook, tmp_path / "s.ipynb")
        return grade(replace(task, cell_timeout=3), Submission("s", tmp_path / "s.ipynb"))

    return slow


@pytest.mark.nightly("keeps the processors busy for half a minute")
def test_a_starved_notebook_has_no_score(slow, crowded):
    """The same notebook is graded later, or on another machine; three times, then somebody has to look."""
    result = slow()
    assert result.status == FAILED and not result.verdicts
    assert result.reason == "cell double-question had no time: this machine is too busy with other work"


@pytest.mark.nightly("waits for a time limit; test_causes.py has a loop by day", early=True)
def test_alone_the_loop_is_the_students(slow):
    """With a processor to itself, the loop without an end is an answer that is missing."""
    result = slow()
    assert result.status == GRADED
    assert "is there a loop without an end?" in result.verdicts["double"].text
