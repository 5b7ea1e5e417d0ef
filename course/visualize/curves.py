"""Learning curves: the mean over seeds, with a band from the lowest to the highest seed."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from course.training.history import History

from .line_labels import label_lines
from .series_styles import series_styles
from .style import Picture, headline, listing, picture, styled, told


def band(runs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, lowest and highest of several runs.

    Args:
        runs: (seeds, points), or (points,) for a single run.

    Returns:
        Mean, lowest and highest, each (points,). Where one seed is NaN or infinite, all three are NaN: a mean
        over the seeds that survived would flatter the rest.

    Raises:
        ValueError: if `runs` has another number of dimensions, or no seed.
    """
    runs = np.asarray(runs, dtype=float)
    if runs.ndim not in (1, 2) or runs.shape[0] == 0:
        raise ValueError(f"runs has shape {runs.shape}; it must be (points,) or (seeds, points)")
    runs = np.atleast_2d(runs)
    runs = np.where(np.isfinite(runs), runs, np.nan)
    return runs.mean(axis=0), runs.min(axis=0), runs.max(axis=0)


def sweep_learning_rates(
    run: Callable[[float, int], float], rates: Sequence[float], seeds: Sequence[int]
) -> np.ndarray:
    """Measure a run for each learning rate and seed.

    Args:
        run: takes a learning rate and a seed; gives the final loss or accuracy.
        rates: learning rates.
        seeds: seeds.

    Returns:
        (seeds, rates), ready for `plot_learning_rate_sensitivity`.
    """
    return np.array([[run(rate, seed) for rate in rates] for seed in seeds], dtype=float)


@styled
def plot_training_curves(
    curves: Mapping[str, np.ndarray],
    x: Sequence[float] | None = None,
    x_label: str = "epoch",
    y_label: str = "training loss",
    log_y: bool = False,
    title: str = "",
    log_x: bool = False,
) -> Picture:
    """Draw one curve a name, with a band over the seeds; each name stands where its curve ends.

    Args:
        curves: name to values: (seeds, points), or (points,) for a single run.
        x: where the points lie, (points,); by default 1, 2, 3, …
        x_label: what x is, with its unit.
        y_label: what the values are, with their unit.
        log_y: whether equal factors are equal distances.
        title: what is to be seen, above the picture.
        log_x: whether equal factors of x, which must then be above 0, are equal distances.

    Raises:
        ValueError: if there is no curve, or one has another number of points than `x`.
    """
    figure, axes = picture(height=3.4)
    seeds = _draw_bands(figure, axes[0, 0], curves, x)
    axes[0, 0].set(xlabel=x_label, ylabel=y_label)
    if x is None:
        axes[0, 0].xaxis.set_major_locator(MaxNLocator(integer=True))
    if log_x:
        log_axis(axes[0, 0].xaxis)
    if log_y:
        log_axis(axes[0, 0].yaxis)
    headline(figure, title)
    figure.alt = told(title, f"{y_label} by {x_label} for {listing(curves)}, {seeds}.")
    return figure


@styled
def plot_history(history: History, title: str = "") -> Picture:
    """Draw loss and, where it was measured, accuracy by epoch; training and validation in the same axes.

    Args:
        history: what `Trainer.fit` gave back.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: if the history has no epoch.
    """
    if not len(history):
        raise ValueError("history has no epoch; train first")
    measured = history.columns()
    panels = [name for name in ("loss", "accuracy") if name in measured]
    figure, axes = picture(1, len(panels), height=3.0, width=3.5 * len(panels))
    for panel, name in zip(axes[0], panels, strict=True):
        parts = {"training": name, "validation": f"val_{name}"}
        shown = {part: history[column] for part, column in parts.items() if column in measured}
        lines = [
            panel.plot(history["epoch"], values, label=part, markevery=_every(values), **style)[0]
            for (part, values), style in zip(shown.items(), series_styles(shown), strict=True)
        ]
        panel.set(xlabel="epoch", ylabel=name)
        panel.margins(x=0.02)
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        panel.grid(True)
        label_lines(figure, panel, lines)
    headline(figure, title)
    figure.alt = f"{' and '.join(panels).capitalize()} over {len(history)} epochs. {title}".strip()
    return figure


@styled
def plot_learning_rate_sensitivity(
    rates: Sequence[float],
    results: Mapping[str, np.ndarray],
    y_label: str = "final training loss",
    log_y: bool = False,
    title: str = "",
) -> Picture:
    """Draw what each rule reaches for each learning rate; a gap is a rate for which a seed diverged.

    Args:
        rates: learning rates, (rates,), all above 0.
        results: name to values, (seeds, rates) or (rates,); NaN or infinite where the run diverged.
        y_label: what the values are, with their unit.
        log_y: whether equal factors are equal distances.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: if there is no result, a rate is not positive, or the numbers of rates and values differ.
    """
    rates = np.asarray(rates, dtype=float)
    if (rates <= 0).any():
        raise ValueError(f"rates={rates.tolist()} must all be above 0: the axis is logarithmic")
    figure, axes = picture(height=3.4)
    panel = axes[0, 0]
    seeds = _draw_bands(figure, panel, results, rates)
    panel.set(xscale="log", xlabel="learning rate", ylabel=y_label)
    panel.xaxis.set_major_formatter("{x:g}")
    if log_y:
        log_axis(panel.yaxis)
    headline(figure, title)
    span = f"{rates.min():g} to {rates.max():g}"
    figure.alt = told(title, f"{y_label} by learning rate, from {span}, for {listing(results)}, {seeds}.")
    return figure


def _draw_bands(
    figure: Picture, axes: Axes, curves: Mapping[str, np.ndarray], x: Sequence[float] | None
) -> str:
    """Draw the curves and name them; say over how many seeds."""
    if not curves:
        raise ValueError("curves={} must hold at least one curve")
    seeds, lines = 1, []
    for (name, runs), style in zip(curves.items(), series_styles(curves), strict=True):
        lines.append(draw_band(axes, name, runs, x, style))
        seeds = max(seeds, len(np.atleast_2d(runs)))
    axes.margins(x=0.02)
    axes.grid(True)
    label_lines(figure, axes, lines)
    return "one seed" if seeds == 1 else f"mean and range over {seeds} seeds"


def _every(values: Sequence[float], markers: int = 10) -> int:
    """Of so many points one has a marker: about ten on a curve, or so many."""
    return max(1, len(values) // markers)


def draw_band(
    axes: Axes,
    name: str,
    runs: np.ndarray,
    x: Sequence[float] | None,
    style: Mapping[str, object],
    markers: int = 10,
) -> Line2D:
    """Draw the mean of some runs as a line, and their range as a band.

    Args:
        name: of the line, for a legend or a label.
        runs: (seeds, points), or (points,) for a single run.
        x: where the points lie, (points,); by default 1, 2, 3, …
        style: color, line and marker, as `series_styles` gives them.
        markers: about how many of them stand on the line.

    Raises:
        ValueError: the numbers of places and points differ, or as for `band`.
    """
    mean, low, high = band(runs)
    places = np.arange(1, len(mean) + 1) if x is None else np.asarray(x, dtype=float)
    if len(places) != len(mean):
        raise ValueError(f"{name!r} has {len(mean)} points; x has {len(places)}")
    (line,) = axes.plot(places, mean, label=name, markevery=_every(mean, markers), **style)
    axes.fill_between(places, low, high, color=style["color"], alpha=0.15, linewidth=0)
    return line


def log_axis(axis: Axis) -> None:
    """Equal factors as equal distances, labeled in plain numbers."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    low, high = axis.get_view_interval()
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 1000 * low else (1,)))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_locator(NullLocator())
