"""Bubble chart of nets: accuracy against cost (after Canziani, Paszke, Culurciello 2016, Figure 2).

The paper's figure has operations along x, top-1 accuracy along y, and the number of parameters as area
(arXiv:1605.07678). Here any two costs may stand along x and as area.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from course.errors import unknown_name

from .series_styles import series_styles
from .style import COLORS, Picture, headline, listing, picture, styled, tint, told

LARGEST = 1000.0  # area of the largest bubble, in square points
LETTER, LINE = 0.0105, 0.045  # width of a letter and height of a line, as parts of the axes

WAYS = np.array([(1, 0), (-1, 0), (0, 1), (0, -1), (0.7, 0.7), (0.7, -0.7), (-0.7, 0.7), (-0.7, -0.7)])
STEPS = (0.008, 0.05, 0.1, 0.15)  # how far from the bubble a name may stand, as parts of the axes


class Net(NamedTuple):
    """A net and its costs.

    Args:
        title: written beside the bubble.
        family: nets of one family have one color, the same in all pictures of the course.
        accuracy: a fraction.
        multiply_adds: for one image.
        parameters: a number.
        seconds: to classify one image, where it was measured.
        memory: bytes for one image, where they were counted: of all weights, and of all layers' outputs.
    """

    title: str
    family: str
    accuracy: float
    multiply_adds: float
    parameters: float
    seconds: float | None = None
    memory: float | None = None


class Quantity(NamedTuple):
    """What can stand along x or be an area: the axis' label, and how many of the net's units are one."""

    label: str
    field: str
    unit: float


QUANTITIES = {
    "operations": Quantity("multiply-adds for one image, in 10⁹", "multiply_adds", 1e9),
    "parameters": Quantity("parameters, in millions", "parameters", 1e6),
    "memory": Quantity("memory of weights and outputs for one image, in MiB", "memory", 2**20),
    "time": Quantity("measured time for one image, in ms", "seconds", 1e-3),
}


def quantity_of(nets: Sequence[Net], quantity: str) -> np.ndarray:
    """A quantity of each net, (nets,), in the unit of its axis; NaN where it was not measured.

    Raises:
        ValueError: the quantity is not in `QUANTITIES`.
    """
    if quantity not in QUANTITIES:
        raise ValueError(unknown_name("quantity", quantity, QUANTITIES))
    _, field, unit = QUANTITIES[quantity]
    values = [getattr(net, field) for net in nets]
    return np.array([np.nan if value is None else value / unit for value in values])


def information_density(net: Net) -> float:
    """Points of accuracy for each million parameters."""
    return 100 * net.accuracy / (net.parameters / 1e6)


def place_labels(centers: np.ndarray, radii: np.ndarray, widths: np.ndarray, height: float) -> np.ndarray:
    """A place for each name beside its bubble: as near as it can stand without lying on anything.

    Eight sides are tried, near ones first. The names of the highest bubbles are placed first.

    Args:
        centers: (bubbles, 2), as parts of the axes, x and y.
        radii: (bubbles, 2), along x and y.
        widths: (bubbles,), of the names.
        height: of a line.

    Returns:
        (bubbles, 2): the lower left corner of each name.
    """
    bubbles = [
        (*(center - radius), *(center + radius)) for center, radius in zip(centers, radii, strict=True)
    ]
    names: list[tuple] = []
    pointers = np.zeros((0, 2))
    corners = np.zeros((len(centers), 2))
    for index in np.argsort(-centers[:, 1]):
        center, radius, size = centers[index], radii[index], np.array([widths[index], height])
        others = bubbles[:index] + bubbles[index + 1 :]
        places = [center + side * (radius + step) + (side - 1) / 2 * size for step in STEPS for side in WAYS]
        candidates = []
        for place in places:
            frame = (*place, *(place + size))
            line = pointer(center, radius, place, size)
            cost = 3 * sum(overlap(frame, bubble) for bubble in bubbles)
            cost += 5 * sum(overlap(frame, name) for name in names) + 10 * outside(frame)
            cost += 0.002 * (inside(line, names) + inside(pointers, [frame])) + 0.0002 * inside(line, others)
            candidates.append((cost, frame, line))
        best = int(np.argmin([cost for cost, _, _ in candidates]))
        corners[index] = places[best]
        _, frame, line = candidates[best]
        names.append(frame)
        pointers = np.concatenate([pointers, line])
    return corners


def pointer(center: np.ndarray, radius: np.ndarray, corner: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Points of the line from a bubble to its name, (points, 2); none where the name stands close to it."""
    near = np.clip(center, corner, corner + size)
    if np.hypot(*((near - center) / (radius + 0.03))) <= 1:
        return np.zeros((0, 2))
    return center + np.linspace(0, 1, 12)[:, None] * (near - center)


def inside(points: np.ndarray, boxes: Sequence[tuple]) -> int:
    """How often a point lies in a box."""
    sides = np.array(boxes).reshape(-1, 1, 4)
    return int(((points >= sides[..., :2]) & (points <= sides[..., 2:])).all(axis=-1).sum())


def overlap(one: tuple, other: tuple) -> float:
    """The common area of two boxes (left, bottom, right, top)."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


def outside(box: tuple) -> float:
    """How much of a box lies outside the axes."""
    return (box[2] - box[0]) * (box[3] - box[1]) - overlap(box, (0.0, 0.0, 1.0, 1.0))


@styled
def plot_bubbles(
    nets: Sequence[Net], x: str = "operations", area: str = "parameters", title: str = ""
) -> Picture:
    """Accuracy against one cost, with another cost as area.

    Args:
        nets: what to draw; those without a value for `x` or `area` are left out.
        x: a name in `QUANTITIES`.
        area: the same.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: a name is unknown, or no net has both values.
    """
    across, sizes = quantity_of(nets, x), quantity_of(nets, area)
    sizes[np.isnan(across)] = np.nan
    known = np.isfinite(sizes)
    if not known.any():
        raise ValueError(f"nets must hold at least one net with {x} and {area}")
    order = np.argsort(-sizes, kind="stable")[: known.sum()]  # small ones in front; NaN comes last
    shown, across, sizes = [nets[index] for index in order], across[order], sizes[order]
    points = LARGEST * sizes / sizes.max()
    up = np.array([100 * net.accuracy for net in shown])

    figure, axes = picture(height=4.6, layout=None)
    figure.subplots_adjust(left=0.09, right=0.98, bottom=0.12, top=0.86 if title else 0.92)
    headline(figure, title)
    panel = axes[0, 0]
    limits = np.array([[-0.1 * across.max(), up.min() - 4], [1.22 * across.max(), up.max() + 4]])
    panel.set(xlim=limits[:, 0], ylim=limits[:, 1], ylabel="top-1 accuracy, in %")
    panel.set(xlabel=QUANTITIES[x].label)
    panel.set_title(f"area: {QUANTITIES[area].label}; the largest has {sizes.max():.3g}")
    families = list(dict.fromkeys(net.family for net in nets))
    color_of = {
        family: style["color"] for family, style in zip(families, series_styles(families), strict=True)
    }
    colors = [color_of[net.family] for net in shown]
    panel.scatter(across, up, s=points, c=[tint(c, 0.45) for c in colors], edgecolors=colors, linewidths=1.2)
    panel.scatter(across, up, s=4, c=colors)
    size_in_points = 72 * panel.get_position().size * figure.get_size_inches()
    radii = np.sqrt(points / np.pi)[:, None] / size_in_points
    centers = (np.stack([across, up], axis=1) - limits[0]) / (limits[1] - limits[0])
    widths = np.array([LETTER * len(net.title) for net in shown])
    corners = place_labels(centers, radii, widths, LINE)
    for corner, width, center, radius, net in zip(corners, widths, centers, radii, shown, strict=True):
        panel.text(*corner, net.title, transform=panel.transAxes, fontsize=8, va="bottom")
        line = pointer(center, radius, corner, np.array([width, LINE]))
        panel.plot(*line.T, transform=panel.transAxes, color=COLORS[7], linewidth=0.7)
    panel.grid(True)
    panel.set_axisbelow(True)
    names = listing([net.title for net in shown])
    alt_text = f"Top-1 accuracy by {QUANTITIES[x].label}; the area shows {QUANTITIES[area].label}: {names}."
    figure.alt = told(title, alt_text)
    return figure
