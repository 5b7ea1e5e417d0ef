"""`pytest --nbval`, typed alone, runs the notebooks; a nightly test says why it may wait."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course.notebooks.cells import asked
from course.notebooks.document import read_notebook
from course.notebooks.workbook import find_workbook

ROOT = Path(__file__).parents[1]


later = pytest.mark.nightly("starts pytest once more; `make test` is `pytest --nbval -n 2`, too")


def run_pytest(*options, cwd):
    """What pytest says, and how it ends, in a process of its own."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *options]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=600)
    return done.stdout + done.stderr, done.returncode


@pytest.fixture
def place(tmp_path):
    """A small checkout with our configuration: a unit test, and two lectures whose cells need each other."""
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for folder in ("tests", "lectures", "solutions"):
        (tmp_path / folder).mkdir()
    (tmp_path / "tests" / "test_one.py").write_text("def test_one():\n    pass\n", "utf-8")
    for name in ("01_first", "02_second"):
        cells = [nbformat.v4.new_code_cell("x = 0")]
        cells += [nbformat.v4.new_code_cell("x += 1\nprint(x)") for _ in range(8)]
        for number, cell in enumerate(cells):
            cell.execution_count = number + 1
        for number, cell in enumerate(cells[1:], start=1):
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=f"{number}\n")]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "lectures" / f"{name}.ipynb")
    return tmp_path


@later
def test_nbval_alone_finds_every_code_cell():
    """In the root, without another option; `make test` leaves the questions of solutions out."""
    book = find_workbook(ROOT)
    cells = [
        cell
        for folder in ("lectures", "solutions")
        for stem in book.stems(folder)
        for cell in read_notebook(book.path(folder, stem)).cells
        if cell.cell_type == "code"
    ]
    solutions = [read_notebook(book.path("solutions", stem)) for stem in book.stems("solutions")]
    questions = sum(len(asked(solution)) for solution in solutions)
    for options, count in (((), len(cells)), (("-m", "not in_course_check"), len(cells) - questions)):
        said, code = run_pytest("--nbval", *options, "--collect-only", cwd=ROOT)
        assert code == 0 and len([line for line in said.splitlines() if "::Cell" in line]) == count > 800
        assert not [line for line in said.splitlines() if line.startswith("tests/")]


@later
@pytest.mark.parametrize("options", [["--nbval"], ["--nbval-lax"], ["--nbval", "-n", "2"]])
def test_cells_of_a_notebook_stay_together(place, options):
    """Each cell needs the one above, also where two workers share the notebooks out."""
    said, code = run_pytest(*options, cwd=place)
    assert code == 0 and "18 passed" in said, said


@later
def test_a_stored_output_that_is_stale_fails(place):
    """The comparison is strict."""
    path = place / "lectures" / "01_first.ipynb"
    path.write_text(path.read_text("utf-8").replace('"8\\n"', '"9\\n"'), "utf-8")
    said, code = run_pytest("--nbval", cwd=place)
    assert code == 1 and "1 failed, 17 passed" in said, said


@later
def test_nightly_tests_wait_for_all_and_need_a_reason(place):
    """`pytest` leaves them, `--all` and a full name run them; without a reason there is no run."""
    path = place / "tests" / "test_one.py"
    nightly = (
        "import pytest\n\n\n@pytest.mark.nightly({})\ndef test_late():\n    pass\n\n\ndef test_one(): pass\n"
    )
    path.write_text(nightly.format("'takes an hour'"), "utf-8")
    assert "1 passed, 1 deselected" in run_pytest(cwd=place)[0]
    assert "2 passed" in run_pytest("--all", cwd=place)[0]
    assert "1 passed" in run_pytest("tests/test_one.py::test_late", cwd=place)[0]
    path.write_text(nightly.format(""), "utf-8")
    said, code = run_pytest(cwd=place)
    assert code != 0 and "nightly needs its reason" in said
