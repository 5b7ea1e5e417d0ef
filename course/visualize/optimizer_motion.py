"""Animated optimizer paths: they grow on a surface, and beside them the height that each reaches.

A drawn path hides the time that it took; beside it, the height against the step shows it.
"""

from collections.abc import Mapping

import numpy as np
import torch
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullLocator

from .line_labels import label_lines
from .motion import Motion, animate
from .optimizer_paths import HALO, clip_path, draw_surface
from .series_styles import series_styles
from .style import COLORS, STYLE, Picture, headline, listing, picture, styled, told
from .surfaces import Surface

FRAMES = 40
LOWEST = 1e-6  # heights below are drawn at this one


class Stage:
    """A picture of which only a few artists change; all the rest is drawn once.

    Args:
        figure: the picture.
        moving: what changes from frame to frame.
    """

    def __init__(self, figure: Picture, moving: list[Artist]):
        self.moving = moving
        with rc_context(STYLE):
            self.canvas = figure.finish()
            for artist in moving:
                artist.set_animated(True)
            self.canvas.draw()
        self.ground = self.canvas.copy_from_bbox(figure.bbox)

    def pixels(self) -> np.ndarray:
        """The picture as it is now, (H, W, 3), uint8."""
        self.canvas.restore_region(self.ground)
        for artist in self.moving:
            artist.axes.draw_artist(artist)
        return np.asarray(self.canvas.buffer_rgba())[..., :3].copy()


@styled
def plot_optimizer_descents(surface: Surface, paths: Mapping[str, np.ndarray], title: str = "") -> Picture:
    """Draw paths on one surface, beside their height above the minimum against the step.

    Args:
        surface, paths, title: as for `animate_optimizer_paths`, of which this is the last frame.

    Raises:
        ValueError: as there.
    """
    figure, _, steps = _draw_descents(surface, paths, title)
    alt_text = f"Paths of {listing(paths)} on {surface.name}, {steps} steps; beside them the height that each"
    figure.alt = told(title, f"{alt_text} has reached, on a logarithmic axis.")
    return figure


@styled
def animate_optimizer_paths(
    surface: Surface, paths: Mapping[str, np.ndarray], title: str = "", seconds: float = 6.0
) -> Motion:
    """Let paths grow on a surface, beside their height above the minimum against the step.

    Args:
        surface: on which the paths were made.
        paths: name to path (n, 2), as `optimizer_path` gives it. A known optimizer keeps its color.
        title: what is to be seen, above the picture; by default the surface's name.
        seconds: from the start to the longest path's end.

    Raises:
        ValueError: there is no path, more than 8, or none with a step.
    """
    figure, walks, steps = _draw_descents(surface, paths, title)
    stage = Stage(figure, [artist for walk, _ in walks for artist in walk])

    def frame(step: float) -> np.ndarray:
        for (halo, line, head), points in walks:
            shown = points[: int(step) + 1]
            halo.set_data(*shown.T)
            line.set_data(*shown.T)
            head.set_data(*shown[-1:].T)
        return stage.pixels()

    alt_text = (
        f"Paths of {listing(paths)} on {surface.name} grow side by side over {steps} steps; beside them "
        "the height that each has reached, on a logarithmic axis."
    )
    states = np.unique(np.linspace(0, steps, min(FRAMES, steps + 1)).round())
    return animate(frame, states.tolist(), seconds, alt=told(title, alt_text))


def _draw_descents(
    surface: Surface, paths: Mapping[str, np.ndarray], title: str
) -> tuple[Picture, list[tuple[tuple[Line2D, Line2D, Line2D], np.ndarray]], int]:
    """The whole picture, its lines with the points that they go through, and the number of steps."""
    if not 1 <= len(paths) <= len(COLORS) or max(map(len, paths.values())) < 2:
        raise ValueError(f"paths has {len(paths)} entries; 1 to {len(COLORS)} with a step or more")
    figure, ((ground, curve),) = picture(1, 2, height=3.3, width_ratios=[5, 4])
    draw_surface(ground, surface)
    steps = max(map(len, paths.values())) - 1
    lowest = surface.function(torch.tensor(surface.minimum, dtype=torch.float64)).item()
    walks, lines = [], []
    for (name, path), style in zip(paths.items(), series_styles(paths), strict=True):
        clipped = clip_path(surface, np.asarray(path))
        heights = surface.function(torch.from_numpy(clipped.points)).numpy() - lowest
        label = f"{name}, {clipped.note}" if clipped.note else name
        walk = draw_walk(ground, clipped.points, style)
        fallen = np.stack([np.arange(len(heights)), np.maximum(heights, LOWEST)], axis=1)
        fall = draw_walk(curve, fallen, style)
        fall[1].set_label(label)
        lines.append(fall[1])
        walks += [(walk, clipped.points), (fall, fallen)]
    curve.set(xlabel="step", yscale="log", xlim=(0, 1.02 * steps))
    curve.yaxis.set_major_locator(LogLocator(numticks=7))
    curve.yaxis.set_minor_locator(NullLocator())
    curve.yaxis.set_major_formatter("{x:g}")
    curve.set_title("height above the minimum")
    curve.grid(True)
    label_lines(figure, curve, lines)
    headline(figure, title or surface.name)
    return figure, walks, steps


def draw_walk(axes, points: np.ndarray, style: Mapping) -> tuple[Line2D, Line2D, Line2D]:
    """The white below a line, the line through points (n, 2), and a dot at its head."""
    color = style["color"]
    (halo,) = axes.plot(*points.T, **HALO)
    (line,) = axes.plot(*points.T, color=color, linestyle=style["linestyle"], zorder=5)
    dot = {"marker": style["marker"], "markersize": 7, "markeredgecolor": "white", "zorder": 6}
    (head,) = axes.plot(*points[-1:].T, linestyle="", color=color, **dot)
    return halo, line, head
