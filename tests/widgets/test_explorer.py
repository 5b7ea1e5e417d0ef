"""An explorer in a real kernel: what it publishes when it is shown, and when its controls are moved."""

import base64
from io import BytesIO

import numpy as np
import pytest
from ipywidgets import Button, FloatSlider, IntSlider
from PIL import Image

from course.visualize.style import picture, styled
from course.widgets import Explorer

SETUP = """
import os
from ipywidgets import IntSlider
from course.visualize.style import picture, styled
from course.widgets import Explorer

@styled
def draw(bars, shade=1):
    if bars == 5:
        raise ValueError("bars=5 must be <b>another</b> number")
    figure, axes = picture(height=1.0)
    axes[0, 0].bar(range(bars), 1, color=str(shade / 10))
    figure.alt = f"{bars} bars in shade {shade}."
    return figure
"""
SHOW = "Explorer(draw, bars=IntSlider(3, min=1, max=9), shade=IntSlider(2, min=0, max=9))"


@pytest.fixture(scope="module", autouse=True)
def defined(kernel):
    """The names that the cells of this file use."""
    assert not of_type(kernel.run(SETUP), "error")


def of_type(messages, kind):
    return [message["content"] for message in messages if message["msg_type"] == kind]


def pictures(messages, kind="display_data"):
    return [content for content in of_type(messages, kind) if "image/png" in content["data"]]


def sliders(messages):
    """Control label to comm id, of the controls that were opened."""
    states = {}
    for content in of_type(messages, "comm_open") + of_type(messages, "comm_msg"):
        states.setdefault(content["comm_id"], {}).update(content["data"].get("state", {}))
    return {s["description"]: key for key, s in states.items() if s.get("_model_name") == "IntSliderModel"}


def pixels(content):
    return np.asarray(Image.open(BytesIO(base64.b64decode(content["data"]["image/png"]))).convert("RGB"))


def dark_columns(content):
    """How many dark bars a picture shows along its middle line."""
    image = pixels(content)
    dark = image[image.shape[0] // 2].max(axis=1) < 100
    return int(dark[0]) + int((dark[1:] & ~dark[:-1]).sum())


def test_a_person_gets_controls_above_one_plain_picture(kernel):
    """The cell shows a widget and then an image with its text; the cell has no other result."""
    messages = kernel.run(SHOW)
    shown = of_type(messages, "display_data")
    assert ["application/vnd.jupyter.widget-view+json" in content["data"] for content in shown] == [
        True,
        False,
    ]
    assert set(shown[1]["data"]) == {"image/png", "text/plain"}
    assert shown[1]["data"]["text/plain"] == "3 bars in shade 2."
    assert shown[1]["metadata"]["image/png"] == {"width": 630, "height": 90, "alt": "3 bars in shade 2."}
    assert shown[0]["data"]["text/plain"] == "Run this cell to get the controls."
    assert not of_type(messages, "execute_result") and not of_type(messages, "error")
    assert set(sliders(messages)) == {"bars", "shade"}


def test_moving_a_control_replaces_the_picture_in_place(kernel):
    """A change in the browser publishes a new image for the same display id, showing the new value."""
    messages = kernel.run(SHOW)
    (first,) = pictures(messages)
    ids = sliders(messages)
    axis = dark_columns(first) - 3  # what is dark besides the bars: the y axis
    for bars in (7, 2):
        moved = kernel.move(ids["bars"], value=bars)
        (update,) = pictures(moved, "update_display_data")
        assert update["transient"]["display_id"] == first["transient"]["display_id"]
        assert dark_columns(update) == bars + axis
        assert update["data"]["text/plain"] == f"{bars} bars in shade 2."
        assert not of_type(moved, "display_data")
    (update,) = pictures(kernel.move(ids["shade"], value=9), "update_display_data")
    assert update["data"]["text/plain"] == "2 bars in shade 9."


def test_trouble_is_told_beside_the_controls_and_passes(kernel):
    """A value that cannot be drawn shows its error as text, keeps the picture; the next value draws again."""
    messages = kernel.run(SHOW)
    bars = sliders(messages)["bars"]

    def told(messages):
        states = [content["data"].get("state", {}) for content in of_type(messages, "comm_msg")]
        return [state["value"] for state in states if isinstance(state.get("value"), str)]

    failed = kernel.move(bars, value=5)
    assert told(failed) == ["ValueError: bars=5 must be &lt;b&gt;another&lt;/b&gt; number"]
    assert not pictures(failed, "update_display_data")
    healed = kernel.move(bars, value=6)
    no_trouble, heard = told(healed)
    assert no_trouble == "" and "6 bars in shade 2." in heard
    assert len(pictures(healed, "update_display_data")) == 1


def test_shown_twice_it_still_draws_once_a_move(kernel):
    """Showing the same explorer again does not double the work."""
    messages = kernel.run(f"e = {SHOW}\ne")
    again = kernel.run("e")
    ids = {content["transient"]["display_id"] for content in pictures(messages) + pictures(again)}
    assert len(ids) == 1
    assert len(pictures(kernel.move(sliders(messages)["bars"], value=8), "update_display_data")) == 1


def test_a_program_gets_the_picture_and_always_the_same(kernel):
    """Without the name of a session there is one image, a sentence, no widget, and the same bytes again."""
    code = f"name = os.environ.pop('JPY_SESSION_NAME')\n{SHOW}"
    try:
        first = kernel.run(code)
        second = kernel.run(SHOW)
    finally:
        kernel.run("os.environ['JPY_SESSION_NAME'] = name")
    for messages in (first, second):
        shown, sentence = of_type(messages, "display_data")
        assert set(shown["data"]) == {"image/png", "text/plain"}
        assert shown["data"]["text/plain"] == "3 bars in shade 2."
        assert sentence["data"] == {"text/plain": "Run this cell to get the controls."}
    assert pictures(first)[0]["data"] == pictures(second)[0]["data"]


def test_a_picture_alone_shows_itself_once(kernel):
    """Also with matplotlib's own notebook backend awake, a picture is one image with its text."""
    messages = kernel.run("%matplotlib inline\nimport matplotlib.pyplot\ndraw(4)")
    (shown,) = of_type(messages, "display_data")
    assert shown["data"]["text/plain"] == "4 bars in shade 1."
    assert set(shown["data"]) == {"image/png", "text/plain"}
    assert not of_type(messages, "execute_result") and not of_type(messages, "error")


def test_a_picture_can_be_displayed_within_a_cell(kernel):
    """display(picture) in the middle of a cell shows it."""
    messages = kernel.run("for bars in (1, 2):\n    display(draw(bars))")
    assert [c["data"]["text/plain"] for c in pictures(messages)] == [
        "1 bars in shade 1.",
        "2 bars in shade 1.",
    ]


@styled
def line(first_value, slope):
    figure, axes = picture(height=1.0)
    axes[0, 0].plot([0, 1], [first_value, first_value + slope])
    return figure


def test_controls_are_labelled():
    """A control without a description is labelled by its name."""
    explorer = Explorer(line, first_value=FloatSlider(1.0), slope=IntSlider(2, description="steepness"))
    labels = {name: control.description for name, control in explorer.controls.items()}
    assert labels == {"first_value": "first value", "slope": "steepness"}
    np.testing.assert_array_equal(explorer.picture().axes[0].lines[0].get_ydata(), [1, 3])


def test_something_without_a_value_is_refused():
    """A number or a button in place of a control is a TypeError that names it."""
    with pytest.raises(TypeError, match=r"slope=2 must be an ipywidget with a value, such as FloatSlider"):
        Explorer(line, first_value=FloatSlider(1.0), slope=2)
    with pytest.raises(TypeError, match=r"slope=Button\(.*must be an ipywidget with a value"):
        Explorer(line, first_value=FloatSlider(1.0), slope=Button())
