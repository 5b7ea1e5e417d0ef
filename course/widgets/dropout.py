"""Explorer: which units are left in this step, and what do the masks give on average?"""

from functools import lru_cache

from ipywidgets import Checkbox, FloatSlider, IntSlider

from course.visualize.dropout_steps import DropoutSteps, draw_dropout_step, dropout_steps
from course.visualize.style import Picture

from .explorer import Explorer

STEPS = 60


@lru_cache(maxsize=32)
def _run(p: float) -> DropoutSteps:
    return dropout_steps(p, STEPS)


def draw_dropout(p: float = 0.5, step: int = 60, training: bool = True) -> Picture:
    """The net with its dropped units struck out, and the outputs of all steps so far.

    Args:
        p: probability that a hidden unit is dropped, from 0 to below 1.
        step: from 1 to 60.
        training: False shows the net as evaluation uses it.

    Raises:
        ValueError: p or step out of range.
    """
    if not 1 <= step <= STEPS:
        raise ValueError(f"step={step} must be from 1 to {STEPS}")
    return draw_dropout_step(_run(round(p, 2)), step, training, round(p, 2))


def dropout_explorer() -> Explorer:
    """The dropout visualizer: p, step, and training against evaluation."""
    return Explorer(
        draw_dropout,
        p=FloatSlider(0.5, min=0.0, max=0.9, step=0.05, description="p, share dropped"),
        step=IntSlider(STEPS, min=1, max=STEPS),
        training=Checkbox(True, description="training", indent=True),
    )
