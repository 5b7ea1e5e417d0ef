"""Explorer base class: a pure drawing function, controls, and a plain image.

The image is an ordinary output with a display id, and the controls replace it in place. So it stays when the
notebook is saved, reopened without a kernel, put on a web page or run by a program, where widgets vanish.
"""

import os
from collections.abc import Callable
from html import escape
from uuid import uuid4

from IPython.display import display, update_display
from ipywidgets import HTML, Box, Layout, ValueWidget, VBox, Widget

from course.visualize.style import Picture

RUN = "Run this cell to get the controls."  # where a page or a stored notebook cannot show them

# heard by a screen reader at every change, not seen: the picture says the same
HEARD = (
    '<div role="status" style="position: absolute; width: 1px; height: 1px; overflow: hidden; '
    'clip-path: inset(50%)">{}</div>'
)


def has_reader() -> bool:
    """Whether a person sits in front of this kernel: JupyterLab names their session, programs have none."""
    return "JPY_SESSION_NAME" in os.environ


def show_controls(box: Widget) -> None:
    """Show a widget; where it cannot live, one sentence stands in its place."""
    view = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
    display({"application/vnd.jupyter.widget-view+json": view, "text/plain": RUN}, raw=True)


def tell_of_controls() -> None:
    """For a program that runs a notebook: say to its readers that there are controls."""
    display({"text/plain": RUN}, raw=True)


class Explorer:
    """A picture that follows its controls; show it as the last line of a cell.

    A program that runs the notebook gets the picture of the first values, and a sentence about the controls.

    Args:
        draw: takes the controls' values by name, gives a picture; no side effects.
        **controls: name to ipywidget with a value. Its description, by default the name, is its label.

    Raises:
        TypeError: if a control has no value.
    """

    def __init__(self, draw: Callable[..., Picture], /, **controls: ValueWidget):
        for name, control in controls.items():
            if not isinstance(control, ValueWidget):
                raise TypeError(f"{name}={control!r} must be an ipywidget with a value, such as FloatSlider")
            control.description = control.description or name.replace("_", " ")
            control.style.description_width = "10em"
            control.layout.width = "32em"
        self.draw = draw
        self.controls = controls
        self.trouble = HTML()
        self.words = HTML()
        self.display_id = uuid4().hex

    def picture(self) -> Picture:
        """The picture of the controls' present values."""
        return self.draw(**{name: control.value for name, control in self.controls.items()})

    def box(self) -> Widget:
        """The controls as they stand on the page: beside each other where there is room."""
        return Box([*self.controls.values()], layout=Layout(flex_flow="row wrap"))

    def _ipython_display_(self) -> None:
        if has_reader():
            show_controls(VBox([self.box(), self.trouble, self.words]))
            for control in self.controls.values():
                control.observe(self._redraw, names="value")
        data, metadata = self.picture().bundle()
        display(data, metadata=metadata, raw=True, display_id=self.display_id)
        if not has_reader():
            tell_of_controls()

    def _redraw(self, change: dict) -> None:
        try:
            data, metadata = self.picture().bundle(quick=True)
        except Exception as error:
            # a callback has no cell below which a traceback could stand
            self.trouble.value = escape(f"{type(error).__name__}: {error}")
            return
        self.trouble.value = ""
        self.words.value = HEARD.format(escape(data["text/plain"]))
        update_display(data, metadata=metadata, raw=True, display_id=self.display_id)
