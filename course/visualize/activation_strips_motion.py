"""Animated activation histograms: a signal on its way through deep nets, layer after layer."""

from collections.abc import Mapping

import numpy as np
from torch import Tensor

from .activation_strips import plot_activation_strips
from .motion import Motion, animate


def animate_activation_strips(
    networks: Mapping[str, Mapping[str, Tensor]],
    value_range: tuple[float, float],
    title: str = "",
    bins: int = 60,
    seconds: float = 6.0,
) -> Motion:
    """Let histograms appear layer by layer, from the first layer at the top; the still shows all of them.

    Args:
        networks: title to layers, each layer's name to its values, of any shape; as many layers in each.
        value_range: lowest and highest value drawn.
        title: what is to be seen, above the picture.
        bins: number of bins.
        seconds: from the first layer to the last.

    Raises:
        ValueError: there is no network, more than 4, one with fewer than 2 layers, or two of unequal depth.
    """
    depths = {len(layers) for layers in networks.values()}
    if not 1 <= len(networks) <= 4 or len(depths) != 1 or depths == {1}:
        raise ValueError(
            f"networks has {len(networks)} entries of {sorted(depths)} layers; 1 to 4, all of one depth"
        )
    rows = depths.pop()
    still = plot_activation_strips(networks, value_range, bins, title)
    finished = still.pixels()
    corners = np.array([(value_range[0], 0), (value_range[1], 1)])  # of the lowest row

    def frame(depth: int) -> np.ndarray:
        """The finished picture, white where the layers below this one will come."""
        seen = finished.copy()
        for panel in still.axes:
            (left, low), (right, high) = (
                panel.transData.transform(corners * (1, rows - depth)).round().astype(int)
            )
            seen[len(seen) - high : len(seen) - low, left : right + 1] = 255
        return seen

    alt_text = still.alt.rstrip(".") + ", layer by layer."
    return animate(frame, range(1, rows + 1), seconds, hold=2.5, alt=alt_text)
