"""Every lecture in JupyterLab: it opens, runs all, shows its figures and no error."""

from pathlib import Path

import pytest

LECTURES = sorted(path.name for path in (Path(__file__).parents[2] / "lectures").glob("*.ipynb"))
PICTURES = ".jp-RenderedImage img"


@pytest.mark.slow
@pytest.mark.parametrize("name", LECTURES)
def test_a_lecture_opens_and_runs(notebook, name):
    """Run All Cells ends without an error output; every picture and every control is really there."""
    notebook.open(f"lectures/{name}").run_all(seconds=300)
    assert notebook.errors() == []
    page = notebook.page
    pictures = page.locator(PICTURES)
    assert pictures.count() >= 3
    whole = "all => [...document.querySelectorAll(all)].every(i => i.complete && i.naturalWidth > 0)"
    page.wait_for_function(whole, arg=PICTURES, timeout=20_000)
    assert page.locator(".widget-vbox").count() >= 2, "an explorer and a quiz"
    cells, numbered = page.locator(".jp-CodeCell").count(), page.locator(".jp-InputPrompt").all_inner_texts()
    assert sum(text.strip("[]: \n").isdecimal() for text in numbered) == cells, "every cell has run"
