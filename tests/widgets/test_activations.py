"""The explorer of slopes draws the function, its tangent, and the powers of its slope."""

import numpy as np
import pytest
import torch

from course.widgets import draw_slope, slope_explorer
from course.widgets.activations import PAIRS, pair

ORACLE = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "scaled tanh": lambda x: 1.7159 * torch.tanh(2 / 3 * x),
    "ReLU": torch.relu,
    "Leaky ReLU": lambda x: torch.nn.functional.leaky_relu(x, 0.3),
    "ELU": lambda x: torch.nn.functional.elu(x, 0.3),
    "GELU": torch.nn.functional.gelu,
    "SiLU": torch.nn.functional.silu,
    "softplus": torch.nn.functional.softplus,
}


@pytest.mark.parametrize("activation", PAIRS)
def test_tangent_and_powers_are_those_of_torch(activation):
    """The tangent has the value and slope that torch's autograd gives; bar n is the slope's size to the n."""
    figure = draw_slope(activation, x=-1.2, parameter=0.3)
    x = torch.tensor(-1.2, dtype=torch.float64, requires_grad=True)
    y = ORACLE[activation](x)
    y.backward()
    value, slope = y.item(), x.grad.item()
    tangent = next(line for line in figure.axes[0].lines if line.get_label() == "tangent")
    (x0, y0), (x1, y1) = tangent.get_xydata()
    assert (y1 - y0) / (x1 - x0) == pytest.approx(slope, abs=1e-6)
    assert (y0 + y1) / 2 == pytest.approx(value, abs=1e-6)
    heights = [bar.get_height() for bar in figure.axes[1].patches]
    np.testing.assert_allclose(heights, np.maximum(abs(slope) ** np.arange(1, 11), 1e-30), rtol=1e-6)


def test_the_parameter_reaches_only_leaky_relu_and_elu():
    """It is the slope of one and the alpha of the other; the rest take no parameter."""
    x = torch.tensor([-2.0])
    for name in PAIRS:
        f, derivative = pair(name, 0.7)
        changed = [(f(x) != PAIRS[name][0](x)).item(), (derivative(x) != PAIRS[name][1](x)).item()]
        assert changed == [name in ("Leaky ReLU", "ELU")] * 2


def test_the_point_is_always_inside():
    """Also where the function leaves the usual window."""
    for x, parameter, value in ((-5, 2, -10), (5, 0, 5)):
        low, high = draw_slope("Leaky ReLU", x, parameter).axes[0].get_ylim()
        assert low < value < high


def test_an_unknown_name_is_refused():
    """The error lists the known ones."""
    with pytest.raises(
        ValueError, match=r"activation='Relu' is unknown; choose from sigmoid, tanh, scaled tanh"
    ):
        draw_slope("Relu")


def test_every_function_draws_at_the_ends_of_its_controls():
    """No combination raises, and the first picture is that of draw_slope()."""
    explorer = slope_explorer()
    assert explorer.picture().pixels().tobytes() == draw_slope().pixels().tobytes()
    controls = explorer.controls
    for name in PAIRS:
        for end in ("min", "max"):
            controls["activation"].value = name
            controls["x"].value = getattr(controls["x"], end)
            controls["parameter"].value = getattr(controls["parameter"], end)
            assert explorer.picture().alt.startswith(f"{name} at x = ")
