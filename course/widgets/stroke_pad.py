"""Drawing pad control, by mouse or finger; its value is the strokes of the pen."""

import time
from collections.abc import Sequence

import numpy as np
from ipycanvas import Canvas, hold_canvas
from ipywidgets import Button, Dropdown, HBox, Layout, ValueWidget, VBox
from ipywidgets.widgets.widget_description import DescriptionWidget

from course.data.drawings import BOARD, PEN
from course.data.strokes import EXAMPLES
from course.errors import unknown_name

from .presets import OWN

PAUSE_S = 0.25  # at least between two changes of the value while the pen moves

Strokes = tuple[tuple[tuple[float, float], ...], ...]


def example_named(name: str) -> Strokes:
    """The strokes of an example digit.

    Raises:
        ValueError: there is no example of that name.
    """
    if name not in EXAMPLES:
        raise ValueError(unknown_name("example", name, EXAMPLES))
    return tuple(tuple(stroke) for stroke in EXAMPLES[name])


class StrokePad(VBox, DescriptionWidget, ValueWidget):
    """A black board of 280 x 280 pixels, examples to begin with, and a button that wipes it.

    The kernel draws what the browser reports. In JupyterLab the course's extension shows the ink before that,
    at once: it knows a board, and the width of its pen, by the class `course-pen-24`.

    Args:
        example: the digit that stands on it at first; it goes when somebody draws.

    Attributes:
        value: the strokes, each a tuple of points (x, y) in pixels from the upper left corner. It changes
            when the pen leaves the board, and at most four times a second while it moves.
        canvas: what is drawn on.
        examples: the list of example digits; says "your own" once somebody drew.
        wipe: the button.

    Raises:
        ValueError: there is no example of that name.
    """

    def __init__(self, example: str = "3"):
        value = example_named(example)
        frame = Layout(border="1px solid gray", width=f"{BOARD}px")  # without a width it would be stretched
        self.canvas = Canvas(width=BOARD, height=BOARD, layout=frame)
        self.examples = Dropdown(options=[*EXAMPLES, OWN], value=example, description="example")
        self.examples.style.description_width = "5em"
        self.examples.layout.width = "13em"
        self.wipe = Button(description="wipe the board", layout=Layout(width="10em"))
        super().__init__([self.canvas, HBox([self.examples, self.wipe])], value=value)
        self.add_class(f"course-pen-{PEN}")
        self._stroke: list[tuple[float, float]] | None = None  # the one that is being drawn
        self._shown_at = 0.0
        self.canvas.on_client_ready(self._redraw)
        self.canvas.on_mouse_down(self._pen_down)
        self.canvas.on_mouse_move(self._pen_move)
        self.canvas.on_mouse_up(self._pen_up)
        self.canvas.on_mouse_out(self._pen_up)
        self.canvas.on_touch_start(lambda touches: touches and self._pen_down(*touches[0]))
        self.canvas.on_touch_move(lambda touches: touches and self._pen_move(*touches[0]))
        self.canvas.on_touch_end(lambda touches: self._pen_up())
        self.canvas.on_touch_cancel(lambda touches: self._pen_up())
        self.examples.observe(self._example_chosen, names="value")
        self.wipe.on_click(lambda button: self._wipe())
        self._redraw()

    def _pen_down(self, x: float, y: float) -> None:
        if self.examples.value != OWN:
            self.examples.value = OWN
            self.value = ()
            self._redraw()
        self._stroke = [(x, y)]
        self._draw_line([(x, y)])

    def _pen_move(self, x: float, y: float) -> None:
        if self._stroke is None:  # the mouse passes by with its button up
            return
        self._draw_line([self._stroke[-1], (x, y)])
        self._stroke.append((x, y))
        if time.monotonic() - self._shown_at > PAUSE_S:
            self._extend_value()

    def _pen_up(self, x: float = 0, y: float = 0) -> None:
        if self._stroke is not None:
            self._extend_value()
            self._stroke = None

    def _extend_value(self) -> None:
        """Let the value end in the stroke as it is by now."""
        stroke = tuple(self._stroke)
        begun = self.value and self.value[-1] and self.value[-1] == stroke[: len(self.value[-1])]
        self.value = (*(self.value[:-1] if begun else self.value), stroke)
        self._shown_at = time.monotonic()

    def _example_chosen(self, change: dict) -> None:
        if change["new"] != OWN:
            self.value = example_named(change["new"])
            self._redraw()

    def _wipe(self) -> None:
        self._stroke = None
        self.examples.value = OWN
        self.value = ()
        self._redraw()

    def _redraw(self) -> None:
        """Draw the board and what stands on it; also when a page was loaded again."""
        with hold_canvas():
            self.canvas.fill_style = "black"
            self.canvas.fill_rect(0, 0, BOARD, BOARD)
            for stroke in self.value:
                self._draw_line(stroke)

    def _draw_line(self, points: Sequence[tuple[float, float]]) -> None:
        self.canvas.stroke_style = self.canvas.fill_style = "white"
        self.canvas.line_width = PEN
        self.canvas.line_cap = self.canvas.line_join = "round"
        if len(points) == 1:
            self.canvas.fill_circle(*points[0], PEN / 2)
        else:
            self.canvas.stroke_lines(np.array(points, dtype=float))  # the page cannot read a list
