"""What a person who does not see the page gets from JupyterLab: words of pictures, names of sliders."""

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from html import unescape
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "course/lab/extension/static/remoteEntry.js"
HANDLES = "document.querySelectorAll('.noUi-handle')"


@pytest.fixture(scope="module", autouse=True)
def installed():
    """JupyterLab finds the extension, and it is the one of this checkout."""
    command = [sys.executable, "-m", "jupyter", "--paths", "--json"]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    ours = Path("labextensions/course-accessibility/static/remoteEntry.js")
    found = [
        Path(place) / ours for place in json.loads(told.stdout)["data"] if (Path(place) / ours).is_file()
    ]
    assert found, "JupyterLab does not see its extension: install the course again"
    assert found[0].read_bytes() == SOURCE.read_bytes(), "the extension has changed: install the course again"


def stored_words(path):
    """The alternative texts of a notebook's pictures."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return {o["metadata"]["image/png"]["alt"] for o in outputs if "image/png" in o.get("data", {})}


@pytest.mark.nightly("a browser; an exercise that is solved stands for it by day")
def test_a_stored_picture_has_its_words(notebook, lab):
    """A lecture that was opened and not run: every stored picture carries the text that is stored with it."""
    page = notebook.open("lectures/06_optimizers.ipynb").page
    page.wait_for_selector(".jp-RenderedImage img[alt]")
    stored = stored_words(lab.folder / "lectures/06_optimizers.ipynb")
    shown = page.eval_on_selector_all(".jp-RenderedImage img", "images => images.map(i => i.alt)")
    assert len(stored) > 5 and set(shown) == stored


@pytest.mark.nightly("a browser; an exercise that is solved stands for it by day")
def test_an_explorer_can_be_heard(notebook, lab):
    """The picture's words follow the controls; each slider has its label as name and its readout as value."""
    lab.write("heard.ipynb", "from course.widgets import optimizer_explorer\noptimizer_explorer()")
    page = notebook.open("heard.ipynb").page
    notebook.run_all()
    image = page.locator(".jp-RenderedImage img").first
    assert "50 steps of Momentum" in image.get_attribute("alt")
    page.wait_for_function(f"[...{HANDLES}].every(handle => handle.ariaLabel)")
    handle = page.locator(".noUi-handle").first
    names = page.evaluate(f"[...{HANDLES}].map(handle => handle.ariaLabel)")
    assert names == ["learning rate", "momentum"]
    assert handle.get_attribute("aria-valuetext") == "0.0200"
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"{HANDLES}[0].ariaValueText !== '0.0200'")
    said = handle.get_attribute("aria-valuetext")
    assert said == page.locator(".widget-readout").first.inner_text() and len(said) < 8
    heard = "said => document.querySelector('.jp-RenderedImage img').alt.includes(said)"
    page.wait_for_function(heard, arg=f"lr {float(said):.3g}")


@pytest.mark.nightly("a browser; an exercise that is solved stands for it by day")
def test_an_exported_page_has_its_words(lab):
    """What JupyterLab saves as HTML carries the text of every picture."""
    with urllib.request.urlopen(
        f"{lab.url}/nbconvert/html/lectures/06_optimizers.ipynb", timeout=60
    ) as answer:
        page = answer.read().decode()
    assert "No description has been provided" not in page
    stored = stored_words(lab.folder / "lectures/06_optimizers.ipynb")
    shown = {unescape(words) for words in re.findall(r'alt="([^"]*)"', page)}
    assert len(stored) > 5 and {" ".join(words.split()) for words in shown} >= {
        " ".join(words.split()) for words in stored
    }


@pytest.mark.nightly("a browser; an exercise that is solved stands for it by day")
def test_controls_of_another_day_say_what_to_do(notebook, lab):
    """Saved with its controls and opened again, an explorer says how to get them back."""
    lab.write("before.ipynb", "from course.widgets import optimizer_explorer\noptimizer_explorer()")
    notebook.open("before.ipynb")
    notebook.run_all()
    notebook.save("before.ipynb")
    shutil.copy(lab.folder / "before.ipynb", lab.folder / "another_day.ipynb")
    page = notebook.open("another_day.ipynb").page
    page.wait_for_selector("text=Run this cell to get the controls.")
    assert "VBox" not in page.locator(".jp-OutputArea").first.inner_text()
