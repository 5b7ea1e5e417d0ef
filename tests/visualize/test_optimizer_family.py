"""The family of optimizers: everyone is there, and everyone walks."""

import pytest

from course.optim import OPTIMIZERS
from course.visualize import plot_optimizer_family
from course.visualize.optimizer_family import LINKS, MEMBERS, ancestors


def test_the_family_is_complete():
    """The eight rules of the course, each a descendant of gradient descent."""
    assert set(MEMBERS) <= set(OPTIMIZERS) and len(MEMBERS) == 8
    assert {child for _, child in LINKS} == set(MEMBERS) - {"GradientDescent"}
    for name in set(MEMBERS) - {"GradientDescent"}:
        assert "GradientDescent" in ancestors(name)


@pytest.mark.parametrize("rule, parents", [("Adam", {"Momentum", "RMSprop"}), ("NAG", {"Momentum"})])
def test_who_comes_from_whom(rule, parents):
    """Adam joins momentum and RMSprop; NAG has no rate for each weight."""
    assert {parent for parent, child in LINKS if child == rule} == parents
    assert ("Adagrad" in ancestors(rule)) is (rule == "Adam")


def test_every_path_goes_towards_the_minimum():
    """One panel a rule, and each path ends nearer to the star than it begins."""
    figure = plot_optimizer_family()
    panels = figure.axes[1:]
    assert len(panels) == 8
    for panel in panels:
        x, y = panel.lines[-1].get_data()
        assert len(x) == 41 and x[-1] ** 2 + 25 * y[-1] ** 2 < (x[0] ** 2 + 25 * y[0] ** 2) / 4
