"""Real strokes on the drawing board get an answer from a net that was trained on real digits."""

import pytest

from course.data.drawings import PEN

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


BARE_BOARD = """
from course.models import get_model
from course.widgets import drawing_board
drawing_board(get_model("lenet5_modern"))
"""
INK = """() => {  // left, top, right, bottom of what is drawn
    const layer = document.querySelector(".course-ink");
    const { data, width } = layer.getContext("2d").getImageData(0, 0, layer.width, layer.height);
    const drawn = [...Array(data.length / 4).keys()].filter((place) => data[4 * place + 3] > 127);
    const [x, y] = [drawn.map((place) => place % width), drawn.map((place) => Math.floor(place / width))];
    return drawn.length ? [Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)] : null;
}"""


def wait_for_words(page, words):
    """Wait for what a screen reader would say."""
    page.wait_for_function(
        "words => document.querySelector('[role=status]')?.textContent.includes(words)",
        arg=words,
        timeout=240_000,
    )


@pytest.mark.nightly("trains a net in the browser first; an exercise stands for it by day")
def test_strokes_by_mouse_get_their_answer(notebook, lab):
    """Three digits drawn with the mouse are read rightly, one after the other; wiping empties the board."""
    page = notebook.open(lab.write("board.ipynb", TRAIN, BOARD)).page
    notebook.run_all(seconds=120)
    canvas = page.locator("canvas:not(.course-ink)").last
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


@pytest.mark.nightly("a browser; an exercise that is solved stands for it by day")
def test_ink_does_not_wait_for_the_kernel(notebook, lab):
    """While the kernel computes, a line is on the board as soon as it is drawn; wiping takes it away."""
    name = lab.write("busy.ipynb", BARE_BOARD, "import time\ntime.sleep(500 * busy)", "busy = True")
    page = notebook.open(name).page
    notebook.run(notebook.cell("drawing_board("))
    notebook.run(notebook.cell("busy = True"))
    canvas = page.locator(".jupyter-widgets canvas:not(.course-ink)").last
    canvas.scroll_into_view_if_needed()
    notebook.cell("time.sleep").locator(".jp-InputPrompt").click()
    page.keyboard.press("Control+Enter")  # from now on the kernel answers nothing
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='busy']")
    page.locator("button:has-text('wipe the board')").click()  # its cell becomes active: the page may scroll
    canvas.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + 220, box["y"] + 150, steps=4)
    page.mouse.up()
    page.mouse.move(box["x"] + 220, box["y"] + 40)  # a pen that is up draws nothing
    ends = [60 - PEN / 2, 150 - PEN / 2, 220 + PEN / 2, 150 + PEN / 2]  # of a line as wide as the kernel's
    assert page.evaluate(INK) == pytest.approx(ends, abs=2)
    page.locator("button:has-text('wipe the board')").click()
    assert page.evaluate(INK) is None


@pytest.mark.nightly("trains a net in the browser first; an exercise stands for it by day")
def test_a_finger_draws_too(browser, lab, browser_context_args):
    """On a touch screen the board takes a finger's stroke and does not scroll away."""
    from .conftest import Notebook

    context = browser.new_context(**browser_context_args, has_touch=True)
    try:
        page = context.new_page()
        notebook = Notebook(page, lab).open(lab.write("finger.ipynb", TRAIN, BOARD))
        notebook.run_all(seconds=120)
        canvas = page.locator("canvas:not(.course-ink)").last
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
