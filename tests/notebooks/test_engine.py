"""The engine gets through notebooks that fail, hang, print without end or kill their kernel."""

import subprocess
import sys

import nbformat
import papermill  # noqa: F401 (it loads the engine, so it must come first)
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.notebooks import engine
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
    monkeypatch.setattr(engine, "SHOWN_LIMIT", 50_000)
    monkeypatch.setattr(engine, "GRACE_S", 120)  # the loop ends by its interrupt, however late that comes
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
    run = execute(given, parameters={"b": 5}, cell_timeout=5, cwd=tmp_path)
    assert nbformat.writes(given) == before, "the notebook was changed"
    first, injected, *cells = run.notebook.cells
    assert first.source == "a, b = 1, 2" and injected.source.strip().endswith("b = 5")
    said = [text(cell) for cell in cells]
    assert said[0] == "ZeroDivisionError" and "SyntaxError" in said[1] and said[2] == "1 5\n"
    assert engine.STREAM_LIMIT < len(said[3]) < engine.STREAM_LIMIT + 200
    assert said[3].count("… cut here") == 1
    assert said[3].endswith("… cut here\nKeyboardInterrupt") and cells[3].metadata.run == TIME_LIMIT
    assert 20 <= len(cells[4].outputs) <= 50
    assert said[5] == "ValueError" and len(cells[5].outputs[0].evalue) == engine.ERROR_LIMIT
    assert said[6].startswith("SystemExit") and said[7] == "StdinNotImplementedError"
    assert said[8].strip() == str(tmp_path) and said[10] == "'still here'"
    assert [cell.metadata.get("run") for cell in cells[-3:]] == [KERNEL_DIED, NOT_RUN, NOT_RUN]
    assert run.trouble().startswith(f"cell {cells[0].id}: ZeroDivisionError: division by zero")
    assert list(tmp_path.iterdir()) == []


def test_a_cell_that_cannot_be_interrupted_is_killed(monkeypatch):
    """Code that ignores KeyboardInterrupt, and would go on for ever, loses its kernel."""
    monkeypatch.setattr(engine, "GRACE_S", 0.5)
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
