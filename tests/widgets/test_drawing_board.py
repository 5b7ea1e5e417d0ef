"""The drawing board: events of mouse and finger become strokes, and the net reads them."""

import pytest
import torch

from course.data.drawings import BOARD
from course.data.strokes import EXAMPLES
from course.models import get_model
from course.widgets import StrokePad, draw_reading, drawing_board
from course.widgets import stroke_pad as stroke_pad_file


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return get_model("lenet5_modern")


def send(pad, event, *points):
    """An event as the browser reports it."""
    if event.startswith("mouse"):
        (x, y) = points[0]
        content = {"event": event, "x": x, "y": y}
    else:
        content = {"event": event, "touches": [{"x": x, "y": y} for x, y in points]}
    pad.canvas._handle_frontend_event(pad.canvas, content, [])


def watched(pad):
    seen = []
    pad.observe(lambda change: seen.append(change["new"]), names="value")
    return seen


def test_it_begins_with_an_example():
    """The value is the example's strokes, inside the board."""
    pad = StrokePad("4")
    assert [list(stroke) for stroke in pad.value] == EXAMPLES["4"]
    assert all(0 <= number <= BOARD for stroke in pad.value for point in stroke for number in point)
    with pytest.raises(ValueError, match=r"example='12' is unknown"):
        StrokePad("12")


def test_two_strokes_by_mouse():
    """The example goes at the first stroke; a stroke ends with the button; passing by draws nothing."""
    pad = StrokePad("4")
    seen = watched(pad)
    send(pad, "mouse_move", (1, 1))
    assert seen == []
    send(pad, "mouse_down", (10, 20))
    assert pad.examples.value == "your own" and pad.value == ()
    send(pad, "mouse_move", (30, 40))
    send(pad, "mouse_up", (30, 40))
    send(pad, "mouse_move", (99, 99))
    send(pad, "mouse_down", (50, 60))
    send(pad, "mouse_out", (70, 80))
    assert pad.value == (((10, 20), (30, 40)), ((50, 60),))


def test_a_stroke_by_finger():
    """Touch events draw as mouse events do; a second finger is ignored."""
    pad = StrokePad()
    send(pad, "touch_start", (10, 20), (200, 200))
    send(pad, "touch_move", (30, 40), (210, 200))
    send(pad, "touch_end")
    assert pad.value == (((10, 20), (30, 40)),)


def test_the_value_follows_a_long_stroke(monkeypatch):
    """While the pen moves the value grows at the pace of the pause, always as one stroke."""
    monkeypatch.setattr(stroke_pad_file, "PAUSE_S", 0)
    pad = StrokePad()
    send(pad, "mouse_down", (0, 0))
    seen = watched(pad)
    for x in (5, 10, 15):
        send(pad, "mouse_move", (x, 0))
    send(pad, "mouse_up", (15, 0))
    assert [len(value) for value in seen] == [1] * len(seen)
    assert seen[0] == (((0, 0), (5, 0)),) and seen[-1] == (((0, 0), (5, 0), (10, 0), (15, 0)),)


def test_many_moves_in_a_moment_are_few_changes():
    """Fifty moves within the pause change the value at most twice before the pen leaves."""
    pad = StrokePad()
    send(pad, "mouse_down", (0, 0))
    seen = watched(pad)
    for x in range(50):
        send(pad, "mouse_move", (x, x))
    assert len(seen) <= 2
    send(pad, "mouse_up", (50, 50))
    assert len(pad.value[0]) == 51


def test_wipe_and_examples():
    """The button empties the board, an example fills it again; without a mouse both work by keyboard."""
    pad = StrokePad("1")
    pad.wipe.click()
    assert pad.value == () and pad.examples.value == "your own"
    pad.examples.value = "8"
    assert [list(stroke) for stroke in pad.value] == EXAMPLES["8"]
    pad.examples.value = "your own"
    assert [list(stroke) for stroke in pad.value] == EXAMPLES["8"], "nothing is lost by the list alone"


def test_the_board_shows_what_the_net_reads(model):
    """The explorer's picture is that of the strokes on its pad, before and after a stroke."""
    board = drawing_board(model, example="6")
    assert board.picture().pixels().tobytes() == draw_reading(model, EXAMPLES["6"]).pixels().tobytes()
    pad = board.controls["strokes"]
    send(pad, "mouse_down", (140, 40))
    send(pad, "mouse_move", (140, 240))
    send(pad, "mouse_up", (140, 240))
    assert (
        board.picture().pixels().tobytes()
        == draw_reading(model, [[(140, 40), (140, 240)]]).pixels().tobytes()
    )
    pad.wipe.click()
    assert board.picture().alt == "An empty board."
