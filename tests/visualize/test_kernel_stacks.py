"""Stacks of kernels: field and weights as torch has them."""

import pytest
import torch
from torch import nn

from course.visualize import plot_kernel_stacks, stack


@pytest.mark.parametrize("depth, kernel", [(2, 3), (3, 3), (4, 3), (5, 3), (2, 5), (3, 1)])
def test_field_and_weights_are_torchs(depth, kernel):
    """The gradient of one output reaches a square of this side, and the layers have this many weights."""
    net = nn.Sequential(*(nn.Conv2d(1, 1, kernel, bias=False) for _ in range(depth))).double()
    for layer in net:
        nn.init.ones_(layer.weight)
    x = torch.zeros(1, 1, 19, 19, dtype=torch.float64, requires_grad=True)
    y = net(x)
    y[0, 0, y.shape[2] // 2, y.shape[3] // 2].backward()
    side = int((x.grad[0, 0] != 0).any(dim=0).sum())
    counted = stack(depth, kernel)
    assert counted.field == side and counted.single == side**2
    assert counted.weights == sum(p.numel() for p in net.parameters())


def test_the_slip_of_36_against_121():
    """Four 3×3 see 9×9, not 11×11; five do, with 45 weights."""
    assert stack(4)[1:] == (9, 36, 81)
    assert stack(5)[1:] == (11, 45, 121)


def test_the_picture_has_a_cone_and_two_bars_a_stack():
    """Bars are the weights of the stack and of the large kernel."""
    figure = plot_kernel_stacks((2, 4))
    cones, bars = figure.axes[:2], figure.axes[2:]
    assert [cone.get_title() for cone in cones] == ["2 × 3×3 see 5×5", "4 × 3×3 see 9×9"]
    assert [[bar.get_height() for bar in panel.patches] for panel in bars] == [[18, 25], [36, 81]]
    assert "4 see 9, 36 weights against 81" in figure.alt


def test_every_layer_of_the_tallest_stack_is_named():
    """The names stand at the left cone, as high as the layers of all cones lie."""
    first, second, *_ = plot_kernel_stacks((2, 4)).axes
    assert [label.get_text() for label in first.get_yticklabels()] == ["pixels"] + [
        f"layer {n}" for n in range(1, 5)
    ]
    assert list(first.get_yticks()) == [0, 1, 2, 3, 4] and not list(second.get_yticks())


def test_impossible_stacks_are_refused():
    """No layer, and a single stack to compare with nothing."""
    with pytest.raises(ValueError, match=r"depth=0, kernel=3 must each be at least 1"):
        stack(0)
    with pytest.raises(ValueError, match=r"depths=\[3\] must hold two to six"):
        plot_kernel_stacks((3,))
