"""A control for a kernel of 3 x 3: nine numbers to type into, and well-known kernels to begin with."""

from contextlib import contextmanager

import numpy as np
from ipywidgets import Dropdown, FloatText, GridBox, Layout, ValueWidget, VBox
from ipywidgets.widgets.widget_description import DescriptionWidget

from course.errors import unknown_name
from course.visualize.convolution import KERNELS

OWN = "your own"

Kernel = tuple[tuple[float, float, float], ...]


def kernel_named(name: str) -> Kernel:
    """A well-known kernel as three rows of three numbers.

    Raises:
        ValueError: no kernel has this name.
    """
    if name not in KERNELS:
        raise ValueError(unknown_name("kernel", name, KERNELS))
    return tuple(tuple(row) for row in KERNELS[name].tolist())


class KernelEditor(VBox, DescriptionWidget, ValueWidget):
    """Nine numbers and a list of kernels that fills them in.

    Args:
        kernel: a name in `KERNELS`, to begin with.

    Attributes:
        value: the kernel, three rows of three numbers; set from the numbers that are shown.
        numbers: the nine fields, row by row.
        known: the list of kernels; says "your own" once a number was changed.

    Raises:
        ValueError: no kernel has this name.
    """

    def __init__(self, kernel: str = "blur"):
        value = kernel_named(kernel)
        self.known = Dropdown(options=[*KERNELS, OWN], value=kernel, description="kernel")
        self.known.style.description_width = "10em"
        self.known.layout.width = "32em"
        self.numbers = [FloatText(number, step=0.25) for row in value for number in row]
        for field in self.numbers:
            field.layout.width = "6.5em"
            field.observe(self._number_changed, names="value")
        self.known.observe(self._name_chosen, names="value")
        grid = GridBox(
            self.numbers, layout=Layout(grid_template_columns="7em 7em 7em", margin="0 0 0 10.5em")
        )
        self._filling = False
        super().__init__([self.known, grid], value=value)

    def _name_chosen(self, change: dict) -> None:
        if change["new"] != OWN and not self._filling:
            with self._filled():
                for field, number in zip(self.numbers, KERNELS[change["new"]].flat, strict=True):
                    field.value = float(number)

    def _number_changed(self, change: dict) -> None:
        if not self._filling:
            with self._filled():
                self.known.value = OWN

    @contextmanager
    def _filled(self):
        """What changes here is one change of `value`, so that a picture is drawn once."""
        self._filling = True
        try:
            yield
        finally:
            self._filling = False
        numbers = np.array([field.value for field in self.numbers]).reshape(3, 3)
        self.value = tuple(tuple(row) for row in numbers.tolist())
