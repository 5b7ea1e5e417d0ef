"""Real strokes on the drawing board get an answer from a net that was trained on real digits."""

import pytest

TRAIN = """
import torch
from course.data import load
from course.models import get_model
from course.training import Trainer, seed_everything

seed_everything(0)
digits = load("digits")
model = get_model("lenet5_modern")
trainer = Trainer(model, torch.optim.Adam(model.parameters(), lr=1e-3), progress=False)
trainer.fit((digits.train.images, digits.train.labels), epochs=6, batch_size=64)
"""
BOARD = """
from course.widgets import drawing_board
drawing_board(model)
"""
STROKES = {
    "1": [[(140, 40), (138, 100), (136, 160), (134, 240)]],
    "7": [[(70, 60), (130, 60), (205, 58), (170, 130), (135, 235)]],
    "4": [[(100, 50), (85, 150), (145, 148), (210, 144)], [(178, 60), (165, 235)]],
}


def wait_for_words(page, words):
    """Wait for what a screen reader would say."""
    page.wait_for_function(
        "words => document.querySelector('[role=status]')?.textContent.includes(words)",
        arg=words,
        timeout=240_000,
    )


@pytest.mark.nightly("trains a net in the browser first; one slider stands for it")
def test_strokes_by_mouse_get_their_answer(notebook, lab):
    """Three digits drawn with the mouse are read rightly, one after the other; wiping empties the board."""
    page = notebook.open(lab.write("board.ipynb", TRAIN, BOARD)).page
    notebook.run_all(seconds=120)
    canvas = page.locator("canvas").last
    canvas.scroll_into_view_if_needed()
    for answer, strokes in STROKES.items():
        page.locator("button:has-text('wipe the board')").click()
        wait_for_words(page, "An empty board.")
        box = canvas.bounding_box()
        for stroke in strokes:
            x, y = stroke[0]
            page.mouse.move(box["x"] + x, box["y"] + y)
            page.mouse.down()
            for x, y in stroke[1:]:
                page.mouse.move(box["x"] + x, box["y"] + y, steps=8)
            page.mouse.up()
        wait_for_words(page, f"the net answers {answer}")
    assert notebook.errors() == []


@pytest.mark.nightly("trains a net in the browser first; one slider stands for it")
def test_a_finger_draws_too(browser, lab, browser_context_args):
    """On a touch screen the board takes a finger's stroke and does not scroll away."""
    from .conftest import Notebook

    context = browser.new_context(**browser_context_args, has_touch=True)
    try:
        page = context.new_page()
        notebook = Notebook(page, lab).open(lab.write("finger.ipynb", TRAIN, BOARD))
        notebook.run_all(seconds=120)
        canvas = page.locator("canvas").last
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        fingers = context.new_cdp_session(page)
        points = [(140, 40 + 20 * step) for step in range(11)]
        for kind, places in [("touchStart", points[:1]), *[("touchMove", [p]) for p in points[1:]]]:
            touches = [{"x": box["x"] + x, "y": box["y"] + y} for x, y in places]
            fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
        fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        wait_for_words(page, "the net answers 1")
        assert canvas.bounding_box() == box
    finally:
        context.close()
