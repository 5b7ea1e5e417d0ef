"""The explorer of optimizers draws what the rule does with the values of its controls."""

import itertools

import numpy as np
import pytest
import torch

from course.optim import OPTIMIZERS
from course.visualize import SURFACES, clip_path, optimizer_path
from course.widgets import draw_optimizer, optimizer_explorer

TORCH = {
    "GradientDescent": lambda p: torch.optim.SGD(p, lr=0.02),
    "SGD": lambda p: torch.optim.SGD(p, lr=0.02),
    "Momentum": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.8),
    "NAG": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.8, nesterov=True),
    "Adagrad": lambda p: torch.optim.Adagrad(p, lr=0.02),
    "RMSprop": lambda p: torch.optim.RMSprop(p, lr=0.02),
    "Adadelta": lambda p: torch.optim.Adadelta(p, lr=0.02),
    "Adam": lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.8, 0.999)),
}


def lines(figure):
    return [line.get_xydata() for line in figure.axes[0].lines]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_path_is_the_one_of_torch(optimizer):
    """For each rule, the drawn path is what torch's own optimizer does with the same values."""
    figure = draw_optimizer("beale", optimizer, lr=0.02, momentum=0.8)
    beale = SURFACES["beale"]
    expected = clip_path(beale, optimizer_path(beale, TORCH[optimizer], 50)).points
    assert any(
        len(line) == len(expected) and np.allclose(line, expected, rtol=1e-8) for line in lines(figure)
    )
    assert optimizer in figure.alt and "lr 0.02" in figure.alt


def test_heights_are_those_of_the_path():
    """The right picture shows the height above the minimum after each step."""
    figure = draw_optimizer("saddle", "SGD", lr=0.1)
    saddle = SURFACES["saddle"]
    path = optimizer_path(saddle, lambda p: torch.optim.SGD(p, lr=0.1), 50)
    x, y = path.T
    expected = x**2 / 2 - y**2 / 2 + y**4 / 4 + 0.25
    np.testing.assert_allclose(figure.axes[1].lines[0].get_ydata(), expected, rtol=1e-9)


def test_a_rate_too_large_is_said_in_the_title():
    """A path that leaves the picture is cut, and title and alternative text say so."""
    figure = draw_optimizer("bowl", "SGD", lr=1.0)
    assert figure.axes[1].get_title() == "leaves at step 1"
    assert figure.alt.endswith("leaves at step 1")


def test_unknown_names_are_refused():
    """An unknown surface or rule is an error that lists the known ones."""
    with pytest.raises(ValueError, match=r"surface='bow' is unknown; .*did you mean 'bowl'"):
        draw_optimizer(surface="bow")
    with pytest.raises(ValueError, match=r"optimizer='Nag' is unknown; choose from GradientDescent, SGD"):
        draw_optimizer(optimizer="Nag")


every = pytest.mark.parametrize(
    "every", [3, pytest.param(1, marks=pytest.mark.nightly("draws all of them", early=True))]
)


@every
def test_every_combination_of_controls_draws(every):
    """Each surface with each rule at the ends of the sliders draws; every third by day."""
    explorer = optimizer_explorer()
    controls = explorer.controls
    for surface, optimizer, end in [*itertools.product(SURFACES, OPTIMIZERS, ("min", "max"))][::every]:
        controls["surface"].value, controls["optimizer"].value = surface, optimizer
        controls["lr"].value = 10.0 ** getattr(controls["lr"], end)
        controls["momentum"].value = getattr(controls["momentum"], end)
        assert surface in explorer.controls["surface"].value
        assert optimizer in explorer.picture().alt


def test_controls_have_the_drawing_function_own_defaults():
    """The first picture is draw_optimizer() with no argument."""
    assert optimizer_explorer().picture().pixels().tobytes() == draw_optimizer().pixels().tobytes()
