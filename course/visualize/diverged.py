"""Divergence by learning rate: the curves of `plot_learning_rate_sensitivity`, with a cross for each gap."""

from collections.abc import Mapping, Sequence

import numpy as np

from .curves import plot_learning_rate_sensitivity
from .series_styles import series_styles
from .style import Picture, listing, styled

FIRST, STEP = 1.06, 0.075  # height of the lowest row of crosses and of each further one, in parts of the axes


@styled
def plot_divergence(
    rates: Sequence[float], results: Mapping[str, np.ndarray], y_label: str, title: str = ""
) -> Picture:
    """Draw what each series reaches for each learning rate, and above the curves where it diverged.

    A series that diverged has a row of crosses, in its color; without them a curve that ends would only look
    short.

    Args:
        rates: learning rates, (rates,), all above 0.
        results: name to values, (seeds, rates) or (rates,); NaN or infinite where a run diverged.
        y_label: what the values are, with their unit.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: if there is no result, a rate is not positive, or the numbers of rates and values differ.
    """
    figure = plot_learning_rate_sensitivity(rates, results, y_label, title=title)
    (panel,) = figure.axes
    rates, height, alt_text = np.asarray(rates, dtype=float), FIRST, []
    for (name, runs), style in zip(results.items(), series_styles(results), strict=True):
        places = rates[~np.isfinite(np.atleast_2d(runs)).all(axis=0)]
        if not len(places):
            continue
        row = {"transform": panel.get_xaxis_transform(), "clip_on": False, "color": style["color"]}
        panel.plot(places, [height] * len(places), "x", markersize=7, markeredgewidth=2, **row)
        panel.text(0, height, "diverged:", transform=panel.transAxes, va="center", fontsize=9)
        alt_text.append(f"{name} at {listing([f'{place:g}' for place in places])}")
        height += STEP
    if alt_text:
        figure.alt += f" Diverged: {'; '.join(alt_text)}."
    return figure
