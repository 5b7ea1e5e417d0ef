"""Weights drawn anew: the same for the same layers, however a student writes the net down."""

import numpy as np
import pytest
import torch
from torch import nn

from course.questions.nets import refill


class HeadFirst(nn.Module):
    """A net whose last layer is registered before its first."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(8, 8)
        self.hidden = nn.Linear(8, 8)

    def forward(self, x):
        return self.head(self.hidden(x.flatten(1)).relu())


def nets():
    sequential = nn.Sequential(nn.Flatten(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8))
    lazy = nn.Sequential(nn.Flatten(), nn.LazyLinear(8), nn.ReLU(), nn.LazyLinear(8))
    return sequential, lazy, HeadFirst()


def test_the_order_of_registration_does_not_matter():
    """Sequential, lazy and head first give the same scores; another draw gives others."""
    x = torch.randn(5, 2, 4, dtype=torch.float64)
    scores = [refill(net, np.random.default_rng(3), torch.zeros(1, 2, 4))(x) for net in nets()]
    assert torch.equal(scores[0], scores[1]) and torch.equal(scores[0], scores[2])
    assert not torch.equal(scores[0], refill(nets()[0], np.random.default_rng(4), torch.zeros(1, 2, 4))(x))


def test_running_averages_and_modes_stay():
    """The pass that finds the order is one of evaluation; each part keeps its mode, no hook stays."""
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout())
    net[2].eval()
    refill(net, np.random.default_rng(0), torch.ones(2, 1, 4, 4))
    assert net.training and net[1].training and not net[2].training
    assert net[1].num_batches_tracked == 0 and (net[1].running_mean == 0).all()
    assert not any(module._forward_hooks for module in net.modules())
    assert net[0].weight.dtype == torch.float64 and net[0].weight.requires_grad


def test_a_parameter_that_two_layers_share_stays_shared():
    """Drawn once; parameters that no layer holds are drawn as well."""
    net = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    net[1].weight = net[0].weight
    net.free = nn.Parameter(torch.zeros(4))
    refill(net, np.random.default_rng(0), torch.zeros(1, 3))
    assert net[1].weight is net[0].weight and (net.free != 0).all()


def test_a_net_that_gives_nothing_is_told():
    """Whose forward has no return: the question would fail at another place, in other words."""

    class Silent(HeadFirst):
        def forward(self, x):
            super().forward(x)

    with pytest.raises(TypeError, match="does its forward end in a return"):
        refill(Silent(), np.random.default_rng(0), torch.zeros(1, 2, 4))
