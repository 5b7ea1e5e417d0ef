"""Animated decision boundaries: a linear classifier of the plane while it trains, beside it the loss."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from torch import Tensor

from .half_planes import DOTS, class_region
from .line_labels import label_lines
from .motion import Motion, animate
from .optimizer_motion import Stage
from .series_styles import series_style
from .style import COLORS, MARKERS, headline, listing, picture, styled, tint, told

FRAMES = 14
NOWHERE = np.full((1, 2), np.nan)


@styled
def animate_half_planes(
    weights: Tensor,
    biases: Tensor,
    losses: Sequence[float],
    points: Tensor,
    labels: Tensor,
    class_names: Sequence[str],
    title: str = "",
    seconds: float = 6.0,
    size: float = 3.0,
) -> Motion:
    """Show the training of a linear classifier of the plane as a picture that moves.

    Early steps change more than late ones, so the frames stand at equal factors of the step.

    Args:
        weights: (steps, classes, 2), after each step.
        biases: (steps, classes).
        losses: (steps,), all above 0.
        points: (n, 2).
        labels: (n,), integers from 0 to classes - 1.
        class_names: one a class, at most 8.
        title: what is to be seen, above the picture.
        seconds: from the first step to the last.
        size: x and y run from -size to size.

    Raises:
        ValueError: the shapes do not belong together, or there are fewer than two steps.
    """
    steps, classes = len(losses), len(class_names)
    if weights.shape != (steps, classes, 2) or biases.shape != (steps, classes) or steps < 2:
        raise ValueError(
            f"weights has shape {tuple(weights.shape)}, biases {tuple(biases.shape)}; for {steps} losses "
            f"(2 or more) and {classes} classes they must be ({steps}, {classes}, 2) and ({steps}, {classes})"
        )
    weights, biases, points = (array.detach().cpu().double().numpy() for array in (weights, biases, points))
    figure, ((plane, curve),) = picture(1, 2, height=2.7, width_ratios=[4, 5])
    parts = [_Part(plane, points[labels.cpu().numpy() == label], label, size) for label in range(classes)]
    plane.set(xlim=(-size, size), ylim=(-size, size), aspect="equal")
    fall, head = _loss_by_step(curve, losses)
    label_lines(figure, curve, [fall])
    headline(figure, title)
    moving = [artist for layer in zip(*[part.artists for part in parts], strict=True) for artist in layer]
    stage = Stage(figure, [*moving, fall, head])

    def frame(step: int) -> np.ndarray:
        for part in parts:
            part.move(weights[step], biases[step])
        fall.set_data(np.arange(1, step + 2), losses[: step + 1])
        head.set_data([step + 1], [losses[step]])
        return stage.pixels()

    alt_text = (
        f"Regions, zero lines and arrows of {listing(class_names)} move over {steps} steps of training, with "
        f"{len(points)} points; beside them the loss by step, both axes logarithmic."
    )
    states = np.unique(np.geomspace(1, steps, FRAMES).round().astype(int)) - 1
    return animate(frame, states.tolist(), seconds, alt=told(title, alt_text))


def _loss_by_step(axes: Axes, losses: Sequence[float]) -> tuple[Line2D, Line2D]:
    """The curve of the loss and the dot at its end, both axes logarithmic."""
    steps, style = len(losses), series_style("softmax") | {"marker": ""}
    (curve,) = axes.plot(np.arange(1, steps + 1), losses, label="loss", **style)
    dot = {"color": style["color"], "markersize": 7, "markeredgecolor": "white"}
    (head,) = axes.plot([steps], [losses[-1]], "o", **dot)
    axes.set(xscale="log", yscale="log", xlabel="step", xlim=(1, 1.1 * steps))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.grid(True)
    return curve, head


class _Part:
    """What moves of one class: its region, its zero line, its arrow; and its points, which lie above."""

    def __init__(self, axes: Axes, points: np.ndarray, label: int, size: float):
        self.label, self.size = label, size
        self.box = size * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=float)
        color = COLORS[label]
        (self.region,) = axes.fill(*self.box.T, facecolor=tint(color, 0.25), edgecolor="black", linewidth=0.8)
        (self.line,) = axes.plot([], [], "--", color=color, linewidth=1.2)
        (self.points,) = axes.plot(*points.T, MARKERS[label], color=color, **DOTS)
        arrow = {"arrowstyle": "-|>", "color": color, "linewidth": 2.2, "shrinkA": 0, "shrinkB": 0}
        self.arrow = axes.annotate("", (0, 0), (0, 0), arrowprops=arrow, annotation_clip=True)
        self.artists = (self.region, self.line, self.points, self.arrow)

    def move(self, weight: np.ndarray, bias: np.ndarray) -> None:
        """Draw this class as a classifier (classes, 2) and (classes,) has it."""
        region, w, b = class_region(weight, bias, self.label, self.box), weight[self.label], bias[self.label]
        self.region.set_xy(region if len(region) else NOWHERE)
        length = np.linalg.norm(w) or 1.0
        foot = -b * w / length**2  # the point of the zero line that is nearest to the origin
        across = 3 * self.size * np.array([-w[1], w[0]]) / length
        self.line.set_data(*np.transpose([foot - across, foot + across]))
        self.arrow.set_position(foot)
        self.arrow.xy = foot + w
