"""Activation functions with their derivatives: how steep is each, and where is it flat?"""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from torch import Tensor

from .series_styles import series_style
from .style import COLORS, Picture, headline, listing, picture, styled, told

Function = Callable[[Tensor], Tensor]

STYLES = {"f(x)": {"linestyle": "-"}, "f′(x)": {"linestyle": "--", "linewidth": 1.5}}


@torch.no_grad()
def activation_curve(f: Function, limit: float = 5.0, points: int = 401) -> tuple[np.ndarray, np.ndarray]:
    """Sample a function of one number.

    Args:
        f: maps a float64 tensor (points,) to one of the same shape.
        limit: from -limit to limit.
        points: how many, evenly spaced; an odd number has one at 0.

    Returns:
        x and f(x), each (points,).

    Raises:
        ValueError: if `f` gives another shape.
    """
    x = torch.linspace(-limit, limit, points, dtype=torch.float64)
    y = torch.as_tensor(f(x))
    if y.shape != x.shape:
        raise ValueError(f"f gave shape {tuple(y.shape)} for {points} numbers; it must give ({points},)")
    return x.numpy(), y.numpy()


@styled
def plot_activations(
    functions: Mapping[str, tuple[Function, Function]], limit: float = 5.0, title: str = ""
) -> Picture:
    """Draw each function, solid, and its derivative, dashed, in a panel of its own, three panels a row.

    Args:
        functions: name to the function and its derivative; a known activation keeps its color.
        limit: x goes from -limit to limit.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: if there is no function.
    """
    if not functions:
        raise ValueError("functions={} must hold at least one function")
    columns = min(3, len(functions))
    rows = -(-len(functions) // columns)
    figure, axes = picture(rows, columns, height=0.5 + 2.0 * rows, sharex=True, sharey=True)
    for number, (name, pair) in enumerate(functions.items()):
        panel = axes.flat[number]
        draw_activation(panel, *pair, limit, series_style(name)["color"])
        panel.set(title=name)
        if number >= len(functions) - columns:
            panel.set(xlabel="x")
            panel.tick_params(labelbottom=True)  # also above an empty place
    for panel in axes.flat[len(functions) :]:
        panel.set_visible(False)
    handles = [Line2D([], [], color=COLORS[7], label=label, **style) for label, style in STYLES.items()]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    headline(figure, title)
    span = f"-{limit:g} to {limit:g}"
    alt_text = f"The functions {listing(functions)}, each with its derivative, for x from {span}."
    figure.alt = told(title, alt_text)
    return figure


def draw_activation(
    panel: Axes, f: Function, derivative: Function, limit: float = 5.0, color: str = COLORS[0]
) -> None:
    """Draw a function, solid, and its derivative, dashed, into axes with both zero lines."""
    panel.axhline(0, color="#BBBBBB", linewidth=0.8)
    panel.axvline(0, color="#BBBBBB", linewidth=0.8)
    for function, (label, style) in zip((f, derivative), STYLES.items(), strict=True):
        panel.plot(*activation_curve(function, limit), label=label, color=color, **style)
    panel.set(xlim=(-limit, limit), ylim=(-2, 2.5))
