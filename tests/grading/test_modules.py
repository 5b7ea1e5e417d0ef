"""A student's own modules lie beside the notebook in the sandbox, as bytes, if the instructor wants it."""

import pytest
from nbformat.v4 import new_code_cell

from course.grading.batch import prepare
from course.grading.result import GRADED
from course.grading.submission.compose import compose
from course.grading.submission.grade import grade_content
from course.grading.submission.modules import can_be_taken_along, describe_modules, with_modules
from course.notebooks.document import read_notebook, to_text
from course.notebooks.new import new_session
from course.notebooks.workbook import Workbook

HELPER = b"# caf\xc3\xa9\r\nfactor = 2\n"


def test_a_cell_writes_each_file_byte_by_byte(released, tmp_path, monkeypatch):
    """Behind `begin`, whatever the bytes are; it leaves no name but the underscore."""
    modules = {"empty.py": b"", "end.py": b"x = 1", "helper.py": HELPER, "odd.py": bytes(range(256))}
    notebook = with_modules(compose(released, released), modules)
    ids = [cell.id for cell in notebook.cells]
    assert ids[ids.index("begin") + 1 :][:4] == ["module-1", "module-2", "module-3", "module-4"]
    assert with_modules(released, {}).cells == released.cells
    monkeypatch.chdir(tmp_path)
    names = {}
    for cell in notebook.cells:
        if cell.id.startswith("module-"):
            exec(cell.source, names)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == modules
    assert set(names) == {"__builtins__", "_"}


def test_no_module_hides_an_installed_package():
    """numpy.py beside a notebook would be imported in place of NumPy, also by NumPy itself."""
    names = ("helper.py", "numpy.py", "random.py", "course.py", "torch.py")
    assert list(can_be_taken_along(dict.fromkeys(names, b""))) == ["helper.py"]
    assert describe_modules([], True) == describe_modules([], False) == ""
    assert describe_modules(["b.py", "a.py"], False) == (
        "a.py, b.py lie beside the notebook, not taken along without --with-modules"
    )
    assert describe_modules(["b.py", "torch.py"], True) == (
        "run with b.py; torch.py left out: the name of an installed package"
    )


@pytest.mark.slow
def test_a_helper_is_imported_in_the_sandbox(tmp_path):
    """With it the answer is right; without it the import fails, and nothing else."""
    workbook = Workbook(tmp_path)
    new_session(workbook, "01_test")
    task = prepare(workbook, "01_test", seed=11, cell_timeout=30)
    notebook = read_notebook(workbook.path("exercises", "01_test"))
    answer = next(cell for cell in notebook.cells if cell.id == "double-answer")
    answer.source = "from helper import factor\n\n\ndef double(x):\n    return factor * x"
    notebook.cells.insert(0, new_code_cell("import helper"))  # runs behind begin, and so finds it
    content = to_text(notebook).encode()
    right = grade_content(task, "ann", content, {"helper.py": HELPER})
    assert (right.status, right.reason, right.total(task)) == (GRADED, "", task.points)
    wrong = grade_content(task, "ann", content)
    assert wrong.total(task) == 0 and "ModuleNotFoundError" in str(wrong.verdicts) + wrong.reason
