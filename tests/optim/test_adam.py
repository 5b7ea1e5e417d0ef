"""Adam against Algorithm 1 of Kingma and Ba 2015 in plain Python."""

import math

import pytest
import torch
from torch import nn

from course.optim import Adam


def test_algorithm_1_in_plain_python():
    """Thirty steps of Algorithm 1; t starts at 1, and ε is large enough to show where it stands."""
    x, m, v, lr, beta1, beta2, eps = 1.0, 0.0, 0.0, 0.1, 0.8, 0.95, 0.01
    p = nn.Parameter(torch.tensor([x], dtype=torch.float64))
    optimizer = Adam([p], lr=lr, betas=(beta1, beta2), eps=eps)
    for t in range(1, 31):
        g = math.cos(t) + x
        p.grad = torch.full_like(p, g)
        optimizer.step()
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        x -= lr * m_hat / (math.sqrt(v_hat) + eps)
        assert p.item() == pytest.approx(x, rel=1e-12)


def test_the_first_step_moves_every_weight_by_lr():
    """Bias correction makes the first step lr against the sign of the gradient, however large."""
    p = nn.Parameter(torch.zeros(3, dtype=torch.float64))
    p.grad = torch.tensor([1e-4, -3.0, 1e6], dtype=torch.float64)
    Adam([p], lr=0.01).step()
    assert p.tolist() == pytest.approx([-0.01, 0.01, -0.01], rel=2e-4)


def test_weight_decay_is_l2_and_not_adamw():
    """With a zero gradient L2 decay still moves by lr; decoupled decay would move by lr·λ·p."""
    p = nn.Parameter(torch.tensor([2.0], dtype=torch.float64))
    p.grad = torch.zeros_like(p)
    Adam([p], lr=0.1, weight_decay=0.01).step()
    assert p.item() == pytest.approx(1.9, rel=1e-6)
