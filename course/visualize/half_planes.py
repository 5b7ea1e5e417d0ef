"""Linear decision boundaries: each class has a line of score zero, and a region where it wins.

The score w · x + b of a class grows along its arrow w, and is zero on a line across it. Where one class beats
another is a half-plane; where it beats all others is a polygon without dents, cut out by such half-planes.
"""

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from .style import COLORS, MARKERS, Picture, picture, styled, tint

# a thin edge: a wide one would leave nothing of a triangle
DOTS = {"markeredgecolor": "white", "markeredgewidth": 0.5, "markersize": 5.5}


def point_clouds(
    centers: Sequence[tuple[float, float]], count: int, spread: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Points (centers · count, 2) that scatter normally about some centers, and the index of their center.

    Args:
        centers: (x, y) of each cloud.
        count: points of each cloud.
        spread: standard deviation along x and along y.
        generator: draws the points.
    """
    labels = torch.arange(len(centers)).repeat_interleave(count)
    noise = torch.randn(len(labels), 2, generator=generator)
    return torch.tensor(centers, dtype=torch.float32)[labels] + spread * noise, labels


def half_plane(polygon: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    """What of a polygon lies where w · x + b is at least 0.

    Args:
        polygon: corners (n, 2) of a polygon without dents, in order; n may be 0.
        w: (2,).
        b: a number.

    Returns:
        Corners (m, 2), in the same order; none where nothing is left.
    """
    heights = polygon @ w + b
    corners = []
    for index, (corner, height) in enumerate(zip(polygon, heights, strict=True)):
        before, before_height = polygon[index - 1], heights[index - 1]
        if (height >= 0) != (before_height >= 0):
            share = before_height / (before_height - height)
            corners.append(before + share * (corner - before))
        if height >= 0:
            corners.append(corner)
    return np.array(corners).reshape(-1, 2)


def class_region(weight: np.ndarray, bias: np.ndarray, label: int, box: np.ndarray) -> np.ndarray:
    """The polygon in which a class has the highest score.

    Args:
        weight: (classes, 2).
        bias: (classes,).
        label: of the class.
        box: corners (4, 2) of the part of the plane that is looked at.

    Returns:
        Corners (n, 2); none where the class never wins.
    """
    polygon = box
    for other in range(len(weight)):
        if other != label:
            polygon = half_plane(polygon, weight[label] - weight[other], bias[label] - bias[other])
    return polygon


def draw_half_planes(
    axes: Axes, weight: np.ndarray, bias: np.ndarray, points: np.ndarray, labels: np.ndarray, size: float
) -> None:
    """Draw regions, zero lines, arrows and points for x and y from -size to size."""
    box = size * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=float)
    for label, (w, b) in enumerate(zip(weight, bias, strict=True)):
        color = COLORS[label]
        region = class_region(weight, bias, label, box)
        if len(region):
            axes.fill(*region.T, facecolor=tint(color, 0.25), edgecolor="black", linewidth=0.8)
        axes.plot(*points[labels == label].T, MARKERS[label], color=color, **DOTS)
        if w.any():
            foot = -b * w / (w @ w)  # the point of the zero line that is nearest to the origin
            axes.axline(foot, foot + np.array([-w[1], w[0]]), linestyle="--", color=color, linewidth=1.2)
            axes.quiver(*foot, *w, color=color, angles="xy", scale_units="xy", scale=1, width=0.012, zorder=3)
    axes.set(xlim=(-size, size), ylim=(-size, size), aspect="equal")


@styled
def plot_half_planes(
    weight: Tensor,
    bias: Tensor,
    points: Tensor,
    labels: Tensor,
    class_names: Sequence[str],
    size: float = 3.0,
) -> Picture:
    """Draw a linear classifier of the plane: where each class wins, its zero line (dashed) and its arrow.

    Args:
        weight: (classes, 2), one row a class, as `torch.nn.Linear` holds it.
        bias: (classes,).
        points: (n, 2).
        labels: (n,), integers from 0 to classes - 1.
        class_names: one a class, at most 8.
        size: x and y run from -size to size.

    Raises:
        ValueError: the shapes do not belong together, or there are more than 8 classes.
    """
    classes = len(class_names)
    if weight.shape != (classes, 2) or bias.shape != (classes,):
        raise ValueError(
            f"weight has shape {tuple(weight.shape)}, bias {tuple(bias.shape)}; "
            f"for {classes} class names they must be ({classes}, 2) and ({classes},)"
        )
    if points.dim() != 2 or points.shape[1] != 2 or labels.shape != points.shape[:1]:
        raise ValueError(
            f"points has shape {tuple(points.shape)}, labels {tuple(labels.shape)}; "
            "they must be (n, 2) and (n,)"
        )
    if classes > len(COLORS):
        raise ValueError(f"there are {classes} classes; a picture tells at most {len(COLORS)} apart")
    arrays = (tensor.detach().cpu().double().numpy() for tensor in (weight, bias, points))
    figure, axes = picture(width=5.5, height=4.0)
    draw_half_planes(axes[0, 0], *arrays, labels.cpu().numpy(), size)
    for label, name in enumerate(class_names):
        axes[0, 0].plot([], [], MARKERS[label], color=COLORS[label], label=name)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside right upper")
    figure.alt = (
        f"The plane cut into the regions of {classes} classes, with {len(points)} points, "
        "and for each class an arrow across the line where its score is zero."
    )
    return figure
