"""Explorer: how steep is an activation at its input, and what do ten such layers leave of a gradient?"""

from collections.abc import Callable
from functools import partial

import torch
from ipywidgets import Dropdown, FloatSlider
from matplotlib.ticker import NullLocator

from course.errors import unknown_name
from course.nn import activations as nn
from course.nn.gelu import gelu, gelu_grad, silu, silu_grad
from course.visualize.activations import draw_activation
from course.visualize.series_styles import series_style
from course.visualize.style import COLORS, Picture, picture, styled

from .explorer import Explorer

PAIRS = {
    "sigmoid": (nn.sigmoid, nn.sigmoid_grad),
    "tanh": (nn.tanh, nn.tanh_grad),
    "scaled tanh": (nn.scaled_tanh, nn.scaled_tanh_grad),
    "ReLU": (nn.relu, nn.relu_grad),
    "Leaky ReLU": (nn.leaky_relu, nn.leaky_relu_grad),
    "ELU": (nn.elu, nn.elu_grad),
    "GELU": (gelu, gelu_grad),
    "SiLU": (silu, silu_grad),
    "softplus": (nn.softplus, nn.softplus_grad),
}
LIMIT, LAYERS = 5.0, 10


def pair(activation: str, parameter: float) -> tuple[Callable, Callable]:
    """A function and its derivative; the parameter is Leaky ReLU's slope or ELU's alpha."""
    f, derivative = PAIRS[activation]
    if activation == "Leaky ReLU":
        return partial(f, negative_slope=parameter), partial(derivative, negative_slope=parameter)
    if activation == "ELU":
        return partial(f, alpha=parameter), partial(derivative, alpha=parameter)
    return f, derivative


@styled
def draw_slope(activation: str = "sigmoid", x: float = 2.0, parameter: float = 0.1) -> Picture:
    """An activation with its tangent at x, and what a gradient keeps after one such layer, two, up to ten.

    Args:
        activation: a name in `PAIRS`.
        x: the input of every layer.
        parameter: Leaky ReLU's slope or ELU's alpha; the others pass over it.

    Raises:
        ValueError: if the name is unknown.
    """
    if activation not in PAIRS:
        raise ValueError(unknown_name("activation", activation, PAIRS))
    f, derivative = pair(activation, parameter)
    at = torch.tensor([x], dtype=torch.float64)
    value, slope = f(at).item(), derivative(at).item()
    figure, axes = picture(1, 2, height=3.2, layout=None)
    figure.subplots_adjust(left=0.08, right=0.97, bottom=0.16, top=0.8, wspace=0.4)
    curve, left = axes[0]
    color = series_style(activation)["color"]
    draw_activation(curve, f, derivative, LIMIT, color)
    ink = COLORS[1] if color == COLORS[6] else COLORS[6]
    ends = torch.tensor([x - 1.5, x + 1.5])
    curve.plot(ends, value + slope * (ends - x), color=ink, linewidth=2.5, label="tangent")
    curve.plot([x], [value], "o", color=ink, markersize=7)
    curve.set_ylim(min(-1.5, value - 1), max(2.5, value + 1))
    curve.set(xlabel="x", title=f"f({x:g}) = {value:.3g}, slope {slope:.3g}")
    layers = range(1, LAYERS + 1)
    left.bar(layers, [max(abs(slope) ** n, 1e-30) for n in layers], color=color)
    left.set(yscale="log", ylim=(1e-12, 1e3), xlabel="layers", ylabel="gradient", xticks=layers)
    left.set_yticks([1e-12, 1e-9, 1e-6, 1e-3, 1, 1e3], ["1e-12", "1e-9", "1e-6", "0.001", "1", "1000"])
    left.yaxis.set_minor_locator(NullLocator())
    left.set_title(f"slope to the power of {LAYERS}: {slope**LAYERS:.2g}")
    figure.legend(*curve.get_legend_handles_labels(), loc="upper center", ncols=3)
    alt_text = f"{activation} at x = {x:g}"
    figure.alt = f"{alt_text}: its tangent there, and the product of up to {LAYERS} such slopes."
    return figure


def slope_explorer() -> Explorer:
    """An activation and its slope, with controls for the function, its input and its parameter."""
    return Explorer(
        draw_slope,
        activation=Dropdown(options=list(PAIRS)),
        x=FloatSlider(2.0, min=-5, max=5, step=0.1, description="x"),
        parameter=FloatSlider(0.1, min=0, max=2, step=0.05, description="slope or alpha"),
    )
