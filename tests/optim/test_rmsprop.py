"""RMSprop against its formula in plain Python."""

import math

import pytest
import torch
from torch import nn

from course.optim import RMSprop


def test_the_formula_in_plain_python():
    """Ten steps with changing gradients; ε is outside of the root, large enough to show."""
    x, s, lr, alpha, eps = 1.0, 0.0, 0.3, 0.9, 0.5
    p = nn.Parameter(torch.tensor([x], dtype=torch.float64))
    optimizer = RMSprop([p], lr=lr, alpha=alpha, eps=eps)
    for step in range(10):
        g = math.cos(step) * x
        p.grad = torch.full_like(p, g)
        optimizer.step()
        s = alpha * s + (1 - alpha) * g * g
        x -= lr * g / (math.sqrt(s) + eps)
        assert p.item() == pytest.approx(x, rel=1e-12)


def test_the_first_step_is_ten_times_lr_and_later_ones_lr():
    """As the mean starts at zero, the first step is lr / √(1 - α); a constant gradient ends at lr."""
    p = nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = RMSprop([p], lr=0.1, alpha=0.99)
    steps = []
    for _ in range(2000):
        before = p.item()
        p.grad = torch.full_like(p, 7.0)
        optimizer.step()
        steps.append(before - p.item())
    assert steps[0] == pytest.approx(1.0, rel=1e-6)
    assert steps[-1] == pytest.approx(0.1, rel=1e-6)
