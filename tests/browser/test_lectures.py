"""Every lecture in JupyterLab: it opens, runs all, shows its figures and no error."""

from pathlib import Path

import pytest

LECTURES = sorted(path.name for path in (Path(__file__).parents[2] / "lectures").glob("*.ipynb"))


@pytest.mark.slow
@pytest.mark.parametrize("name", LECTURES)
def test_a_lecture_opens_and_runs(notebook, name):
    """Run All Cells ends without an error output; every picture and every control is really there."""
    notebook.open(f"lectures/{name}").run_all(seconds=300)
    assert notebook.errors() == []
    page = notebook.page
    pictures = page.locator(".jp-RenderedImage img")
    assert pictures.count() >= 3
    broken = "images => images.filter(image => !(image.complete && image.naturalWidth > 0)).length"
    assert pictures.evaluate_all(broken) == 0
    assert page.locator(".widget-vbox").count() >= 2, "an explorer and a quiz"
    cells, numbered = page.locator(".jp-CodeCell").count(), page.locator(".jp-InputPrompt").all_inner_texts()
    assert sum(text.strip("[]: \n").isdecimal() for text in numbered) == cells, "every cell has run"
