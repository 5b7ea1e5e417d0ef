"""Dot plot of paired differences: what each change gains over the same run without it."""

from collections.abc import Mapping, Sequence

import numpy as np

from course.claims import plus_minus, standard_error

from .style import COLORS, Picture, headline, listing, picture, styled, told

ROW = 0.32  # inches


@styled
def plot_paired_gains(gains: Mapping[str, Sequence[float]], label: str, title: str = "") -> Picture:
    """One row for each change: small dots for its runs, a large one for their mean with a standard error.

    The largest mean stands on top. A dashed line marks 0: to its left the change does harm.

    Args:
        gains: name to the differences, run by run, at least two of each; names may have different numbers.
        label: what the differences are, with their unit.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: there is no name, or one has fewer than two runs.
    """
    if not gains:
        raise ValueError("gains={} must hold at least one name")
    means = {name: float(np.mean(values)) for name, values in gains.items()}
    order = sorted(means, key=means.__getitem__, reverse=True)
    errors = {name: standard_error(gains[name]) for name in order}
    figure, ((axes,),) = picture(height=0.8 + ROW * len(order) + 0.3 * bool(title))
    axes.axvline(0, color="#333333", linestyle="--", linewidth=1.2)
    for place, name in enumerate(order):
        color = COLORS[0] if means[name] > 0 else COLORS[1]
        axes.plot(gains[name], [place] * len(gains[name]), "o", markersize=3, color="#888888")
        axes.errorbar(means[name], place, xerr=errors[name], fmt="o", markersize=7, color=color, capsize=3)
    axes.set_yticks(range(len(order)), order)
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(label)
    axes.grid(True, axis="x")
    headline(figure, title)
    alt_text = listing([f"{name} {plus_minus(gains[name])}" for name in order])
    figure.alt = told(title, f"Dots of {label}, the largest on top: {alt_text}.")
    return figure
