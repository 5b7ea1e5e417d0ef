"""Momentum and NAG against the equations of Sutskever et al. 2013, in plain Python."""

import pytest
import torch
from torch import nn

from course.optim import NAG, Momentum


def gradient(x):
    """Of f(x) = x⁴/4 + x²/2, which is no parabola, so that the place of the gradient matters."""
    return x**3 + x


def path(rule, rates, momentum):
    """Where the rule walks from x = 1, one learning rate a step."""
    p = nn.Parameter(torch.tensor([1.0], dtype=torch.float64))
    optimizer = rule([p], lr=rates[0], momentum=momentum)
    places = []
    for lr in rates:
        optimizer.param_groups[0]["lr"] = lr
        p.grad = gradient(p.detach())
        optimizer.step()
        places.append(p.item())
    return places


def test_momentum_is_the_papers_rule_while_lr_is_constant():
    """Equations 1 and 2, v ← μv - lr·g and x ← x + v, make the same steps."""
    lr, mu, x, v, expected = 0.05, 0.9, 1.0, 0.0, []
    for _ in range(40):
        v = mu * v - lr * gradient(x)
        x = x + v
        expected.append(x)
    assert path(Momentum, [lr] * 40, mu) == pytest.approx(expected, rel=1e-10)


def test_momentum_differs_from_the_papers_rule_once_lr_drops():
    """After lr drops to 0 ours stands still, while the paper's velocity carries on."""
    places = path(Momentum, [0.05] * 3 + [0.0] * 3, 0.9)
    assert places[2] == places[3] == places[5]


def test_nag_walks_the_look_ahead_points_of_the_paper():
    """Equations 3 and 4 with gradient at x + μv: our parameter is that look-ahead point."""
    lr, mu, x, v, expected = 0.05, 0.9, 1.0, 0.0, []
    for _ in range(40):
        v = mu * v - lr * gradient(x + mu * v)
        x = x + v
        expected.append(x + mu * v)
    assert path(NAG, [lr] * 40, mu) == pytest.approx(expected, rel=1e-10)
    assert path(Momentum, [lr] * 40, mu) != pytest.approx(expected, rel=1e-2)


@pytest.mark.parametrize("rule", [Momentum, NAG])
def test_under_a_constant_gradient_the_step_grows_tenfold(rule):
    """With μ = 0.9 the velocity approaches g / (1 - μ) = 10 g."""
    p = nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = rule([p], lr=1.0, momentum=0.9)
    for _ in range(300):
        before = p.item()
        p.grad = torch.ones_like(p)
        optimizer.step()
    assert before - p.item() == pytest.approx(10, rel=1e-9)
