"""Gradient descent and SGD against arithmetic done by hand."""

import pytest
import torch
from torch import nn

from course.optim import SGD, GradientDescent


@pytest.mark.parametrize("rule", [GradientDescent, SGD])
def test_one_step_by_hand(rule):
    """p = 2, g = 3, lr = 0.1, λ = 0.5: the step is 0.1 · (3 + 0.5 · 2) = 0.4."""
    p = nn.Parameter(torch.tensor([2.0], dtype=torch.float64))
    optimizer = rule([p], lr=0.1, weight_decay=0.5)
    p.grad = torch.tensor([3.0], dtype=torch.float64)
    optimizer.step()
    assert p.item() == pytest.approx(1.6, rel=1e-15)


def test_on_a_parabola_the_error_shrinks_by_a_fixed_factor():
    """On f = a·x²/2 each step multiplies x by 1 - lr·a; above lr = 2/a it grows."""
    for lr, factor in ((0.1, 0.6), (0.25, 0.0), (0.45, -0.8), (0.6, -1.4)):
        x = nn.Parameter(torch.tensor([1.0], dtype=torch.float64))
        optimizer = GradientDescent([x], lr=lr)
        for _ in range(5):
            optimizer.zero_grad()
            (2 * x**2).sum().backward()
            optimizer.step()
        assert x.item() == pytest.approx(factor**5, rel=1e-12, abs=1e-12)
