"""Direct labels: lines that are named where they end, so the eye need not go to a legend and back."""

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D

from .style import Picture

SIZE, SPACING = 9, 1.3  # of the letters in points, and from line to line
LONGEST = 22  # letters in a line of a name
CONTRAST = 4.5  # of letters on white, as WCAG 2 asks
BORDERS = 60  # points that title and axis label take of a picture's height
AWAY = 0.97  # a line that ends before this part of the width is led to its name by dots


def label_lines(figure: Picture, axes: Axes, lines: Sequence[Line2D]) -> None:
    """Write each line's label beside the right end of the axes, at the height at which the line ends.

    Labels that would lie on each other move apart, and a thin line leads to those that moved. Where there are
    more labels than the axes can hold, a legend stands beside the picture instead.

    Args:
        figure: with constrained layout.
        axes: whose lines they are; nothing may stand on their right.
        lines: with labels; a line without any number is said to have none.
    """
    names = [f"{line.get_label()}{'' if _has_end(line) else ': no number'}" for line in lines]
    names = [textwrap.fill(name, LONGEST) for name in names]
    rows = np.array([1 + name.count("\n") for name in names])
    room = 72 * figure.get_figheight() - BORDERS  # in points
    if SIZE * SPACING * rows.sum() > room:
        figure.legend(handles=list(lines), loc="outside right upper")
        return
    texts = []
    for line, name in zip(lines, names, strict=True):
        texts.append(
            axes.annotate(
                name, (1, 0.5), (9, 0), xycoords="axes fraction", textcoords="offset points", va="center",
                fontsize=SIZE, linespacing=SPACING - 0.1, color=text_color(line.get_color()),
                annotation_clip=False,
            )
        )  # fmt: skip
    figure.finishers.append(lambda: _place(figure, axes, lines, texts, rows))


def _place(figure: Picture, axes: Axes, lines: Sequence[Line2D], texts: list, rows: np.ndarray) -> None:
    """Move the labels to their heights, and draw what leads to them."""
    ends = np.array([_end(axes, line) for line in lines])  # (lines, 2), as parts of the axes
    unit = SIZE * SPACING / (72 * figure.get_figheight() * axes.get_position().height)
    heights = move_apart(ends[:, 1], rows * unit, low=-unit / 2, high=1 + unit / 2)
    for line, text, (x, y), height in zip(lines, texts, ends, heights, strict=True):
        text.xy = (1, height)
        if _has_end(line) and (x < AWAY or abs(height - y) > unit / 4):
            lead = {"linewidth": 0.9, "color": line.get_color(), "linestyle": "-" if x >= AWAY else ":"}
            leader = ([x, 1.012], [y, height])
            figure.add_artist(Line2D(*leader, transform=axes.transAxes, clip_on=False, **lead))


def _has_end(line: Line2D) -> bool:
    """Whether there is a number anywhere on the line."""
    return bool(np.isfinite(line.get_xydata()).all(axis=1).any())


def _end(axes: Axes, line: Line2D) -> tuple[float, float]:
    """Where a line ends, as parts of the axes; in their middle on the right if it has no number."""
    points = line.get_xydata()
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return 1.0, 0.5
    x, y = axes.transAxes.inverted().transform(axes.transData.transform(points[-1]))
    return min(x, 1.0), float(np.clip(y, 0, 1))


def move_apart(
    heights: np.ndarray, sizes: np.ndarray, low: float = -np.inf, high: float = np.inf
) -> np.ndarray:
    """Heights as near to the given ones as labels of these sizes can have without touching.

    Groups of labels that would touch move as one, to the mean of what they want (pool adjacent violators).

    Args:
        heights: (labels,), the middle that each wants.
        sizes: (labels,), how high each is.
        low, high: between them all stay, where they have room.

    Returns:
        (labels,), in the same order from below as `heights`.

    >>> move_apart(np.array([0.5, 0.5]), np.array([0.2, 0.2])).round(3).tolist()
    [0.4, 0.6]
    """
    order = np.argsort(heights, kind="stable")
    sizes = np.asarray(sizes, dtype=float)[order]
    above = np.concatenate([[0.0], np.cumsum((sizes[1:] + sizes[:-1]) / 2)])  # the lowest label's middle is 0
    pools: list[list[float]] = []  # mean of what its labels want for the lowest one, and how many they are
    for wanted in np.asarray(heights, dtype=float)[order] - above:
        pools.append([wanted, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (one, few), (other, more) = pools[-2:]
            pools[-2:] = [[(one * few + other * more) / (few + more), few + more]]
    lowest = np.repeat([wanted for wanted, _ in pools], [count for _, count in pools])
    lowest = np.clip(lowest, low + sizes[0] / 2, high - sizes[-1] / 2 - above[-1])
    places = np.empty(len(order))
    places[order] = lowest + above
    return places


def text_color(color: str) -> tuple[float, float, float]:
    """A color, darkened until letters in it can be read on white."""
    rgb = np.array(to_rgb(color))
    while 1.05 / (_luminance(rgb) + 0.05) < CONTRAST:
        rgb = 0.95 * rgb
    return tuple(rgb)


def _luminance(rgb: np.ndarray) -> float:
    """Relative luminance, from 0 to 1, as WCAG 2 defines it."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
