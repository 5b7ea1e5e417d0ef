"""Explorer: nets as bubbles, with the cost along x and the cost as area of your choice."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from ipywidgets import Dropdown

from course.visualize.bubbles import QUANTITIES, Net, plot_bubbles, quantity_of

from .explorer import Explorer


def bubble_explorer(nets: Sequence[Net]) -> Explorer:
    """Accuracy against a cost, with controls for both costs; time and memory only where they are known.

    Args:
        nets: what to draw.
    """
    measured = [name for name in QUANTITIES if np.isfinite(quantity_of(nets, name)).any()]
    return Explorer(
        partial(plot_bubbles, nets),
        x=Dropdown(options=measured, value="operations", description="along x"),
        area=Dropdown(options=measured, value="parameters", description="area"),
    )
