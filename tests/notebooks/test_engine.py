"""The engine gets through notebooks that fail, hang, print without end or kill their kernel."""

import hashlib
import inspect
import signal
import subprocess
import sys
import time
from importlib import metadata
from types import SimpleNamespace

import nbformat
import papermill  # noqa: F401 (it loads the engine, so it must come first)
import psutil
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.notebooks import budget
from course.notebooks.engine import CourseClient
from course.notebooks.execute import KERNEL_DIED, NOT_RUN, TIME_LIMIT, execute


def notebook(*sources, **metadata):
    """Code cells, the first of them tagged as the parameters."""
    cells = [new_code_cell(source) for source in sources]
    cells[0].metadata.tags = ["parameters"]
    return new_notebook(cells=cells, metadata=metadata)


def text(cell):
    """What a cell printed or returned, and the names of its errors."""
    parts = []
    for output in cell.outputs:
        parts.append(output.get("text") or output.get("ename") or output.get("data", {}).get("text/plain"))
    return "".join(parts)


def test_a_bad_notebook_runs_to_its_end(tmp_path, monkeypatch):
    """Errors do not stop it; a loop is interrupted; output is cut; after os._exit the rest is not run."""
    monkeypatch.setattr(budget, "SHOWN_LIMIT", 50_000)
    monkeypatch.setattr(budget, "GRACE_S", 120)  # the loop ends by its interrupt, however late that comes
    monkeypatch.setenv("COURSE_TEST", "inherited")
    given = notebook(
        "a, b = 1, 2",
        "1 / 0",
        "def broken(:",
        "print(a, b)",
        "while True:\n    print('y' * 1000)",
        "for i in range(100):\n    display('z' * 1000)",
        "raise ValueError('v' * 10**6)",
        "raise SystemExit",
        "input()",
        "import os\nprint(os.getcwd())",
        "a = 'still here'",
        "a",
        "os._exit(0)",
        "print('never')",
        "print('nor this')",
        kernelspec={"name": "evil", "display_name": "evil", "language": "R"},
        language_info={"name": "R"},
    )
    before = nbformat.writes(given)
    for seconds in (2, 8, 32):  # on a busy machine the loop needs longer until its output is cut
        run = execute(given, parameters={"b": 5}, cell_timeout=seconds, cwd=tmp_path)
        first, injected, *cells = run.notebook.cells
        if [cell.metadata.get("run") for cell in cells].count(TIME_LIMIT) == 1 and "cut" in text(cells[3]):
            break
    assert nbformat.writes(given) == before, "the notebook was changed"
    assert first.source == "a, b = 1, 2" and injected.source.strip().endswith("b = 5")
    said = [text(cell) for cell in cells]
    assert said[0] == "ZeroDivisionError" and "SyntaxError" in said[1] and said[2] == "1 5\n"
    assert budget.STREAM_LIMIT < len(said[3]) < budget.STREAM_LIMIT + 200
    assert said[3].count("… cut here") == 1
    assert said[3].endswith("… cut here\nKeyboardInterrupt") and cells[3].metadata.run == TIME_LIMIT
    assert 20 <= len(cells[4].outputs) <= 50
    assert said[5] == "ValueError" and len(cells[5].outputs[0].evalue) == budget.ERROR_LIMIT
    assert said[6].startswith("SystemExit") and said[7] == "StdinNotImplementedError"
    assert said[8].strip() == str(tmp_path) and said[10] == "'still here'"
    assert [cell.metadata.get("run") for cell in cells[-3:]] == [KERNEL_DIED, NOT_RUN, NOT_RUN]
    assert run.trouble().startswith(f"cell {cells[0].id}: ZeroDivisionError: division by zero")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.nightly(
    "waits for a time limit; tests/grading/test_causes.py has such a cell by day", early=True
)
def test_a_cell_that_cannot_be_interrupted_is_killed(monkeypatch):
    """Code that ignores KeyboardInterrupt, and would go on for ever, loses its kernel."""
    monkeypatch.setattr(budget, "GRACE_S", 0.5)
    stubborn = (
        "import time\nwhile True:\n    try:\n        time.sleep(60)\n    except BaseException:\n        pass"
    )
    run = execute(notebook("x = 1", stubborn, "print('never')"), cell_timeout=3)
    assert [cell.metadata.get("run") for cell in run.notebook.cells] == [None, TIME_LIMIT, NOT_RUN]
    assert run.trouble() == f"cell {run.notebook.cells[1].id}: time limit"


def test_the_whole_notebook_has_a_limit_too():
    """When its time is used up, the cell at work is interrupted and the rest is not run."""
    for seconds in (2.5, 10, 40, 160):  # on a busy machine the kernel starts later
        run = execute(notebook("import time", "time.sleep(600)", "print('never')"), notebook_timeout=seconds)
        if "run" not in run.notebook.cells[0].metadata:
            break
    assert [cell.metadata.get("run") for cell in run.notebook.cells] == [None, TIME_LIMIT, NOT_RUN]


def test_stop_on_error():
    """A solution or a lecture stops at its first error."""
    given = notebook("x = 1", "1 / 0", "print('never')")
    given.cells.insert(0, new_markdown_cell("text"))
    run = execute(given, stop_on_error=True)
    assert [cell.metadata.get("run") for cell in run.notebook.cells] == [None, None, None, NOT_RUN]
    assert "ZeroDivisionError" in run.trouble()


@pytest.mark.nightly("papermill in a process of its own; by day it is called")
def test_papermill_by_hand_goes_on_after_an_error(tmp_path):
    """`papermill --engine course` takes a notebook without kernel metadata, and runs all of its cells."""
    source, target = tmp_path / "in.ipynb", tmp_path / "out.ipynb"
    nbformat.write(notebook("seed = 0", "1 / 0", "print('seed', seed)"), source)
    command = [sys.executable, "-m", "papermill", "--engine", "course", "--no-progress-bar"]
    done = subprocess.run([*command, str(source), str(target)], capture_output=True, text=True, timeout=120)
    assert "ZeroDivisionError" in done.stderr and done.returncode == 1
    cells = nbformat.read(target, as_version=4).cells
    assert [output.text for output in cells[-1].outputs] == ["seed 0\n"]


NBCLIENT = {  # of the private methods that the engine overrides or calls, in nbclient 0.10.4 and 0.11.0
    "_async_poll_output_msg": "34095c2cc4ce",
    "_async_poll_for_reply": "d7c560435c39",
    "_update_display_id": "899e027d4546",
    "_async_cleanup_kernel": "994a32d08bdd",
}


@pytest.mark.parametrize("name", NBCLIENT)
def test_nbclient_still_is_what_the_engine_overrides(name):
    """A new nbclient that changes one of these methods has to be read before it is let in."""
    have = metadata.version("nbclient")
    assert hasattr(NotebookClient, name), f"nbclient {have} has no {name}: see course/notebooks/engine.py"
    source = "".join(inspect.getsource(getattr(NotebookClient, name)).split())
    assert hashlib.sha256(source.encode()).hexdigest()[:12] == NBCLIENT[name], (
        f"nbclient {have} has another {name}: read it, mend course/notebooks/engine.py if need be, then "
        "renew its hash here and nbclient's upper bound in pyproject.toml"
    )


def test_every_private_method_of_nbclient_that_is_overridden_is_watched():
    """What is overridden without a hash here would change unseen."""
    methods = {name for name, value in vars(CourseClient).items() if inspect.isfunction(value)}
    private = {name for name in methods if name.startswith("_") and not name.startswith("__")}
    assert {name for name in private if hasattr(NotebookClient, name)} <= NBCLIENT.keys()


@pytest.mark.parametrize(
    ("ran", "waited", "seconds", "used"),
    [(4.0, 0.0, 4.0, 4.0), (0.0, 0.0, 4.0, 4.0), (1.0, 39.0, 40.0, 1.0), (6.0, 90.0, 12.0, 6.0)],
    ids=["alone", "asleep", "on a busy machine", "with many threads"],
)
def test_grace_is_measured_as_the_limit_is(ran, waited, seconds, used):
    """A kernel has used what it ran or slept; what it waited for a processor is no time of its own."""
    before, now = SimpleNamespace(ran=7.0, waited=2.0), SimpleNamespace(ran=7.0 + ran, waited=2.0 + waited)
    assert budget.grace_used(before, now, seconds) == pytest.approx(used)
    assert budget.grace_used(None, None, seconds) == seconds


PAUSED = """
import sys
from nbformat.v4 import new_code_cell, new_notebook
from course.notebooks.execute import execute
cell = f"import pathlib, time; pathlib.Path({sys.argv[1]!r}).touch(); time.sleep(2)"
print(execute(new_notebook(cells=[new_code_cell(cell)]), cell_timeout=15, notebook_timeout=20).trouble())
"""


@pytest.mark.nightly("pauses a run for some seconds", early=True)
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system pauses no process")
@pytest.mark.parametrize("kernel_too", [False, True])
def test_a_run_that_was_paused_loses_no_time(kernel_too, tmp_path):
    """Ctrl-Z, a container that is paused, a laptop that sleeps: the limits do not count that time."""
    command = [sys.executable, "-W", "ignore", "-c", PAUSED, str(tmp_path / "began")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not (tmp_path / "began").exists():
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.05)
    runner = psutil.Process(process.pid)
    paused = [runner, *(runner.children(recursive=True) if kernel_too else [])]
    for member in paused:
        member.suspend()
    time.sleep(22)
    for member in reversed(paused):
        member.resume()
    assert process.communicate(timeout=120)[0] == "None\n"
