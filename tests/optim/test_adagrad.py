"""Adagrad against its formula in plain Python."""

import math

import pytest
import torch
from torch import nn

from course.optim import Adagrad


def test_the_formula_in_plain_python():
    """Ten steps with changing gradients; ε is outside of the root, large enough to show."""
    x, s, lr, eps = 1.0, 0.0, 0.3, 0.5
    p = nn.Parameter(torch.tensor([x], dtype=torch.float64))
    optimizer = Adagrad([p], lr=lr, eps=eps)
    for step in range(10):
        g = math.cos(step) * x
        p.grad = torch.full_like(p, g)
        optimizer.step()
        s += g * g
        x -= lr * g / (math.sqrt(s) + eps)
        assert p.item() == pytest.approx(x, rel=1e-12)


def test_steps_under_a_constant_gradient_shrink_like_one_over_root_t():
    """With a constant gradient step t has length lr / √t, whatever the gradient."""
    p = nn.Parameter(torch.zeros(2, dtype=torch.float64))
    optimizer = Adagrad([p], lr=0.1)
    for t in range(1, 20):
        before = p.detach().clone()
        p.grad = torch.tensor([1e-3, 1e3], dtype=torch.float64)
        optimizer.step()
        assert (before - p).tolist() == pytest.approx([0.1 / math.sqrt(t)] * 2, rel=1e-5)
