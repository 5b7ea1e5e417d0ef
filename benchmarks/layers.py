"""Layers and losses written by hand against torch's own, forward and backward.

    python benchmarks/layers.py

Prints torch's time and the ratio of ours to it: the least of many interleaved runs, in one thread.
"""

import time

import torch
import torch.nn.functional as F
from torch import nn

from course import losses
from course import nn as by_hand

MAPS = (128, 16, 28, 28)
UNITS = (128, 1024)


def layers():
    """Name, shape of the input, ours, torch's."""
    yield "Sigmoid", MAPS, by_hand.Sigmoid(), nn.Sigmoid()
    yield "Tanh", MAPS, by_hand.Tanh(), nn.Tanh()
    yield "ScaledTanh", MAPS, by_hand.ScaledTanh(), lambda x: 1.7159 * torch.tanh(2 / 3 * x)
    yield "ReLU", MAPS, by_hand.ReLU(), nn.ReLU()
    yield "LeakyReLU", MAPS, by_hand.LeakyReLU(), nn.LeakyReLU(0.1)
    yield "ELU", MAPS, by_hand.ELU(), nn.ELU()
    yield "Softplus", MAPS, by_hand.Softplus(), nn.Softplus()
    yield "Dropout", MAPS, by_hand.Dropout(), nn.Dropout()
    yield "Dropout2d", MAPS, by_hand.Dropout2d(), nn.Dropout2d()
    yield "BatchNorm2d", MAPS, by_hand.BatchNorm2d(16), nn.BatchNorm2d(16)
    yield "BatchNorm1d", UNITS, by_hand.BatchNorm1d(1024), nn.BatchNorm1d(1024)
    target = torch.arange(128) % 100
    yield "cross_entropy", (128, 100), at(losses.cross_entropy, target), at(F.cross_entropy, target)
    yield "hinge", (128, 100), at(losses.hinge, target), at(F.multi_margin_loss, target)
    yield "mse", UNITS, at(losses.mse, torch.zeros(UNITS)), at(F.mse_loss, torch.zeros(UNITS))


def at(loss, target):
    return lambda x: loss(x, target)


def seconds(layer, x, upstream):
    x.grad = None
    start = time.perf_counter()
    layer(x).backward(upstream)
    return time.perf_counter() - start


def main(runs=30):
    for name, shape, ours, theirs in layers():
        x = torch.randn(shape, requires_grad=True)
        upstream = torch.randn_like(ours(x))
        times = [(seconds(theirs, x, upstream), seconds(ours, x, upstream)) for _ in range(runs)]
        torchs, mine = map(min, zip(*times, strict=True))
        print(f"{name:14} {shape!s:18} torch {1e3 * torchs:6.2f} ms   ours {mine / torchs:.2f} ×")


if __name__ == "__main__":
    main()
