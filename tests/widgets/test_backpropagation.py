"""The explorer of the backward pass shows what torch computes, and every position of its controls draws."""

import itertools

import pytest
import torch

from course.widgets import backward_explorer, draw_backward
from course.widgets.backpropagation import EXPRESSIONS, MOST_STEPS

TORCH = {
    "(x + y) * z": lambda x, y, z: (x + y) * z,
    "x * y + x * z": lambda x, y, z: x * y + x * z,
    "max(x, y) * z": lambda x, y, z: torch.maximum(x, y) * z,
    "sigmoid(x * y + z)": lambda x, y, z: torch.sigmoid(x * y + z),
    "(x * y - z) ** 2": lambda x, y, z: (x * y - z) ** 2,
}


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_last_step_shows_the_gradients_of_torch(expression):
    """At the end the boxes of x, y and z hold torch's gradients, and the result its value."""
    numbers = {"x": 1.5, "y": -0.5, "z": 2.0}
    figure = draw_backward(expression, **numbers, step=MOST_STEPS)
    leaves = [torch.tensor(value, dtype=torch.double, requires_grad=True) for value in numbers.values()]
    result = TORCH[expression](*leaves)
    result.backward()
    shown = texts(figure)
    for name, leaf in zip(numbers, leaves, strict=True):
        at = shown.index(name)
        assert shown[at : at + 3] == [name, f"{leaf.item():.4g}", f"grad {leaf.grad.item():.4g}"]
    assert f"{result.item():.4g}" in shown
    assert not any("?" in text or "so far" in text for text in shown)


def test_a_value_used_twice_waits_for_both():
    """x * y + x * z: after one product x is not complete, after both it is their sum."""
    before, after = (texts(draw_backward("x * y + x * z", step=step)) for step in (2, 3))
    assert before[before.index("x") + 2] == "so far -4"
    assert after[after.index("x") + 2] == "grad -2"


def test_a_step_beyond_the_last_is_the_last():
    """(x + y) * z has two operations."""
    assert (
        draw_backward("(x + y) * z", step=4).pixels().tobytes()
        == draw_backward("(x + y) * z", step=2).pixels().tobytes()
    )


every = pytest.mark.parametrize(
    "every", [5, pytest.param(1, marks=pytest.mark.nightly("draws all of them", early=True))]
)


@every
def test_every_position_of_the_controls_draws(every):
    """Each expression with the leaves at both ends and at a tie, at every step; every fifth by day."""
    explorer = backward_explorer()
    for expression, leaf, other in [*itertools.product(EXPRESSIONS, (-5, 0, 5), (-5, 5))][::every]:
        for name, value in {"expression": expression, "x": leaf, "y": leaf, "z": other}.items():
            explorer.controls[name].value = value
        for step in range(MOST_STEPS + 1):
            explorer.controls["step"].value = step
            assert explorer.picture().alt


def test_an_unknown_expression_is_refused():
    """The line lists the expressions that there are."""
    with pytest.raises(ValueError, match=r"expression='x \+ y' is unknown; choose from"):
        draw_backward("x + y")


def test_controls_have_the_drawing_function_s_own_defaults():
    """The first picture is draw_backward() with no argument."""
    assert backward_explorer().picture().pixels().tobytes() == draw_backward().pixels().tobytes()
