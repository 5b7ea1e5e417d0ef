"""Optimizer trajectories down a surface: computed with the optimizer itself, then drawn."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from torch import Tensor
from torch.optim import Optimizer

from .series_styles import series_style, series_styles
from .style import COLORS, Picture, headline, listing, picture, styled, tint, told
from .surfaces import Surface, height_grid

MakeOptimizer = Callable[[Iterable[Tensor]], Optimizer]

LEVELS = 15  # contour lines
LAND = tuple(tint(to_hex(color), 0.75) for color in colormaps["YlGnBu_r"](np.linspace(0.35, 1, LEVELS)))
HALO = {"color": "white", "linewidth": 3.4, "zorder": 4.5}  # below a path, keeps it apart from any ground


def optimizer_path(surface: Surface, make_optimizer: MakeOptimizer, steps: int) -> np.ndarray:
    """Where an optimizer goes on a surface.

    Args:
        surface: what is minimized, from `surface.start`.
        make_optimizer: builds the optimizer for a list of parameters, for example
            `lambda params: torch.optim.SGD(params, lr=0.02, momentum=0.9)`.
        steps: how many.

    Returns:
        (steps + 1, 2) in double precision, the start first. Points after a divergence are NaN or infinite.

    Raises:
        ValueError: if `steps` is negative.
    """
    if steps < 0:
        raise ValueError(f"steps={steps} must be at least 0")
    point = torch.nn.Parameter(torch.tensor(surface.start, dtype=torch.float64))
    optimizer = make_optimizer([point])

    def closure():
        optimizer.zero_grad()
        height = surface.function(point)
        height.backward()
        return height

    path = [point.detach().numpy().copy()]
    for _ in range(steps):
        optimizer.step(closure)
        path.append(point.detach().numpy().copy())
    return np.stack(path)


@dataclass(frozen=True)
class ClippedPath:
    """The part of a path that can be drawn.

    Attributes:
        points: (n, 2); if the path left the window, the last one lies on its border.
        note: what happened to the rest, "leaves at step 4" or "NaN after step 7"; "" if nothing is missing.
    """

    points: np.ndarray
    note: str


def clip_path(surface: Surface, path: np.ndarray) -> ClippedPath:
    """Cut a path where it first leaves the surface's window or stops being a number.

    Args:
        surface: whose window is drawn.
        path: (n, 2), the start first; the start lies within the window.
    """
    for step, (x, y) in enumerate(path):
        if np.isnan([x, y]).any():
            return ClippedPath(path[:step], f"NaN after step {step - 1}")
        if not surface.contains(x, y):
            border = _crossing(surface, path[step - 1], path[step])
            return ClippedPath(np.vstack([path[:step], border]), f"leaves at step {step}")
    return ClippedPath(path, "")


def _crossing(surface: Surface, inside: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """Where the way from a point inside the window to one outside meets the border, (2,)."""
    low, high = np.array([surface.x_range, surface.y_range]).T
    segment = outside - inside
    reach = np.where(segment > 0, high, low) - inside
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(segment == 0, np.inf, reach / segment)  # of the way, until x or y meets its border
    if shares.min() == 0 or np.isinf(segment).any():
        return inside
    return inside + shares.min() * segment


@styled
def plot_optimizer_paths(
    surface: Surface,
    paths: Mapping[str, np.ndarray],
    side_by_side: bool | None = None,
    title: str = "",
    subtitles: Mapping[str, str] | None = None,
) -> Picture:
    """Draw paths on a surface, which is dark where it is low.

    Args:
        surface: on which the paths were made.
        paths: name to path (n, 2), as `optimizer_path` gives it. A known optimizer keeps its color.
        side_by_side: one small picture a path, or all paths in one; by default side by side for two or more.
        title: what is to be seen, above the picture; by default the surface's name.
        subtitles: name to a second line below it, such as its settings; side by side only.

    Raises:
        ValueError: if there is no path, more than 8 are in one picture, or a subtitle belongs to no path.
    """
    if not paths:
        raise ValueError("paths={} must hold at least one path")
    strange = sorted(set(subtitles or {}) - set(paths))
    if strange:
        raise ValueError(f"subtitles names {strange[0]!r}, which is none of {', '.join(paths)}")
    if side_by_side is None:
        side_by_side = len(paths) > 1
    if not side_by_side and len(paths) > len(COLORS):
        raise ValueError(f"paths has {len(paths)} entries; one picture tells at most {len(COLORS)} apart")
    clipped = {name: clip_path(surface, np.asarray(path)) for name, path in paths.items()}
    if side_by_side:
        figure = _small_multiples(surface, clipped, subtitles or {})
    else:
        figure = _overlay(surface, clipped)
    headline(figure, title or surface.name)
    lost = [f"{name} {path.note}" for name, path in clipped.items() if path.note]
    steps = max(len(path) for path in paths.values()) - 1
    alt_text = (
        f"Contour lines of {surface.name}; paths of {listing(paths)}, {steps} steps each, "
        f"from ({surface.start[0]:g}, {surface.start[1]:g})."
    )
    if lost:
        alt_text += f" Cut off at the picture's border: {'; '.join(lost)}."
    figure.alt = told(title, alt_text)
    return figure


def _small_multiples(
    surface: Surface, paths: Mapping[str, ClippedPath], subtitles: Mapping[str, str]
) -> Picture:
    columns = min(len(paths), 4)
    rows = -(-len(paths) // columns)
    height = 0.45 + rows * max(1.95, 5.0 / columns)
    figure, axes = picture(rows, columns, height, sharex=True, sharey=True)
    for panel, (name, path) in zip(axes.flat, paths.items(), strict=False):
        style = series_style(name, 1) | {"linestyle": "-"}  # alone in its panel
        draw_surface(panel, surface)
        draw_path(panel, path.points, **style)
        panel.set_title("\n".join(filter(None, [name, subtitles.get(name), path.note])))
    for panel in axes.flat[len(paths) :]:
        panel.set_visible(False)
    return figure


def _overlay(surface: Surface, paths: Mapping[str, ClippedPath]) -> Picture:
    figure, axes = picture(height=4.2)
    panel = axes[0, 0]
    draw_surface(panel, surface)
    for (name, path), style in zip(paths.items(), series_styles(paths), strict=True):
        label = f"{name}: {path.note}" if path.note else name
        draw_path(panel, path.points, label=label, **style)
    figure.legend(*panel.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def draw_surface(axes: Axes, surface: Surface) -> None:
    """Contour lines, the start (a ring) and the minima (stars); low is dark, high is light."""
    x, y, heights = (grid.numpy() for grid in height_grid(surface))
    # each line is a fixed factor higher above the lowest point, so that flat valleys show as well
    depth = heights - heights.min()
    levels = np.geomspace(depth.max() / 3e4, depth.max(), LEVELS)
    axes.contourf(x, y, depth, levels=[0, *levels], colors=LAND)
    axes.contour(x, y, depth, levels=levels, colors="white", linewidths=0.5)
    axes.plot(*surface.start, "o", markersize=8, markerfacecolor="white", color="black", zorder=4)
    star = {"markersize": 12, "color": "black", "markeredgecolor": "white", "markeredgewidth": 0.8}
    axes.plot(*np.transpose(surface.minima), "*", linestyle="", zorder=6, **star)
    axes.set(xlim=surface.x_range, ylim=surface.y_range)
    axes.locator_params(nbins=4)


def draw_path(axes: Axes, points: np.ndarray, **line) -> None:
    """A path with a marker at each step, (n, 2)."""
    axes.plot(*points.T, **HALO)
    axes.plot(*points.T, markersize=3.4, linewidth=1.4, markeredgewidth=0, zorder=5, **line)
