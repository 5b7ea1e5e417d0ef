"""Explorer: turn one row of a linear classifier, and watch regions and losses."""

from functools import cache

import numpy as np
import torch
from ipywidgets import Dropdown, FloatSlider

from course.errors import unknown_name
from course.losses import cross_entropy, hinge
from course.visualize.half_planes import draw_half_planes, point_clouds
from course.visualize.series_styles import series_styles
from course.visualize.style import Picture, picture, styled

from .explorer import Explorer

CLASSES = ("blue", "orange", "green")
BEST = (90, 210, 330)  # degrees: the directions of the three clouds, seen from the middle
ANGLES = range(0, 361, 9)
SIZE = 3.0
LOSSES = {"hinge": hinge, "softmax": cross_entropy}


@cache
def clouds() -> tuple[torch.Tensor, torch.Tensor]:
    """Three clouds about a circle of radius 1.4: points (60, 2) in double precision, labels (60,)."""
    centers = [(1.4 * np.cos(np.radians(angle)), 1.4 * np.sin(np.radians(angle))) for angle in BEST]
    points, labels = point_clouds(centers, 20, 0.55, torch.Generator().manual_seed(0))
    return points.double(), labels


def turned(row: int, angle: float, position: float, length: float) -> tuple[torch.Tensor, torch.Tensor]:
    """A classifier (3, 2) and (3,) whose rows point at the clouds, but for the row that the reader holds.

    Args:
        row: which class.
        angle: of its arrow, in degrees, against the clock from the right.
        position: how far from the middle its score is zero, along its arrow.
        length: of its arrow.
    """
    angles = torch.tensor(BEST, dtype=torch.float64)
    angles[row] = angle
    weight = torch.stack([angles.deg2rad().cos(), angles.deg2rad().sin()], dim=1)  # (3, 2)
    bias = torch.zeros(3, dtype=torch.float64)
    weight[row] *= length
    bias[row] = -length * position
    return weight, bias


@styled
def draw_half_plane(
    row: str = "blue", angle: float = 20.0, position: float = 0.0, length: float = 1.0
) -> Picture:
    """A linear classifier of the plane with one row of your own; both losses, for this angle and all others.

    Args:
        row: the class whose row it is: "blue", "orange" or "green".
        angle: of the row's arrow, in degrees, against the clock from the right.
        position: how far from the middle its score is zero, along its arrow.
        length: of the arrow, so how fast the score grows.

    Raises:
        ValueError: there is no such class.
    """
    if row not in CLASSES:
        raise ValueError(unknown_name("row", row, CLASSES))
    points, labels = clouds()
    label = CLASSES.index(row)
    weight, bias = turned(label, angle, position, length)
    right = (points @ weight.T + bias).argmax(dim=1) == labels
    every = [turned(label, other, position, length) for other in ANGLES]
    scores = [points @ w.T + b for w, b in every]

    figure, axes = picture(1, 2, height=3.3, layout=None, width_ratios=[3, 4])
    figure.subplots_adjust(left=0.05, right=0.98, bottom=0.15, top=0.88, wspace=0.22)
    plane, curves = axes[0]
    draw_half_planes(plane, weight.numpy(), bias.numpy(), points.numpy(), labels.numpy(), SIZE)
    plane.set_title(f"{int(right.sum())} of {len(points)} points right")
    for (name, loss), style in zip(LOSSES.items(), series_styles(LOSSES), strict=True):
        values = [loss(some, labels).item() for some in scores]
        now = loss(points @ weight.T + bias, labels).item()
        curves.plot(ANGLES, values, label=f"{name}: {now:.3f}", color=style["color"])
        curves.plot(angle, now, style["marker"], color=style["color"], markersize=7)
    curves.set(xlabel=f"angle of the {row} arrow, in degrees", ylabel="mean loss", ylim=(0, None))
    curves.set_xticks(range(0, 361, 90))
    curves.grid(True)
    curves.legend(loc="lower center", bbox_to_anchor=(0.5, 0.99), ncols=2)
    figure.alt = (
        f"Left: three clouds of points and the regions of a linear classifier; the {row} arrow has the angle "
        f"{angle:.3g}, the position {position:.3g} and the length {length:.3g}. "
        "Right: hinge and softmax loss for every angle of this arrow, with a mark at this one."
    )
    return figure


def half_plane_explorer() -> Explorer:
    """Three clouds and a linear classifier, with controls for one of its rows."""
    return Explorer(
        draw_half_plane,
        row=Dropdown(options=CLASSES, description="whose row"),
        angle=FloatSlider(20.0, min=0.0, max=360.0, step=5.0),
        position=FloatSlider(0.0, min=-2.0, max=2.0, step=0.1),
        length=FloatSlider(1.0, min=0.0, max=5.0, step=0.1),
    )
