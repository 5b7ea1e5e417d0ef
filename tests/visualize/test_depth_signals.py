"""Signals and gradients through depth are those of a net that torch computes from the same weights."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from course.visualize import depth_signals, plot_depth_signals
from course.visualize.depth_signals import CHANNELS, IMAGES, SIDE


def by_hand(shortcut, blocks, scale, seed, batch_norm):
    """Outputs and gradients of the blocks, from torch's functions and autograd alone."""
    torch.manual_seed(seed)
    drawn = [torch.nn.Conv2d(8, 8, 3, bias=False) for _ in range(2 * blocks)]  # consumes as many numbers
    weights = [torch.randn_like(layer.weight).mul_((2 / 72) ** 0.5) for layer in drawn]
    x = torch.randn(IMAGES, CHANNELS, SIDE, SIDE).relu().requires_grad_()
    direction = torch.randn(IMAGES, CHANNELS, SIDE, SIDE)

    def norm(x):
        if not batch_norm:
            return x
        mean, var = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), keepdim=True, correction=0)
        return (x - mean) / (var + 1e-5).sqrt()

    outputs, y = [], x
    for first, second in zip(weights[::2], weights[1::2], strict=True):
        residual = norm(F.conv2d(norm(F.conv2d(y, first, padding=1)).relu(), second, padding=1))
        y = (y + scale * residual).relu() if shortcut else residual.relu()
        outputs.append(y)
    gradients = torch.autograd.grad(y, outputs, direction)
    stds = np.array([gradient.std().item() for gradient in gradients])
    return [output.std().item() for output in outputs], stds / stds[-1]


@pytest.mark.parametrize("batch_norm", [True, False])
@pytest.mark.parametrize(("name", "scale"), [("plain", 1.0), ("residual", 1.0), ("residual", 0.3)])
def test_signals_are_those_of_torch(name, scale, batch_norm):
    """With the same weights, plain functions of torch give the same deviations, forward and backward."""
    found = depth_signals(name, 5, batch_norm, scale, seed=3)
    with torch.random.fork_rng():
        outputs, gradients = by_hand(name == "residual", 5, scale, 3, batch_norm)
    np.testing.assert_allclose(found.outputs, outputs, rtol=1e-3)
    np.testing.assert_allclose(found.gradients, gradients, rtol=1e-3)
    assert found.gradients[-1] == 1


def test_random_numbers_outside_are_left_as_they_were():
    """The global generator does not move."""
    torch.manual_seed(5)
    before = torch.get_rng_state()
    depth_signals("plain", 2)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_what_the_lecture_says(seed):
    """Plain: steady outputs, gradients a thousand times larger at the first block; residual: below 50."""
    plain, residual = (depth_signals(name, 27, seed=seed) for name in ("plain", "residual"))
    assert plain.outputs.max() < 2 * plain.outputs.min()
    assert plain.gradients[0] > 1000 and residual.gradients[0] < 50
    small = depth_signals("residual", 27, batch_norm=False, scale=0.1, seed=seed)
    assert 0.5 < small.gradients[0] < 2


def test_the_picture_shows_the_numbers():
    """Two panels with a line a net, all inside the axes, also for a single block."""
    for blocks, batch_norm in ((27, True), (27, False), (1, True)):
        figure = plot_depth_signals(blocks, batch_norm, scale=0.5)
        for axes, part in zip(figure.axes, ("outputs", "gradients"), strict=True):
            for line in axes.lines:
                found = depth_signals(line.get_label(), blocks, batch_norm, 0.5)
                np.testing.assert_allclose(line.get_ydata(), getattr(found, part), rtol=1e-4)
                low, high = axes.get_ylim()
                assert ((line.get_ydata() > low) & (line.get_ydata() < high)).all()
    assert "1 blocks, 2 convolutions, batch norm, residual × 0.5" in figure.alt


def test_wrong_values_are_refused():
    """Unknown nets and nets without blocks are errors of one line."""
    with pytest.raises(ValueError, match=r"name='Plain' must be one of plain, residual"):
        depth_signals("Plain", 3)
    with pytest.raises(ValueError, match=r"blocks=0 must be at least 1"):
        plot_depth_signals(0)


def test_a_net_is_not_run_twice():
    """The same question gives the same arrays, which nobody can change; a plain net has no factor."""
    first = depth_signals("plain", 3, True, 1.0)
    assert depth_signals("plain", 3, True, 1.0) is first
    with pytest.raises(ValueError, match="read-only"):
        first.outputs[0] = 0
    before = depth_signals.cache_info().misses
    plot_depth_signals(3, scale=0.5)
    plot_depth_signals(3, scale=0.25)
    assert depth_signals.cache_info().misses == before + 2
