"""Overview figure of the nine sessions before the architectures, one small picture each."""

from functools import partial

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from course import optim
from course.nn import ReLU
from course.transforms import RandomRotation

from .activations import draw_activation
from .dropout import draw_net
from .half_planes import draw_half_planes, point_clouds
from .images import unit_range
from .neighbors import draw_regions, two_moons
from .optimizer_paths import draw_path, draw_surface, optimizer_path
from .polynomials import draw_fit, fit_polynomial, noisy_points
from .receptive_cone import draw_cone
from .series_styles import series_style
from .style import COLORS, Picture, bare, picture, styled
from .surfaces import BOWL

SESSIONS = (
    "1  Machine learning",
    "2  Nearest neighbours",
    "3  Linear classifier",
    "4  Backpropagation",
    "5  Activations",
    "6  Optimizers",
    "7  Convolution",
    "8  Augmentation",
    "9  Dropout",
)


@styled
def plot_nine_sessions(image: Tensor) -> Picture:
    """Draw a sheet of nine small pictures.

    Args:
        image: one gray image, (1, H, W), from 0 to 1: it is turned, as augmentation does.

    Raises:
        ValueError: the image has another shape.
    """
    if image.dim() != 3 or image.shape[0] != 1:
        raise ValueError(f"image has shape {tuple(image.shape)}; it must be (1, H, W)")
    figure, axes = picture(3, 3, height=5.2, layout=None)
    figure.subplots_adjust(left=0.02, right=0.98, bottom=0.02, top=0.94, hspace=0.22, wspace=0.1)
    draw = (_learning, _neighbors, _linear, _backward, _slope, _walk, _cone, None, _dropout)
    for panel, title, fill in zip(axes.flat, SESSIONS, draw, strict=True):
        _turned(panel, image) if fill is None else fill(panel)
        panel.set_title(title, fontsize=10)
        panel.set(xticks=[], yticks=[], xlabel="", ylabel="")
    figure.alt = f"Nine small pictures: {', '.join(title[3:].lower() for title in SESSIONS)}."
    return figure


def _learning(axes: Axes) -> None:
    x, y = noisy_points(16, 0.2, np.random.default_rng(0))
    draw_fit(axes, x, y, fit_polynomial(x, y, 3))


def _neighbors(axes: Axes) -> None:
    points, labels = two_moons(60, 0.25, np.random.default_rng(0))
    draw_regions(axes, points, labels, 5, "l2", resolution=60)


def _linear(axes: Axes) -> None:
    angles = np.radians([90, 210, 330])
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points, labels = point_clouds(
        [tuple(1.4 * direction) for direction in directions], 15, 0.5, torch.Generator().manual_seed(0)
    )
    draw_half_planes(axes, directions, np.zeros(3), points.numpy(), labels.numpy(), size=3.0)


def _backward(axes: Axes) -> None:
    """Two values, their product, a sum; gradients flow back along the arrows."""
    places = {"a": (0, 1), "b": (0, -1), "×": (1, 0), "c": (1, -1.6), "+": (2, -0.6)}
    ways = [("a", "×"), ("b", "×"), ("×", "+"), ("c", "+")]
    for start, end in ways:
        forth = {"arrowstyle": "-|>", "color": "#888888", "shrinkA": 11, "shrinkB": 11}
        axes.annotate("", places[end], places[start], arrowprops=forth)
        back = {**forth, "color": COLORS[1], "connectionstyle": "arc3,rad=0.3", "linestyle": "--"}
        axes.annotate("", places[start], places[end], arrowprops=back)
    for name, (x, y) in places.items():
        axes.plot(x, y, "o", markersize=18, markerfacecolor="white", color=COLORS[0])
        axes.text(x, y, name, ha="center", va="center", fontsize=10)
    axes.set(xlim=(-0.6, 2.6), ylim=(-2.2, 1.6))
    axes.spines[:].set_visible(False)


def _slope(axes: Axes) -> None:
    relu = ReLU()  # the derivative is the step from 0 to 1
    draw_activation(axes, relu, lambda x: (x > 0).to(x), color=series_style("ReLU")["color"])


def _walk(axes: Axes) -> None:
    draw_surface(axes, BOWL)
    make = partial(optim.Momentum, lr=0.02, momentum=0.8)
    draw_path(axes, optimizer_path(BOWL, make, 40), **series_style("momentum"))


def _cone(axes: Axes) -> None:
    draw_cone(axes, [(3, 1)] * 3)


def _turned(axes: Axes, image: Tensor) -> None:
    transform = RandomRotation((-25, -25))
    with torch.random.fork_rng(devices=[]):  # the angle is drawn, though there is only one
        turned = transform(image)
    both = torch.cat([image, torch.zeros(1, image.shape[1], 4), turned], dim=2)
    axes.imshow(unit_range(both)[0].numpy(), cmap="gray", vmin=0, vmax=1)
    bare(axes)


def _dropout(axes: Axes) -> None:
    masks = ([1, 1, 0, 1, 1], [0, 1, 1, 0, 1], [1, 0, 1, 1, 0], [1])
    draw_net(axes, [torch.tensor(mask) for mask in masks])
