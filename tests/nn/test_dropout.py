"""Dropout: rates and means are counted, gradients are the mask, seeds give the same mask."""

import copy
import math

import pytest
import torch
from torch.autograd import gradcheck

from course.nn import Dropout, Dropout2d
from course.nn.dropout import dropout, dropout2d, dropout_mask


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_rate_of_zeros_and_mean_are_right(p):
    """A fraction p is zero and the mean stays 1, both within 5 standard deviations."""
    n = 100_000
    y = dropout(torch.ones(n), p, generator=seeded(1))
    zeros = (y == 0).double().mean().item()
    assert abs(zeros - p) < 5 * math.sqrt(p * (1 - p) / n)
    assert abs(y.double().mean().item() - 1) < 5 * math.sqrt(p / (1 - p) / n)
    assert y[y != 0].unique().tolist() == pytest.approx([1 / (1 - p)])


@pytest.mark.parametrize("p", [0.3, 0.7])
def test_spatial_dropout_drops_whole_maps(p):
    """Within a map all units share their fate; a fraction p of the maps is zero; samples differ."""
    N, C = 100, 50
    y = dropout2d(torch.ones(N, C, 2, 3), p, generator=seeded(2))
    maps = y.flatten(2)
    assert (maps == maps[:, :, :1]).all()
    assert abs((maps[:, :, 0] == 0).double().mean().item() - p) < 5 * math.sqrt(p * (1 - p) / (N * C))
    assert y[y != 0].unique().tolist() == pytest.approx([1 / (1 - p)])
    assert not torch.equal(y[0], y[1])


@pytest.mark.parametrize("layer", [Dropout, Dropout2d])
def test_p_of_0_and_1_and_evaluation(layer):
    """p = 0 keeps everything, p = 1 drops everything without NaN, evaluation is the identity."""
    x = torch.randn(2, 3, 4, 5, generator=seeded(3), requires_grad=True)
    assert torch.equal(layer(0)(x), x)
    dropped = layer(1)(x)
    assert torch.equal(dropped, torch.zeros_like(x))
    assert torch.equal(torch.autograd.grad(dropped.sum(), x)[0], torch.zeros_like(x))
    assert torch.equal(layer(0.5).eval()(x), x)
    assert torch.equal(layer(1.0).eval()(x), x)


@pytest.mark.parametrize("function", [dropout, dropout2d])
def test_the_gradient_is_the_mask(function):
    """dx = dy * mask, with the mask of the forward pass; gradcheck agrees for a repeated seed."""
    x = torch.randn(3, 4, 2, 2, dtype=torch.double, generator=seeded(4), requires_grad=True)
    y = function(x, 0.4, generator=seeded(5))
    dy = torch.randn(x.shape, dtype=torch.double, generator=seeded(6))
    shape = x.shape if function is dropout else (3, 4, 1, 1)
    mask = dropout_mask(shape, 0.4, seeded(5), torch.double)
    assert torch.equal(y, x * mask)
    assert torch.equal(torch.autograd.grad(y, x, dy)[0], dy * mask)
    assert gradcheck(lambda x: function(x, 0.4, generator=seeded(5)), x)


def test_a_generator_gives_the_mask_and_leaves_the_global_one():
    """The same seed gives the same mask, the next draw another one; the global generator does not move."""
    x = torch.ones(200)
    state = torch.get_rng_state()
    layer = Dropout(0.5, generator=seeded(7))
    first, second = layer(x), layer(x)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(first, dropout(x, 0.5, generator=seeded(7)))
    assert not torch.equal(first, second)


def test_without_a_generator_the_global_one_draws():
    """torch.manual_seed governs a layer that has no generator of its own."""
    x = torch.ones(200)
    with torch.random.fork_rng():
        torch.manual_seed(8)
        first = Dropout(0.5)(x)
        torch.manual_seed(8)
        assert torch.equal(Dropout(0.5)(x), first)


def test_samples_of_a_batch_have_masks_of_their_own():
    """No mask is shared over the batch."""
    y = dropout(torch.ones(2, 100), 0.5, generator=seeded(9))
    assert not torch.equal(y[0], y[1])


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_dtypes_are_kept(dtype):
    """The scale is exact to the dtype, and the output keeps it."""
    y = dropout(torch.ones(50, dtype=dtype), 0.3, generator=seeded(10))
    assert y.dtype == dtype
    assert set(y.tolist()) == {0.0, (torch.ones((), dtype=dtype) / 0.7).item()}


def test_empty_and_non_contiguous_input():
    """Nothing in, nothing out; a transposed input keeps its shape."""
    assert dropout(torch.zeros(0, 3), 0.5).shape == (0, 3)
    x = torch.randn(4, 3, generator=seeded(11)).T
    assert torch.equal(dropout(x, 0.5, generator=seeded(12)), x * dropout_mask((3, 4), 0.5, seeded(12)))


def test_a_layer_with_a_generator_can_be_copied():
    """A deep copy goes on drawing the same numbers as the original."""
    layer = Dropout(0.5, generator=seeded(13))
    twin, x = copy.deepcopy(layer), torch.ones(200)
    assert torch.equal(layer(x), twin(x))


def test_bad_input_is_named():
    """Probabilities outside 0..1, NaN, integers and wrong ranks."""
    for p in (-0.1, 1.5, float("nan")):
        with pytest.raises(ValueError, match=rf"p={p} must be between 0 and 1"):
            Dropout(p)
    with pytest.raises(ValueError, match=r"p=2 must be between 0 and 1"):
        dropout(torch.zeros(3), 2, training=False)
    with pytest.raises(TypeError, match=r"x has dtype torch.int64; it must be a floating point dtype"):
        dropout(torch.tensor([1, 2]))
    with pytest.raises(ValueError, match=r"x has shape \(3, 4\); it must be \(N, C, H, W\)"):
        Dropout2d()(torch.zeros(3, 4))


def test_a_text_is_no_probability():
    """The line names the argument and its value."""
    with pytest.raises(TypeError, match="p='a' must be a number"):
        Dropout("a")
