"""Every lecture in JupyterLab: it opens, runs all with another seed, shows its figures and no error."""

from pathlib import Path

import pytest

from course.notebooks.document import read_notebook

FOLDER = Path(__file__).parents[2] / "lectures"
LECTURES = sorted(path.name for path in FOLDER.glob("*.ipynb"))
PICTURES = ".jp-RenderedImage img"


@pytest.mark.nightly("runs every lecture in a browser; `pytest --nbval` runs them without")
@pytest.mark.parametrize("name", LECTURES)
def test_a_lecture_opens_and_runs(notebook, lab, claims, name):
    """Run All Cells ends without an error output; pictures and controls are really there; claims hold."""
    path = f"lectures/{name}"
    lab.change_seed(path, 1)
    notebook.open(path).run_all(seconds=400)
    assert notebook.errors() == []
    page = notebook.page
    pictures = page.locator(PICTURES)
    assert pictures.count() >= 3
    whole = "all => [...document.querySelectorAll(all)].every(i => i.complete && i.naturalWidth > 0)"
    page.wait_for_function(whole, arg=PICTURES, timeout=240_000)
    assert page.locator(".widget-vbox").count() >= 2, "an explorer and a quiz"
    notebook.save(path)
    run = read_notebook(lab.folder / path)
    assert all(cell.execution_count for cell in run.cells if cell.cell_type == "code"), "every cell has run"
    assert claims(run) == claims(read_notebook(FOLDER / name))
