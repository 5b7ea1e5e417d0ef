"""k-NN decision regions in the plane: points of two classes, regions, and the error for every k."""

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from course.neighbors import KNeighborsClassifier, predict_by_k

from .decision_regions import decision_grid
from .style import COLORS, MARKERS, Picture, listing, picture, styled, tint

X_RANGE, Y_RANGE = (-1.7, 2.7), (-1.3, 1.8)


def two_moons(count: int, noise: float, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Points (count, 2), float32, on two half circles that reach into each other, and labels (count,).

    Args:
        count: how many points; the classes have equally many, give or take one.
        noise: standard deviation of the noise on each coordinate; the half circles have the radius 1.
        rng: draws angles and noise.
    """
    labels = np.arange(count) % 2
    angle = rng.uniform(0, np.pi, size=count)
    x = np.where(labels == 0, np.cos(angle), 1 - np.cos(angle))
    y = np.where(labels == 0, np.sin(angle), 0.5 - np.sin(angle))
    points = np.stack([x, y], axis=1) + noise * rng.normal(size=(count, 2))
    return torch.from_numpy(points).float(), torch.from_numpy(labels)


def errors_by_k(
    train: Tensor, labels: Tensor, queries: Tensor, targets: Tensor, ks: Sequence[int], metric: str = "l2"
) -> np.ndarray:
    """Share of wrong answers (ks,) on the queries, for each number of neighbors; equal votes: smaller label.

    The neighbors are found once, for the largest k.

    Args:
        train: (N, D) floats.
        labels: (N,), whole numbers.
        queries: (M, D) floats.
        targets: (M,), the right labels.
        ks: from 1 to N.
        metric: as in `course.neighbors`.
    """
    predicted = predict_by_k(train, labels, queries, ks, metric=metric)  # (ks, M)
    return (predicted != targets).double().mean(dim=1).numpy()


@styled
def plot_neighbor_regions(points: Tensor, labels: Tensor, ks: Sequence[int], metric: str = "l2") -> Picture:
    """Draw one panel a k: the points, and where the vote of the k nearest says which class.

    Args:
        points: (N, 2), in the range of `two_moons`.
        labels: (N,), 0 or 1.
        ks: one to four numbers of neighbors, from 1 to N.
        metric: as in `course.neighbors`.

    Raises:
        ValueError: no k or more than four.
    """
    if not 1 <= len(ks) <= 4:
        raise ValueError(f"ks={list(ks)} must hold one to four")
    figure, axes = picture(1, len(ks), height=2.5, sharey=True)
    for panel, k in zip(axes[0], ks, strict=True):
        draw_regions(panel, points, labels, k, metric, resolution=110)
        panel.set_title(f"k = {k}")
    figure.alt = (
        f"{len(points)} points of two classes, and the regions of the k nearest neighbours for k = "
        f"{listing(ks)}, metric {metric}."
    )
    return figure


def draw_regions(
    axes: Axes, points: Tensor, labels: Tensor, k: int, metric: str, resolution: int = 70
) -> None:
    """Draw the regions of two classes and the points upon them."""
    classifier = KNeighborsClassifier(k, metric=metric).fit(points, labels)
    x, y, regions = decision_grid(classifier.predict, X_RANGE, Y_RANGE, resolution)
    axes.contourf(x, y, regions, levels=[-0.5, 0.5, 1.5], colors=[tint(color) for color in COLORS[:2]])
    if regions.min() < regions.max():
        axes.contour(x, y, regions, levels=[0.5], colors="black", linewidths=0.8)
    for label in (0, 1):
        x, y = points[labels == label].T
        style = {"markeredgecolor": "white", "markeredgewidth": 0.4, "markersize": 4}
        axes.plot(x, y, MARKERS[label], color=COLORS[label], label=f"class {label}", **style)
    axes.set(xlim=X_RANGE, ylim=Y_RANGE)
