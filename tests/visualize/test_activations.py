"""Pictures of activations show the function, and beside it the derivative that it really has."""

import numpy as np
import pytest
import torch

from course.nn.activations import leaky_relu, leaky_relu_grad, relu, relu_grad, sigmoid, sigmoid_grad
from course.visualize import activation_curve, plot_activations

THREE = {
    "sigmoid": (sigmoid, sigmoid_grad),
    "ReLU": (relu, relu_grad),
    "Leaky ReLU": (leaky_relu, leaky_relu_grad),
}


def test_a_curve_holds_the_values_of_the_function():
    """x runs evenly from -limit to limit, through 0, and y is the function there, without a gradient."""
    weight = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    x, y = activation_curve(lambda x: weight * x**2, limit=3, points=7)
    np.testing.assert_array_equal(x, [-3, -2, -1, 0, 1, 2, 3])
    np.testing.assert_array_equal(y, [18, 8, 2, 0, 2, 8, 18])


def test_another_shape_is_refused():
    """A function that does not work element by element is an error."""
    with pytest.raises(ValueError, match=r"f gave shape \(\) for 401 numbers; it must give \(401,\)"):
        activation_curve(torch.sum)


def test_each_panel_shows_a_function_and_its_slope():
    """The solid line is torch's function, the dashed one the slope of that line away from kinks."""
    figure = plot_activations(THREE, limit=4)
    oracle = {
        "sigmoid": torch.sigmoid,
        "ReLU": torch.relu,
        "Leaky ReLU": lambda x: torch.nn.functional.leaky_relu(x, 0.1),
    }
    for axes, (name, f) in zip(figure.axes, oracle.items(), strict=True):
        assert axes.get_title() == name
        value, slope = (line for line in axes.lines if len(line.get_xdata()) == 401)
        x = value.get_xdata()
        np.testing.assert_allclose(value.get_ydata(), f(torch.from_numpy(x)).numpy(), atol=1e-12)
        away = np.abs(x) > 0.1
        np.testing.assert_allclose(
            slope.get_ydata()[away], np.gradient(value.get_ydata(), x, edge_order=2)[away], atol=1e-4
        )
        assert value.get_linestyle() == "-" and slope.get_linestyle() == "--"
        assert axes.get_ylim() == (-2, 2.5) and axes.get_xlim() == (-4, 4)
    assert figure.alt == (
        "The functions sigmoid, ReLU and Leaky ReLU, each with its derivative, for x from -4 to 4."
    )


def test_four_functions_take_two_rows():
    """Empty places stay empty; x is named below the last function of each column."""
    figure = plot_activations({str(number): (relu, relu_grad) for number in range(4)})
    assert [axes.get_visible() for axes in figure.axes] == [True] * 4 + [False] * 2
    assert [axes.get_xlabel() for axes in figure.axes[:4]] == ["", "x", "x", "x"]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["f(x)", "f′(x)"]


def test_no_function_is_refused():
    """There is nothing to draw."""
    with pytest.raises(ValueError, match=r"functions=\{\} must hold at least one function"):
        plot_activations({})
