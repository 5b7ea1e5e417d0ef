"""Kernel editor control for 3 x 3: nine numbers to type into, and well-known kernels to begin with."""

import numpy as np
from ipywidgets import FloatText, GridBox, Layout

from course.errors import unknown_name
from course.visualize.convolution import KERNELS

from .presets import PresetEditor

Kernel = tuple[tuple[float, float, float], ...]


def kernel_named(name: str) -> Kernel:
    """A well-known kernel as three rows of three numbers.

    Raises:
        ValueError: no kernel has this name.
    """
    if name not in KERNELS:
        raise ValueError(unknown_name("kernel", name, KERNELS))
    return tuple(tuple(row) for row in KERNELS[name].tolist())


class KernelEditor(PresetEditor):
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
        self.numbers = [FloatText(number, step=0.25) for row in value for number in row]
        for field in self.numbers:
            field.layout.width = "6.5em"
        grid = GridBox(
            self.numbers, layout=Layout(grid_template_columns="7em 7em 7em", margin="0 0 0 10.5em")
        )
        super().__init__(KERNELS, kernel, "kernel", self.numbers, grid, value)

    def fill(self, name: str) -> None:
        """Write a well-known kernel into the fields."""
        for field, number in zip(self.numbers, KERNELS[name].flat, strict=True):
            field.value = float(number)

    def read(self) -> Kernel:
        """The kernel in the fields."""
        numbers = np.array([field.value for field in self.numbers]).reshape(3, 3)
        return tuple(tuple(row) for row in numbers.tolist())
