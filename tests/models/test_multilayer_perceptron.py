"""Multilayer perceptron: layers, numbers of parameters, and the spread of the weights."""

import pytest
import torch
from torch import nn

from course.models.multilayer_perceptron import ACTIVATIONS, NORMS, multilayer_perceptron

SIZES = (784, 64, 64, 10)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_numbers_of_weights_are_those_of_the_layers(activation):
    """784 * 64 + 64 and so on; a maxout layer has two pieces, so twice that."""
    net = multilayer_perceptron(SIZES, activation)
    hidden, last = 784 * 64 + 64 + 64 * 64 + 64, 64 * 10 + 10
    factor = 2 if activation == "Maxout" else 1
    assert sum(p.numel() for p in net.parameters()) == factor * hidden + last
    assert net(torch.zeros(3, 784)).shape == (3, 10)


def test_layers_stand_in_the_order_of_the_paper():
    """Linear, norm, activation, as Ioffe and Szegedy have it; the last layer is linear alone."""
    net = multilayer_perceptron(SIZES, "tanh", norm="batch")
    assert [type(layer).__name__ for layer in net] == [*("Linear", "BatchNorm1d", "Tanh") * 2, "Linear"]


def test_weights_have_the_schemes_spread():
    """tanh draws with 1 / fan-in, ReLU with 2 / fan-in, and a factor scales all of them; biases are 0."""
    for arguments, variance in ((("tanh",), 1 / 784), (("ReLU",), 2 / 784), (("ReLU", "small"), 1e-4)):
        for times in (1.0, 3.0):
            net = multilayer_perceptron(SIZES, *arguments, times=times)
            assert net[0].weight.std().item() == pytest.approx(times * variance**0.5, rel=0.03)
            assert not net[0].bias.any()


def test_one_seed_gives_one_net():
    """Whatever the global generator did before."""
    first = multilayer_perceptron(SIZES, seed=1)
    torch.rand(7)
    second, other = multilayer_perceptron(SIZES, seed=1), multilayer_perceptron(SIZES, seed=2)
    for a, b, c in zip(first.parameters(), second.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)
        assert not a.any() or not torch.equal(a, c)


def test_the_norm_brings_the_sums_to_variance_one():
    """Batch norm for each unit over the images, layer norm for each image over its units."""
    x = torch.randn(50, 784, generator=torch.Generator().manual_seed(0))
    for norm, dim in {"batch": 0, "layer": 1}.items():
        sums = multilayer_perceptron(SIZES, norm=norm, times=7.0)[:2](x)
        torch.testing.assert_close(
            sums.var(dim, correction=0), torch.ones(sums.shape[1 - dim]), rtol=0.01, atol=0
        )
    assert isinstance(multilayer_perceptron(SIZES, norm="layer")[1], NORMS["layer"])
    assert isinstance(multilayer_perceptron((5, 3))[0], nn.Linear)


def test_unknown_names_are_refused():
    """One line with the name and what there is."""
    with pytest.raises(ValueError, match="activation"):
        multilayer_perceptron(SIZES, "rleu")
    with pytest.raises(ValueError, match="norm"):
        multilayer_perceptron(SIZES, norm="group")
    with pytest.raises(ValueError, match=r"sizes=\(3,\) must hold at least"):
        multilayer_perceptron((3,))
