"""Messages of a kernel: real ones pass, rubbish does not, and long lines are no work."""

import pytest
from jupyter_client.manager import start_new_kernel
from nbformat.v4 import new_output

from course.notebooks.messages import SHAPES, is_output, is_sound, join_streams

SHOW = """
import sys
from IPython.display import clear_output, display, HTML
print("a"); print("b", file=sys.stderr); display(HTML("<b>x</b>"))
shown = display("one", display_id=True); shown.update({"two": 2}); clear_output(wait=True)
from ipywidgets import IntSlider
slider = IntSlider(); display(slider); slider.value = 3; slider.close()
1 / 0
"""


def test_everything_that_a_real_kernel_says_is_sound():
    """Prints, displays, updates, widgets and an error of ipykernel all pass."""
    manager, client = start_new_kernel()
    try:
        seen = []
        client.execute_interactive(SHOW, output_hook=seen.append, timeout=60)
        client.execute_interactive("6 * 7", output_hook=seen.append, timeout=60)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
    assert set(SHAPES) <= {message["msg_type"] for message in seen}
    assert [m["msg_type"] for m in seen if not (is_sound(m) and is_output(m))] == []


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("stream", {}),
        ("stream", {"name": "stdout", "text": 7}),
        ("stream", {"name": 1, "text": "x"}),
        ("error", {"ename": "E", "evalue": "v"}),
        ("error", {"ename": "E", "evalue": "v", "traceback": [1]}),
        ("display_data", {"data": 7, "metadata": None}),
        ("display_data", {"data": {"text/plain": 7}, "metadata": {}}),
        ("display_data", {"data": {}, "metadata": {}, "transient": 3}),
        ("display_data", {"data": {}, "metadata": {}, "transient": {"display_id": [1]}}),
        ("update_display_data", {"data": {"text/plain": {"a": 1}}, "metadata": {}}),
        ("execute_result", {"data": {}, "metadata": {}, "execution_count": "many"}),
        ("execute_result", {"data": {}, "metadata": {}, "execution_count": -1}),
        ("execute_result", {"data": {}, "metadata": {}}),
        ("status", {}),
        ("comm_msg", {"comm_id": "x", "data": {"state": 4}}),
        ("score", {"points": 1000}),
        ("stream", "text"),
    ],
)
def test_rubbish_is_refused(kind, content):
    """A wrong type, a missing field, a kind that no kernel knows."""
    message = {"msg_type": kind, "content": content}
    assert not (is_sound(message) and is_output(message))


def text_of(*texts):
    return [output.text for output in join_streams([new_output("stream", text=text) for text in texts])]


def test_streams_in_a_row_become_one():
    """Cut anywhere, printed text is the same; another stream or a display between them keeps them apart."""
    assert text_of("a\n", "b", "c\n") == ["a\nbc\n"]
    outputs = [
        new_output("stream", text="a"),
        new_output("stream", name="stderr", text="b"),
        new_output("stream", text="c"),
        new_output("display_data", data={"text/plain": "x"}),
        new_output("stream", text="d"),
        new_output("stream", text="e"),
    ]
    assert [output.get("text", "-") for output in join_streams(outputs)] == ["a", "b", "c", "-", "de"]


def test_of_an_overwritten_line_the_last_state_stays():
    """A progress bar leaves its end; a line that ends in \\r\\n is a line."""
    assert text_of(" 1%\r", " 50%\r100%\nnext\n") == ["100%\nnext\n"]
    assert text_of("a\r\nb\r\n") == ["a\nb\n"]
    assert text_of("100%\r") == ["100%"]


def test_a_long_line_is_no_work():
    """One line of twenty million characters: the square of that would take years."""
    assert text_of("A" * 10_000_000, "B" * 10_000_000) == ["A" * 10_000_000 + "B" * 10_000_000]
