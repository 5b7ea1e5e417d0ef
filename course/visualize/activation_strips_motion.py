"""A signal on its way through deep nets: the histograms of their layers appear one after the other."""

from collections.abc import Mapping
from itertools import islice

import numpy as np
from torch import Tensor

from .activation_strips import draw_strips
from .motion import Motion, animate
from .style import Picture, headline, listing, picture, styled, told


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
    rows, edges = depths.pop(), np.linspace(*value_range, bins + 1)

    @styled
    def frame(depth: int) -> Picture:
        figure, axes = picture(1, len(networks), height=0.8 + 0.42 * rows, sharey=True)
        for panel, (name, layers) in zip(axes[0], networks.items(), strict=True):
            draw_strips(panel, dict(islice(layers.items(), depth)), edges, rows)
            panel.set(title=name)
        names = next(iter(networks.values()))
        axes[0, 0].set_yticks([rows - 0.8 - row for row in range(rows)], list(names))
        headline(figure, title)
        said = f"Histograms of the outputs of {rows} layers for {listing(networks)}, layer by layer."
        figure.alt = told(title, said)
        return figure

    return animate(frame, range(1, rows + 1), seconds, hold=2.5)
