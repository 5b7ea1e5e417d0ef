"""Recall curve of approximate search: true nearest neighbors found, by distances computed.

The plot of benchmarks of nearest-neighbor search, as in Aumüller, Bernhardsson, Faithfull, "ANN-Benchmarks"
(Information Systems 87, 2020), with distances counted in place of time, so that it is the same everywhere.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import PercentFormatter

from .line_labels import label_lines
from .series_styles import series_styles
from .style import Picture, headline, listing, picture, styled, told


@styled
def plot_recall_curves(
    searches: Mapping[str, tuple[Sequence[float], Sequence[float]]], title: str = ""
) -> Picture:
    """Draw recall against the share of all distances that a search computes, on a logarithmic axis.

    Args:
        searches: name to (shares of distances, recalls), both (settings,); shares above 0, recalls 0 to 1.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: nothing to draw, a share that is not above 0, or a recall outside [0, 1].
    """
    if not searches:
        raise ValueError("searches={} must hold at least one")
    figure, axes = picture(height=3.4)
    panel, lines = axes[0, 0], []
    for (name, (shares, recalls)), style in zip(searches.items(), series_styles(searches), strict=True):
        shares, recalls = np.asarray(shares, dtype=float), np.asarray(recalls, dtype=float)
        if not (shares > 0).all() or not ((recalls >= 0) & (recalls <= 1)).all():
            raise ValueError(
                f"{name!r} has shares {shares.tolist()} and recalls {recalls.tolist()}; "
                "shares must be above 0, recalls from 0 to 1"
            )
        lines += panel.plot(shares, recalls, label=name, **style)
    panel.set(xscale="log", ylim=(0, 1.02))
    panel.set(xlabel="distances computed, of all", ylabel="recall of the nearest neighbour")
    for axis in (panel.xaxis, panel.yaxis):
        axis.set_major_formatter(PercentFormatter(1, decimals=None))
    panel.grid(True)
    label_lines(figure, panel, lines)
    headline(figure, title)
    figure.alt = told(
        title, f"Recall of the nearest neighbour by the share of distances computed, for {listing(searches)}."
    )
    return figure
