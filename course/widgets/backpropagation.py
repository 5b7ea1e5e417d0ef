"""Explorer: the backward pass through a small graph, operation by operation, for your own numbers."""

from collections.abc import Callable

from ipywidgets import Dropdown, FloatSlider, IntSlider

from course.autograd import Value
from course.errors import unknown_name
from course.visualize.backward_steps import backward_steps, plot_backward_step
from course.visualize.style import Picture

from .explorer import Explorer

EXPRESSIONS: dict[str, Callable[[Value, Value, Value], Value]] = {
    "(x + y) * z": lambda x, y, z: (x + y) * z,
    "x * y + x * z": lambda x, y, z: x * y + x * z,
    "max(x, y) * z": lambda x, y, z: (y + (x - y).relu()) * z,
    "sigmoid(x * y + z)": lambda x, y, z: (x * y + z).sigmoid(),
    "(x * y - z) ** 2": lambda x, y, z: (x * y - z) ** 2,
}
MOST_STEPS = 4


def draw_backward(
    expression: str = "max(x, y) * z", x: float = 3.0, y: float = 2.0, z: float = -4.0, step: int = 2
) -> Picture:
    """The graph of an expression after so many steps of its backward pass.

    Args:
        expression: a key of `EXPRESSIONS`.
        x, y, z: the leaves.
        step: from 0; a step beyond the last shows the last.

    Raises:
        ValueError: the expression is unknown, or step is below 0.
    """
    if expression not in EXPRESSIONS:
        raise ValueError(unknown_name("expression", expression, EXPRESSIONS))
    result = EXPRESSIONS[expression](Value(x, "x"), Value(y, "y"), Value(z, "z"))
    return plot_backward_step(result, min(step, len(backward_steps(result)) - 1))


def backward_explorer() -> Explorer:
    """The backward pass through a graph, with controls for the expression, its leaves and the step."""
    leaves = {"x": 3.0, "y": 2.0, "z": -4.0}
    sliders = {name: FloatSlider(value, min=-5, max=5, step=0.5) for name, value in leaves.items()}
    return Explorer(
        draw_backward,
        expression=Dropdown(options=list(EXPRESSIONS), value="max(x, y) * z"),
        **sliders,
        step=IntSlider(2, min=0, max=MOST_STEPS),
    )
