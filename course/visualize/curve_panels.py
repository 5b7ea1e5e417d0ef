"""Small multiples of curves: one panel for each group, so that fewer lines lie on each other."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import MaxNLocator

from .curves import draw_band, log_axis
from .line_labels import label_lines
from .series_styles import series_styles
from .style import Picture, headline, listing, picture, styled, told


@styled
def plot_curve_panels(
    panels: Mapping[str, Mapping[str, np.ndarray]],
    x: Sequence[float] | None = None,
    x_label: str = "epoch",
    y_label: str = "training loss",
    log_y: bool = False,
    share_y: bool = True,
    title: str = "",
) -> Picture:
    """Draw one panel for each group of curves, with a band over the seeds; names stand where curves end.

    Args:
        panels: the panels' titles to their curves, each a name to values: (seeds, points), or (points,) for a
            single run. A name has one look in all panels.
        x: where the points lie, (points,); by default 1, 2, 3, …
        x_label: what x is, with its unit.
        y_label: what the values are, with their unit.
        log_y: whether equal factors are equal distances.
        share_y: whether all panels show the same range.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: there is no panel, more than 3, one without a curve, or a curve that does not fit to `x`.
    """
    if not 1 <= len(panels) <= 3 or not all(panels.values()):
        raise ValueError(f"panels has {len(panels)} entries; 1 to 3 fit, each with at least one curve")
    figure, axes = picture(1, len(panels), height=3.2, sharey=share_y)
    names = list(dict.fromkeys(name for curves in panels.values() for name in curves))
    style_of = dict(zip(names, series_styles(names), strict=True))
    for panel, (heading, curves) in zip(axes[0], panels.items(), strict=True):
        lines = []
        for name, runs in curves.items():
            lines.append(draw_band(panel, name, runs, x, style_of[name], markers=6))
        panel.set(title=heading, xlabel=x_label)
        panel.margins(x=0.02)
        panel.grid(True)
        if x is None:
            panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        if log_y:
            log_axis(panel.yaxis)
        label_lines(figure, panel, lines)
    axes[0, 0].set_ylabel(y_label)
    headline(figure, title)
    alt_text = "; ".join(f"{heading}: {listing(curves)}" for heading, curves in panels.items())
    figure.alt = told(title, f"{y_label} by {x_label}. {alt_text}.")
    return figure
