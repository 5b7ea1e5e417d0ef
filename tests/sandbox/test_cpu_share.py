"""A time limit on a busy machine: whose fault it was."""

import pytest

from course import sandbox
from course.notebooks.execute import TIME_LIMIT, execute
from course.sandbox.cpu_share import Share

CROWD = "import os\nfor _ in range(20):\n    if os.fork() == 0:\n        while True: pass\nwhile True: pass"


@pytest.fixture
def happened(namespaces, notebook):
    """A function that runs a cell without an end in the sandbox; gives how it ended."""

    def happened(code):
        run = execute(notebook(code), kernel_name=sandbox.KERNEL_NAME, cell_timeout=3)
        return run.notebook.cells[0].metadata["run"]

    return happened


@pytest.mark.nightly("sleeps for a quarter of a minute")
def test_a_cell_that_sleeps_is_not_starved(happened):
    """Who waits for the clock and not for a processor has had what it wanted."""
    assert happened("import time; time.sleep(60)") == TIME_LIMIT


TOGETHER = """import os, time
until = time.time() + 60
for _ in range(50):
    if os.fork() == 0:
        while time.time() < until:
            time.sleep(0.2 - time.time() % 0.2)
            for _ in range(2_000): pass
        os._exit(0)
time.sleep(60)"""


@pytest.mark.nightly("waits for a time limit")
def test_a_crowd_that_wakes_together_is_no_excuse(happened):
    """Fifty processes that wake at once run little, and wait for each other: that is no busy machine."""
    assert happened(TOGETHER) == TIME_LIMIT


@pytest.mark.nightly("keeps the processors busy")
def test_a_crowd_of_ones_own_is_no_excuse(happened):
    """Who starts twenty processes waits for them, but they have had the processors."""
    assert happened(CROWD) == TIME_LIMIT


def test_rules():
    """Less than a third of a processor, while there was more than that to do."""
    start = Share(1.0, 1.0)
    assert Share(3.0, 9.0).starved(start, 10)
    assert not Share(5.0, 9.0).starved(start, 10), "it has had its share"
    assert not Share(1.1, 1.1).starved(start, 10), "it slept"
    assert not Share(3.0, 5.0).starved(start, 10), "it slept for most of the time"
