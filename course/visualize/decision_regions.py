"""Decision regions: where in the plane a classifier says which class."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from .style import COLORS, MARKERS, Picture, picture, styled, tint


@torch.no_grad()
def decision_grid(
    predict: Callable[[Tensor], Tensor],
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    resolution: int = 150,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ask a classifier at every point of a regular grid.

    Args:
        predict: takes points (n, 2) in single precision; gives labels (n,) or scores (n, classes).
        x_range: lowest and highest x.
        y_range: lowest and highest y.
        resolution: points along each axis.

    Returns:
        x (resolution,), y (resolution,) and labels (resolution, resolution), rows from low y to high y.

    Raises:
        ValueError: if `predict` gives another shape.
    """
    x, y = torch.linspace(*x_range, resolution), torch.linspace(*y_range, resolution)
    grid_y, grid_x = torch.meshgrid(y, x, indexing="ij")
    points = torch.stack([grid_x, grid_y], dim=-1).reshape(-1, 2)  # (resolution², 2)
    answer = torch.as_tensor(predict(points))
    if answer.dim() not in (1, 2) or len(answer) != len(points):
        n = len(points)
        raise ValueError(f"predict gave shape {tuple(answer.shape)}; it must be ({n},) or ({n}, classes)")
    labels = answer.argmax(dim=1) if answer.dim() == 2 else answer
    return x.numpy(), y.numpy(), labels.reshape(resolution, resolution).cpu().numpy()


@styled
def plot_decision_regions(
    predict: Callable[[Tensor], Tensor],
    points: Tensor,
    labels: Tensor,
    class_names: Sequence[str] | None = None,
    title: str = "",
    resolution: int = 150,
) -> Picture:
    """Draw a classifier's regions, with a line where they meet, and labeled points upon them.

    Args:
        predict: takes points (n, 2); gives labels (n,) or scores (n, classes).
        points: (n, 2), n > 0.
        labels: (n,), integers from 0 to 7.
        class_names: one a class, in the order of the labels.
        title: above the picture.
        resolution: grid points along each axis.

    Raises:
        ValueError: if points and labels do not belong together, or there are more than 8 classes.
    """
    points, labels = torch.as_tensor(points).cpu(), torch.as_tensor(labels).cpu()
    if points.dim() != 2 or points.shape[1] != 2 or labels.shape != points.shape[:1] or not len(points):
        raise ValueError(
            f"points has shape {tuple(points.shape)}, labels {tuple(labels.shape)}; "
            "they must be (n, 2) and (n,), n > 0"
        )
    low, high = points.min(dim=0).values, points.max(dim=0).values
    margin = 0.08 * (high - low).clamp(min=1e-3)
    (left, bottom), (right, top) = (low - margin).tolist(), (high + margin).tolist()
    x, y, regions = decision_grid(predict, (left, right), (bottom, top), resolution)
    classes = int(max(regions.max(), labels.max())) + 1
    if classes > len(COLORS):
        raise ValueError(f"there are {classes} classes; a picture tells at most {len(COLORS)} apart")
    names = class_names or [f"class {label}" for label in range(classes)]

    figure, axes = picture(width=5.5, height=4.0)
    panel = axes[0, 0]
    for label in range(classes):
        inside = (regions == label).astype(float)
        panel.contourf(x, y, inside, levels=[0.5, 1.5], colors=[tint(COLORS[label])])
        if 0 < inside.mean() < 1:
            panel.contour(x, y, inside, levels=[0.5], colors="black", linewidths=0.8)
        panel.plot(
            *points[labels == label].T,
            MARKERS[label],
            color=COLORS[label],
            markeredgecolor="white",
            markeredgewidth=0.6,
            markersize=6,
            label=names[label],
        )
    panel.set(title=title, xlim=(left, right), ylim=(bottom, top))
    figure.legend(*panel.get_legend_handles_labels(), loc="outside right upper")
    figure.alt = f"Decision regions of {classes} classes with {len(points)} points. {title}".strip()
    return figure
