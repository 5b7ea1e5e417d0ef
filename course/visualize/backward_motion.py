"""Animated backward pass: gradients travel back along the arrows, and each arrow multiplies.

The arithmetic is that of `backward_steps`; a number changes on its way where the local derivative stands.
"""

from dataclasses import dataclass

import numpy as np
from matplotlib.text import Text

from course.autograd import Value

from .backward_steps import BackwardStep, backward_steps, draw_step, longest_line
from .graph import LABEL, GraphLayout, graph_sheet, layout_graph
from .motion import Motion, animate
from .optimizer_motion import Stage
from .style import COLORS, styled

ON_THE_WAY, ARRIVED = 10, 7  # frames of each step
MOST_STEPS = 12


@dataclass(frozen=True)
class Traveler:
    """A gradient on its way from a result back to one of its inputs.

    Attributes:
        corners: (points, 2), in inches, from the result to the input.
        before, after: the number as it sets out, and once it was multiplied by the local derivative.
    """

    corners: np.ndarray
    before: float
    after: float

    def at(self, progress: float) -> tuple[float, float, str]:
        """Where it is after this share of its way, from 0 to 1, and what it says there."""
        lengths = np.hypot(*np.diff(self.corners, axis=0).T)
        gone = np.concatenate([[0.0], np.cumsum(lengths)])
        x, y = (np.interp(progress * gone[-1], gone, along) for along in self.corners.T)
        changed = progress * gone[-1] >= LABEL * lengths[0]
        return x, y, f"{self.after if changed else self.before:.4g}"


def travelers(layout: GraphLayout, steps: list[BackwardStep], step: int) -> list[Traveler]:
    """The gradients that are handed on in a step, one for each input of the value whose turn it is."""
    now, sheet = steps[step], graph_sheet(layout, longest_line(layout, steps))
    edges = sorted((edge for edge in layout.edges if edge.target is now.value), key=lambda edge: edge.slot)
    paths = [np.array(sheet.path(layout, edge)[::-1]) for edge in edges]
    slopes = [now.value.inputs[edge.slot][1] for edge in edges]
    pairs = zip(paths, slopes, strict=True)
    return [Traveler(path, now.gradient, now.gradient * slope) for path, slope in pairs]


@styled
def animate_backward(root: Value, seconds: float = 10.0) -> Motion:
    """Let the gradients of a graph travel from its result to its leaves, one operation after the other.

    Args:
        root: the result; no `grad` below it is changed.
        seconds: how long the whole pass takes.

    Raises:
        ValueError: there is no operation below root, or more than 12.
    """
    steps, layout = backward_steps(root), layout_graph(root)
    last = len(steps) - 1
    if not 1 <= last <= MOST_STEPS:
        raise ValueError(f"root has {last} operations below it; a moving picture shows 1 to {MOST_STEPS}")
    frames = [draw_step(layout, steps, 0).pixels()] * ARRIVED
    for step in range(1, last + 1):
        frames += _on_the_way(layout, steps, step)
        frames += [draw_step(layout, steps, step).pixels()] * ARRIVED
    ends = ", ".join(f"{leaf.name} {steps[-1].arrived[leaf]:.4g}" for leaf in layout.places if leaf.name)
    alt_text = (
        f"The backward pass through a graph of {len(layout.places)} values, in {last} steps: gradients "
        f"travel back along the arrows and arrive at {ends}."
    )
    return animate(np.asarray, frames, seconds, hold=2.5, alt=alt_text)


def _on_the_way(layout: GraphLayout, steps: list[BackwardStep], step: int) -> list[np.ndarray]:
    figure, moving = draw_step(layout, steps, step, under_way=True), travelers(layout, steps, step)
    bubbles = [_bubble(figure.axes[0]) for _ in moving]
    stage = Stage(figure, bubbles)
    return [_frame(stage, bubbles, moving, progress) for progress in np.linspace(0.04, 0.96, ON_THE_WAY)]


def _bubble(axes) -> Text:
    """A number on an orange disc; it is moved later."""
    disc = {"boxstyle": "round,pad=0.25", "facecolor": COLORS[1], "edgecolor": "white"}
    look = {"color": "white", "weight": "bold", "fontsize": 8, "ha": "center", "va": "center"}
    return axes.text(0, 0, "", bbox=disc, zorder=6, **look)


def _frame(stage: Stage, bubbles: list[Text], moving: list[Traveler], progress: float) -> np.ndarray:
    for bubble, traveler in zip(bubbles, moving, strict=True):
        x, y, says = traveler.at(progress)
        bubble.set_position((x, y))
        bubble.set_text(says)
    return stage.pixels()
