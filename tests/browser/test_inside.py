"""A look inside a real net by keyboard alone: layer, channel, class, a file from the disk, a drawing."""

import re

import pytest
from PIL import Image

from course.data import photograph_paths

SHOW = """
import torch
from course.data import read_photographs
from course.widgets import inside_explorer
images = torch.from_numpy(read_photographs(224)[:6]).float() / 255
inside_explorer(images=images)
"""
SELECTS = ".widget-dropdown select"
SAID = "said => document.querySelector('[role=status]')?.textContent.includes(said)"


def focused_label(page):
    """What a screen reader calls the control that has the focus."""
    return page.evaluate(
        "(document.activeElement.ariaLabel || document.activeElement.labels?.[0]?.textContent"
        " || document.activeElement.textContent).trim()"
    )


def tab_to(page, label):
    """Press Tab until a control has the focus whose label begins so; gives the labels on the way."""
    passed = []
    for _ in range(12):
        passed.append(focused_label(page))
        if passed[-1].startswith(label):
            return passed
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {label!r}: {passed}")


def choose_file(page, windows, path):
    """Enter on the button that has the focus, and a file in the window that opens."""
    before = len(windows)
    page.keyboard.press("Enter")
    for _ in range(100):
        if len(windows) > before:
            return windows[-1].set_files(path)
        page.wait_for_timeout(100)
    raise AssertionError(f"Enter on {focused_label(page)!r} opens no window for files")


@pytest.mark.nightly("a real net in a browser; an exercise that is solved stands for it by day")
def test_a_photograph_from_the_disk_by_keyboard(notebook, lab, tmp_path):
    """Every control is reached with Tab; a panda is read, a text is refused in a line, 13 MB are read."""
    page = notebook.open(lab.write("inside.ipynb", SHOW)).page
    notebook.run_all(seconds=120)
    page.locator(SELECTS).first.focus()
    page.wait_for_function("document.querySelector('.noUi-handle').ariaLabel === 'channel'")
    windows = []  # listened for during the whole test: to begin takes a moment
    page.on("filechooser", lambda window: windows.append(window))
    passed = [label for label in tab_to(page, "image") if not label.isdigit()]  # the slider's readout, too
    assert passed == ["layer", "channel", "Grad-CAM for", "image from"]

    page.locator(SELECTS).first.focus()
    page.keyboard.press("ArrowUp")  # from the last layer to the one before
    page.wait_for_function(SAID, arg="of bn1 goes from")
    tab_to(page, "channel")
    page.keyboard.press("Home")
    page.wait_for_function(SAID, arg="Channel 0 of bn1")
    tab_to(page, "Grad-CAM for")
    page.keyboard.type("birdhouse")
    page.wait_for_function(SAID, arg="Grad-CAM for birdhouse")

    tab_to(page, "image from")
    page.keyboard.type("your photo")
    tab_to(page, "choose a photograph")
    choose_file(page, windows, photograph_paths()[4])
    page.wait_for_function(SAID, arg="4.jpg: the net's first classes are", timeout=60_000)
    heard = page.locator("[role=status]").text_content()
    assert re.search("first classes are giant panda", heard), heard

    (tmp_path / "notes.jpg").write_text("no picture at all")
    choose_file(page, windows, tmp_path / "notes.jpg")
    page.wait_for_selector("[role=alert]:has-text('notes.jpg is no picture')", timeout=60_000)
    Image.effect_noise((3600, 3600), 90).save(tmp_path / "large.bmp")
    choose_file(page, windows, tmp_path / "large.bmp")
    page.wait_for_function(SAID, arg="large.bmp: the net's first classes are", timeout=60_000)
    assert page.locator("[role=alert]").count() == 0

    tab_to(page, "choose a photograph")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("your draw")
    page.wait_for_function(SAID, arg="your drawing: the net's first classes are")
    assert page.locator(".jp-RenderedImage img").count() == 1
    assert notebook.errors() == []
