"""Unit balls of the norms L1, L2 and L∞ in the plane (Minkowski 1896).

    L1  |x| + |y|          a square that stands on a corner
    L2  √(x² + y²)         a disc
    L∞  max(|x|, |y|)      a square

A ball that grows from a query touches the nearest point first; in another norm that may be another point.
"""

from collections.abc import Mapping
from math import inf

import numpy as np

from .style import COLORS, Picture, headline, picture, styled, tint, told

NORMS = {"L1": 1.0, "L2": 2.0, "L∞": inf}


def unit_sphere(order: float, count: int = 240) -> np.ndarray:
    """Points (count + 1, 2) around the origin whose norm is 1, the last one as the first.

    Args:
        order: p of the norm, at least 1; `math.inf` for the largest coordinate.
        count: a multiple of 8, so that every corner of L1 and L∞ is among the points.

    Raises:
        ValueError: an order below 1 is no norm; a count that is no multiple of 8.
    """
    if not order >= 1:
        raise ValueError(f"order={order} must be at least 1: below, the shortest way is no straight line")
    if count < 8 or count % 8:
        raise ValueError(f"count={count} must be a multiple of 8")
    angle = 2 * np.pi * np.arange(count + 1) / count
    directions = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return directions / np.linalg.norm(directions, ord=order, axis=1, keepdims=True)


def first_touched(points: Mapping[str, tuple[float, float]], order: float) -> tuple[str, float]:
    """Name and distance of the point nearest to the origin in a norm; of equal ones the first."""
    distances = {name: float(np.linalg.norm(point, ord=order)) for name, point in points.items()}
    name = min(distances, key=distances.get)
    return name, distances[name]


@styled
def plot_nearest_by_norm(
    points: Mapping[str, tuple[float, float]], radius: float | None = None, title: str = ""
) -> Picture:
    """Draw points around a query at the origin, and in one panel a norm the ball that grows from it.

    Args:
        points: name to place, relative to the query.
        radius: of the balls; one that has touched its nearest point stops there. By default all have.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: there is no point.
    """
    if not points:
        raise ValueError("points={} must hold at least one")
    side = 1.15 * max(max(abs(x), abs(y)) for x, y in points.values())
    figure, axes = picture(1, 3, height=2.9 if title else 2.6, layout=None, sharey=True)
    figure.subplots_adjust(left=0.05, right=0.99, bottom=0.1, top=0.8 if title else 0.9, wspace=0.1)
    alt_text = []
    for panel, (norm, order) in zip(axes[0], NORMS.items(), strict=True):
        nearest, distance = first_touched(points, order)
        touched = radius is None or radius >= distance
        shown = distance if touched else radius
        panel.fill(*(shown * unit_sphere(order)).T, facecolor=tint(COLORS[0]), edgecolor=COLORS[0])
        panel.plot(0, 0, "+", color="black", markersize=9)
        for name, place in points.items():
            color = COLORS[1] if touched and name == nearest else COLORS[7]
            panel.plot(*place, "o", color=color, markersize=6)
            panel.annotate(name, place, (6, 4), textcoords="offset points", color=color, fontweight="bold")
        panel.set(xlim=(-side, side), ylim=(-side, side), aspect="equal")
        panel.set_title(f"{norm}: {nearest} at {distance:.2f}" if touched else f"{norm}: radius {shown:.2f}")
        panel.grid(True)
        alt_text.append(f"in {norm} {nearest} at {distance:.2f}")
    headline(figure, title)
    figure.alt = told(
        title, f"Three balls around one query, and the first point that each touches: {'; '.join(alt_text)}."
    )
    return figure
