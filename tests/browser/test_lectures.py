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
    page.wait_for_function(whole, arg=PICTURES, timeout=20_000)
    assert page.locator(".widget-vbox").count() >= 2, "an explorer and a quiz"
    cells, numbered = page.locator(".jp-CodeCell").count(), page.locator(".jp-InputPrompt").all_inner_texts()
    assert sum(text.strip("[]: \n").isdecimal() for text in numbered) == cells, "every cell has run"
    notebook.save(path)
    assert claims(read_notebook(lab.folder / path)) == claims(read_notebook(FOLDER / name))
