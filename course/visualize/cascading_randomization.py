"""Cascading randomization: forget what the net has learned, last layer first, and look at the map.

Adebayo, Gilmer, Muelly, Goodfellow, Hardt & Kim 2018, "Sanity checks for saliency maps", Section 3.1,
"cascading randomization", with Spearman's rank correlation as their measure.
"""

import copy
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from .inside import find_layer

Method = Callable[[nn.Module], Tensor]


def cascading_randomization(
    model: nn.Module, method: Method, layers: Sequence[str], seed: int = 0
) -> dict[str, Tensor]:
    """Maps of the net as it is and, step by step, with more and more layers as they were before training.

    Args:
        model: is copied; the copy forgets.
        method: makes a map of a net, such as `lambda net: saliency(net, image, target)`. Name the target: a
            net that has forgotten would choose another.
        layers: names, the last layer first; a layer with children stands for all of them.
        seed: of the random weights; no global generator is touched.

    Returns:
        {"as trained": map, layer: map with this and all earlier names forgotten, …}.

    Raises:
        ValueError: the model has no such layer, or there is nothing in it to forget.
    """
    net = copy.deepcopy(model)
    maps = {"as trained": method(net)}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for layer in layers:
            parts = [
                m
                for m in net.get_submodule(find_layer(net, layer)).modules()
                if hasattr(m, "reset_parameters")
            ]
            if not parts:
                raise ValueError(f"layer={layer!r} has no weights that could be random")
            for part in parts:
                part.reset_parameters()
            maps[layer] = method(net)
    return maps


def rank_correlation(a: Tensor, b: Tensor) -> float:
    """Spearman's rank correlation of two maps, from -1 to 1: Pearson's of the ranks; equal values share one.

    Raises:
        ValueError: the shapes differ, or one map is the same everywhere.
    """
    if a.shape != b.shape:
        raise ValueError(f"a has shape {tuple(a.shape)}, b {tuple(b.shape)}; they must be the same")
    x, y = (_ranks(values) for values in (a, b))
    x, y = x - x.mean(), y - y.mean()
    lengths = (x.norm() * y.norm()).item()
    if lengths == 0:
        raise ValueError("a or b is the same everywhere; it has no ranks")
    return (x @ y).item() / lengths


def _ranks(values: Tensor) -> Tensor:
    """The rank of each value, from 1 on, (n,) doubles; equal values get the mean of their ranks."""
    _, index, counts = values.detach().flatten().unique(return_inverse=True, return_counts=True)
    last = counts.cumsum(0)
    return (last - (counts - 1) / 2).double()[index]
