"""Adadelta against Algorithm 1 of Zeiler 2012 in plain Python."""

import math

import pytest
import torch
from torch import nn

from course.optim import Adadelta


def test_algorithm_1_in_plain_python():
    """Thirty steps of Algorithm 1, which has no learning rate: lr = 1 is the paper's rule."""
    x, mean_g, mean_dx, rho, eps = 1.0, 0.0, 0.0, 0.95, 1e-6
    p = nn.Parameter(torch.tensor([x], dtype=torch.float64))
    optimizer = Adadelta([p], rho=rho, eps=eps)
    for step in range(30):
        g = math.cos(step) + x
        p.grad = torch.full_like(p, g)
        optimizer.step()
        mean_g = rho * mean_g + (1 - rho) * g * g
        dx = -math.sqrt(mean_dx + eps) / math.sqrt(mean_g + eps) * g
        mean_dx = rho * mean_dx + (1 - rho) * dx * dx
        x += dx
        assert p.item() == pytest.approx(x, rel=1e-12)


def test_lr_scales_the_step_and_not_the_memory():
    """Half the learning rate makes half the first step, and the same memory of it."""
    steps, memories = [], []
    for lr in (1.0, 0.5):
        p = nn.Parameter(torch.zeros(1, dtype=torch.float64))
        optimizer = Adadelta([p], lr=lr)
        p.grad = torch.ones_like(p)
        optimizer.step()
        steps.append(p.item())
        memories.append(optimizer.state[p]["acc_delta"].item())
    assert steps[0] == 2 * steps[1] < 0
    assert memories[0] == memories[1] > 0
