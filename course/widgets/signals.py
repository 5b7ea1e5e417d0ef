"""Explorer: do signals and gradients survive the way through a deep net?"""

from dataclasses import dataclass

import numpy as np
import torch
from ipywidgets import Checkbox, Dropdown, IntSlider
from matplotlib.ticker import NullLocator
from torch import Tensor, nn

from course.errors import unknown_name
from course.nn import ELU, BatchNorm1d, LeakyReLU, Maxout, ReLU, ScaledTanh, Sigmoid, Tanh, init_
from course.visualize.activation_strips import draw_strips
from course.visualize.style import MARKERS, Picture, line_style, picture, styled

from .explorer import Explorer

WIDTH, IMAGES = 100, 200
ACTIVATIONS = {
    "tanh": Tanh,
    "sigmoid": Sigmoid,
    "scaled tanh": ScaledTanh,
    "ReLU": ReLU,
    "Leaky ReLU": LeakyReLU,
    "ELU": ELU,
    "Maxout": None,  # a layer that brings its own weights
}
LARGE = "large"
FORMULAS = {
    "small": "small: N(0, 0.01²)",
    LARGE: "large: N(0, 1)",
    "lecture": "lecture: N(0, 1 / fan_in)",
    "glorot": "glorot: ±√(6 / (fan_in + fan_out))",
    "he": "he: N(0, 2 / fan_in)",
    "lecun": "lecun: ±2.4 / fan_in",
}
LIMIT = 2.5  # of the histograms
SMALLEST, LARGEST = 1e-12, 1e12  # deviations that are drawn


@dataclass(frozen=True)
class Signals:
    """What goes through a net, layer by layer.

    Attributes:
        outputs: of each layer's activation, (IMAGES, WIDTH) each.
        std: standard deviation of all outputs of a layer, (depth,).
        over_images: the same for each unit over the images, then averaged over the units, (depth,).
        gradients: standard deviation of each output's gradient, that of the last layer being 1, (depth,).
    """

    outputs: list[Tensor]
    std: np.ndarray
    over_images: np.ndarray
    gradients: np.ndarray


def deep_net(activation: str, scheme: str, depth: int, batch_norm: bool) -> nn.Sequential:
    """A net of equally wide layers, each one a module: linear, batch norm if wanted, activation."""
    generator = torch.Generator().manual_seed(0)
    layers = []
    for _ in range(depth):
        make = ACTIVATIONS[activation]
        linear = Maxout(WIDTH, WIDTH) if make is None else nn.Linear(WIDTH, WIDTH)
        init_(linear, "small" if scheme == LARGE else scheme, generator)
        if scheme == LARGE:
            for weight in (p for p in linear.parameters() if p.dim() == 2):
                nn.init.normal_(weight, generator=generator)
        parts = [linear] + ([BatchNorm1d(WIDTH)] if batch_norm else []) + ([] if make is None else [make()])
        layers.append(nn.Sequential(*parts))
    return nn.Sequential(*layers)


def signals(activation: str, scheme: str, depth: int, batch_norm: bool = False) -> Signals:
    """Send independent normal numbers through a fresh net, and others back; arguments as for drawing."""
    net = deep_net(activation, scheme, depth, batch_norm)
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(IMAGES, WIDTH, generator=generator)
    outputs = []
    for layer in net:
        x = layer(x)  # (IMAGES, WIDTH)
        x.retain_grad()
        outputs.append(x)
    x.backward(torch.randn(IMAGES, WIDTH, generator=generator))
    gradients = np.array([output.grad.std().item() for output in outputs])
    return Signals(
        [output.detach() for output in outputs],
        np.array([output.std().item() for output in outputs]),
        np.array([output.std(dim=0).mean().item() for output in outputs]),
        gradients / gradients[-1],
    )


@styled
def draw_signals(
    activation: str = "tanh", scheme: str = "small", depth: int = 10, batch_norm: bool = False
) -> Picture:
    """The outputs of each layer as a histogram, and how outputs and gradients shrink or grow.

    Args:
        activation: a name in `ACTIVATIONS`.
        scheme: a name in `FORMULAS`.
        depth: number of layers, 2 to 12.
        batch_norm: whether batch norm stands between each layer and its activation (after a Maxout).

    Raises:
        ValueError: if a name is unknown, or the depth is out of range.
    """
    if activation not in ACTIVATIONS:
        raise ValueError(unknown_name("activation", activation, ACTIVATIONS))
    if scheme not in FORMULAS:
        raise ValueError(unknown_name("scheme", scheme, FORMULAS))
    if not 2 <= depth <= 12:
        raise ValueError(f"depth={depth} must be from 2 to 12")
    measured = signals(activation, scheme, depth, batch_norm)
    figure, axes = picture(1, 2, height=5.2, layout=None, width_ratios=[3, 2])
    figure.subplots_adjust(left=0.1, right=0.97, bottom=0.1, top=0.84, wspace=0.08)
    strips, trends = axes[0]
    layers = {f"layer {number}": values for number, values in enumerate(measured.outputs, start=1)}
    draw_strips(strips, layers, np.linspace(-LIMIT, LIMIT, 61), depth)
    places = [depth - 0.6 - row for row in range(depth)]
    strips.set_yticks(places, list(layers))
    strips.set(title="outputs of each layer", xticks=range(-2, 3))
    strips.set_xlim(-LIMIT, LIMIT + 3.5)  # room for the numbers
    lines = {
        "outputs": measured.std,
        "outputs, over the images": measured.over_images,
        "gradients (last = 1)": measured.gradients,
    }
    for index, (name, values) in enumerate(lines.items()):
        drawn = np.clip(values, SMALLEST, LARGEST)
        trends.plot(drawn, places, label=name, marker=MARKERS[index], **line_style(index))
    trends.set(xscale="log", xlim=(SMALLEST / 3, LARGEST * 3), xlabel="standard deviation")
    trends.set(ylim=strips.get_ylim(), yticks=[])
    trends.set_xticks([1e-12, 1e-6, 1, 1e6, 1e12], ["1e-12", "1e-6", "1", "1e6", "1e12"])
    trends.xaxis.set_minor_locator(NullLocator())  # a hundred small ticks would take longer than all the rest
    trends.grid(True)
    figure.legend(*trends.get_legend_handles_labels(), loc="upper right", ncols=3)
    alt_text = f"{activation}, {FORMULAS[scheme]}{', batch norm' if batch_norm else ''}"
    figure.text(0.02, 0.91, alt_text, fontsize=10)
    figure.alt = f"Histograms of {depth} layers, and how outputs and gradients change with depth: {alt_text}."
    return figure


def signal_explorer() -> Explorer:
    """A deep net's outputs and gradients, with controls for activation, first weights and depth."""
    return Explorer(
        draw_signals,
        activation=Dropdown(options=list(ACTIVATIONS)),
        scheme=Dropdown(options=[(text, name) for name, text in FORMULAS.items()], description="weights"),
        depth=IntSlider(10, min=2, max=12),
        batch_norm=Checkbox(False),
    )
