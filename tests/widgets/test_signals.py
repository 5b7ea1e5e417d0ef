"""The explorer of signals draws what a fresh net really does with its inputs and gradients."""

import math
from itertools import product

import numpy as np
import pytest
import torch
from torch import nn

from course.nn import BatchNorm1d
from course.widgets import draw_signals, signal_explorer
from course.widgets.signals import ACTIVATIONS, FORMULAS, IMAGES, WIDTH, deep_net, signals


def trend(figure, label):
    """What the right panel shows of one of its lines: value by layer."""
    (line,) = [line for line in figure.axes[1].lines if line.get_label() == label]
    return line.get_xdata()


def test_signals_are_what_torch_computes():
    """Outputs and gradients equal those of a net of torch's own layers with the same weights."""
    found = signals("ReLU", "he", depth=4)
    ours = deep_net("ReLU", "he", depth=4, batch_norm=False)
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(IMAGES, WIDTH, generator=generator)
    outputs = []
    for layer in ours:
        x = torch.relu(nn.functional.linear(x, layer[0].weight, layer[0].bias))
        outputs.append(x)
    gradients = torch.autograd.grad(x, outputs, torch.randn(IMAGES, WIDTH, generator=generator))
    for mine, theirs in zip(found.outputs, outputs, strict=True):
        torch.testing.assert_close(mine, theirs)
    stds = np.array([gradient.std().item() for gradient in gradients])
    np.testing.assert_allclose(found.gradients, stds / stds[-1], rtol=1e-5)
    last = outputs[-1].detach().numpy()
    assert found.std[-1] == pytest.approx(last.std(ddof=1), rel=1e-5)
    assert found.over_images[-1] == pytest.approx(last.std(axis=0, ddof=1).mean(), rel=1e-5)


@pytest.mark.parametrize(
    ("scheme", "std"),
    [
        ("small", 0.01),
        ("large", 1),
        ("lecture", 0.1),
        ("glorot", 0.1),
        ("he", math.sqrt(2) / 10),
        ("lecun", 2.4 / WIDTH / math.sqrt(3)),
    ],
)
@pytest.mark.parametrize("activation", ["tanh", "Maxout"])
def test_each_scheme_has_the_deviation_of_its_formula(activation, scheme, std):
    """All weights, also those of Maxout's pieces, are as wide as the menu says; biases are 0."""
    net = deep_net(activation, scheme, depth=3, batch_norm=True)
    for name, parameter in net.named_parameters():
        if parameter.dim() == 2:
            assert parameter.std().item() == pytest.approx(std, rel=0.03)
        elif name.endswith("bias"):
            assert not parameter.any()


def test_batch_norm_stands_before_the_activation():
    """Switched on, each layer has one; the outputs of ReLU are then neither dead nor large."""
    net = deep_net("ReLU", "small", depth=3, batch_norm=True)
    assert [[type(part) for part in layer][1] for layer in net] == [BatchNorm1d] * 3
    assert all(0.4 < std < 0.8 for std in signals("ReLU", "small", 10, batch_norm=True).std)
    assert signals("ReLU", "small", 10).std[-1] < 1e-9


def test_lines_and_histograms_stand_side_by_side():
    """Row k shows layer k: its histogram, its deviations, its name; the last gradient is 1."""
    figure = draw_signals("sigmoid", "lecture", depth=6)
    strips, trends = figure.axes
    assert [label.get_text() for label in strips.get_yticklabels()] == [f"layer {k}" for k in range(1, 7)]
    assert [bars.get_data().baseline for bars in strips.patches] == [5, 4, 3, 2, 1, 0]
    for line in trends.lines:
        assert all(floor < y < floor + 1 for floor, y in zip(range(5, -1, -1), line.get_ydata(), strict=True))
    found = signals("sigmoid", "lecture", 6)
    np.testing.assert_allclose(trend(figure, "outputs"), found.std)
    np.testing.assert_allclose(trend(figure, "outputs, over the images"), found.over_images)
    np.testing.assert_allclose(trend(figure, "gradients (last = 1)"), found.gradients)
    assert found.gradients[-1] == 1 and found.over_images[-1] < found.std[-1] / 100
    assert figure.alt.endswith("sigmoid, lecture: N(0, 1 / fan_in).")


def test_wrong_values_are_refused():
    """Unknown names and depths out of range are errors of one line."""
    with pytest.raises(
        ValueError, match=r"activation='Relu' is unknown; choose from tanh, sigmoid, scaled tanh"
    ):
        draw_signals("Relu")
    with pytest.raises(ValueError, match=r"scheme='xavier' is unknown; choose from small, large"):
        draw_signals(scheme="xavier")
    with pytest.raises(ValueError, match=r"depth=13 must be from 2 to 12"):
        draw_signals(depth=13)


every = pytest.mark.parametrize(
    "every", [5, pytest.param(1, marks=pytest.mark.nightly("draws all of them", early=True))]
)


@every
def test_every_combination_of_controls_draws(every):
    """Activations with schemes (every fifth by day), some with batch norm; nothing leaves the axes."""
    explorer = signal_explorer()
    assert explorer.picture().pixels().tobytes() == draw_signals().pixels().tobytes()
    for number, (activation, scheme) in [*enumerate(product(ACTIVATIONS, FORMULAS))][::every]:
        depth, batch_norm = ((12, False), (2, True))[number % 4 == 3]
        figure = draw_signals(activation, scheme, depth, batch_norm)
        low, high = figure.axes[1].get_xlim()
        for line in figure.axes[1].lines:
            assert ((line.get_xdata() > low) & (line.get_xdata() < high)).all()
    assert set(explorer.controls) == {"activation", "scheme", "depth", "batch_norm"}
