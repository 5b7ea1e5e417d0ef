"""Explorers and quizzes under keyboard and mouse, and a notebook that is saved and opened again."""

import json
import shutil

import pytest

SHOWN = ".jp-RenderedImage img"
ARGUMENTS = """
import numpy as np
import torch
from sklearn.datasets import load_sample_image
from course.data import load
from course.models import get_model
from course.widgets import *

digits = load("digits")
images, labels = digits.test.images[:20], digits.test.labels[:20]
weight, bias = torch.eye(10, images[0].numel()), torch.zeros(10)
photo = load_sample_image("china.jpg")
grey = photo[:200, :260].mean(-1) / 255
color = torch.from_numpy(photo[::4, ::4].copy()).permute(2, 0, 1) / 255
net = get_model("lenet5_modern")
"""
EXPLORERS = [
    "polynomial_explorer()",
    "neighbor_explorer()",
    "half_plane_explorer()",
    "score_explorer(images, labels, weight, bias, digits.classes)",
    "backward_explorer()",
    "slope_explorer()",
    "signal_explorer()",
    "optimizer_explorer()",
    "convolution_explorer(grey, (70, 35))",
    "receptive_field_explorer(grey[14:142, 36:164])",
    "inside_explorer(number=3)",
    "augmentation_explorer(color)",
    "dropout_explorer()",
    "connection_table_explorer()",
    "drawing_board(net)",
    "vgg_explorer()",
    "inception_cost_explorer()",
    "depth_signal_explorer()",
    "shortcut_explorer()",
]


def open_explorer(notebook, lab, name):
    """Open and run a notebook with one explorer; give its page and the first picture."""
    lab.write(name, "from course.widgets import optimizer_explorer\noptimizer_explorer()")
    page = notebook.open(name).page
    notebook.run_all()
    return page, page.locator(SHOWN).first.get_attribute("src")


def wait_for_another(page, before):
    """Wait until the first picture is another one; give it."""
    page.wait_for_function(
        f"before => document.querySelector('{SHOWN}').src !== before", arg=before, timeout=240_000
    )
    return page.locator(SHOWN).first.get_attribute("src")


@pytest.mark.nightly("a browser; an exercise that is solved stands for it by day")
def test_a_slider_moved_by_keyboard_changes_the_figure(notebook, lab):
    """Tab or click to the handle, press the arrow: the one picture is replaced in place."""
    page, before = open_explorer(notebook, lab, "slider.ipynb")
    page.locator(".noUi-handle").first.focus()
    for _step in range(3):
        page.keyboard.press("ArrowRight")
    wait_for_another(page, before)
    assert page.locator(SHOWN).count() == 1
    assert notebook.errors() == []


@pytest.mark.nightly("a browser; an exercise that is solved stands for it by day")
def test_a_list_chosen_by_keyboard_changes_the_figure(notebook, lab):
    """The rule of the explorer follows a key in its list, and its words are told to a screen reader."""
    page, before = open_explorer(notebook, lab, "list.ipynb")
    page.locator(".widget-dropdown select").nth(1).select_option("Adam")
    wait_for_another(page, before)
    assert "Adam" in page.locator("[role='status']").text_content()


@pytest.mark.nightly("a browser; an exercise that is solved stands for it by day")
def test_a_quiz_answers_each_choice(notebook, lab):
    """Before a choice no feedback is in the page; each choice brings its own."""
    name = lab.write("quiz.ipynb", 'from course.widgets import quiz\nquiz("06_optimizers")')
    page = notebook.open(name).page
    notebook.run_all()
    output = page.locator(".jp-OutputArea").first
    before = output.inner_text()
    seen = set()
    buttons = output.locator(".widget-toggle-buttons").first.locator("button")
    for number in range(buttons.count()):
        buttons.nth(number).click()
        page.wait_for_timeout(500)
        seen.add(output.inner_text())
    assert len(seen) == buttons.count() and before not in seen


@pytest.mark.nightly("a browser; an exercise that is solved stands for it by day")
def test_every_explorer_fits_a_screen_of_900_pixels(notebook, lab):
    """Controls and picture are seen together at 1440 × 900, a small laptop's."""
    page = notebook.page
    page.set_viewport_size({"width": 1440, "height": 900})
    notebook.open(lab.write("all.ipynb", ARGUMENTS, *EXPLORERS))
    notebook.run_all(seconds=240)
    drawn = f"() => document.querySelectorAll('{SHOWN}').length >= {len(EXPLORERS)}"
    page.wait_for_function(drawn)
    assert notebook.errors() == []
    room = page.evaluate("document.querySelector('.jp-WindowedPanel-outer').clientHeight")
    height = "cell => cell.querySelector('.jp-OutputArea').offsetHeight"
    heights = page.evaluate(f"[...document.querySelectorAll('.jp-CodeCell')].map({height})")
    shown = dict(zip(EXPLORERS, heights[1:], strict=True))
    assert {call: height for call, height in shown.items() if not 100 < height <= room} == {}, room


@pytest.mark.nightly("a browser; an exercise that is solved stands for it by day")
def test_a_saved_notebook_reopens_with_its_figures(notebook, lab):
    """After Save and with another kernel that has run nothing, the picture that was last shown is there."""
    page, before = open_explorer(notebook, lab, "saved.ipynb")
    page.locator(".noUi-handle").first.focus()
    page.keyboard.press("ArrowRight")
    moved = wait_for_another(page, before)
    notebook.save("saved.ipynb")
    shutil.copy(lab.folder / "saved.ipynb", lab.folder / "reopened.ipynb")  # a copy has no kernel from before
    notebook.open("reopened.ipynb")
    page.wait_for_selector(SHOWN)
    assert page.locator(SHOWN).first.get_attribute("src").split(",")[1] == moved.split(",")[1]
    stored = json.loads((lab.folder / "saved.ipynb").read_text())["cells"][0]["outputs"]
    assert sum("image/png" in output.get("data", {}) for output in stored) == 1
