"""Double descent: the error on unseen data falls, rises to a peak where training data are just fitted, and
falls again.

Belkin, Hsu, Ma, Mandal, "Reconciling modern machine-learning practice and the classical bias–variance
trade-off", PNAS 116 (2019), Figure 2: random features, fitted by least squares with the smallest weights.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from .curves import draw_band
from .line_labels import label_lines
from .series_styles import series_styles
from .style import Picture, headline, listing, picture, styled, told


@styled
def plot_double_descent(
    counts: Sequence[int],
    errors: Mapping[str, np.ndarray],
    examples: int,
    y_label: str = "error rate",
    title: str = "",
) -> Picture:
    """Draw errors against the number of features, and mark where there are as many as training examples.

    Args:
        counts: numbers of features, (counts,), all above 0; the axis is logarithmic.
        errors: name to values, (seeds, counts) or (counts,).
        examples: the number of training examples.
        y_label: what the values are, with their unit.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: there is no curve, a count is not positive, or one has another number of points.
    """
    counts = np.asarray(counts, dtype=float)
    wrong = [name for name, runs in errors.items() if np.shape(runs)[-1:] != counts.shape]
    if not errors or wrong or (counts <= 0).any():
        raise ValueError(
            f"errors={list(errors)} must have {len(counts)} points each, and counts={counts.tolist()} be "
            "above 0"
        )
    figure, ((axes,),) = picture(height=3.4)
    styles = dict(zip(errors, series_styles(errors), strict=True))
    every = len(counts)
    lines = [draw_band(axes, name, runs, counts, styles[name], every) for name, runs in errors.items()]
    axes.axvline(examples, color="#333333", linestyle="--", linewidth=1.2)
    axes.annotate(
        f"as many features\nas examples: {examples}", (examples, 1), (5, -2), va="top",
        xycoords=("data", "axes fraction"), textcoords="offset points", fontsize=9,
    )  # fmt: skip
    axes.set(xscale="log", xlabel="number of features", ylabel=y_label)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_ylim(bottom=0)
    axes.margins(x=0.02)
    axes.grid(True)
    label_lines(figure, axes, lines)
    headline(figure, title)
    figure.alt = told(
        title, f"{y_label} of {listing(errors)} for {counts.min():g} to {counts.max():g} features."
    )
    return figure
