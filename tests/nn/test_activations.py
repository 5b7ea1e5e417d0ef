"""Activations: torch is the oracle for values and gradients, finite differences for the derivatives."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck, gradgradcheck

from course import nn as course_nn
from course.nn import activations
from course.nn.activations import (
    elu,
    elu_grad,
    leaky_relu,
    leaky_relu_grad,
    relu,
    scaled_tanh,
    scaled_tanh_grad,
    sigmoid,
    sigmoid_grad,
    softplus,
    tanh,
)

# name, parameters, what torch calls it
CASES = {
    "sigmoid": ((), torch.sigmoid),
    "tanh": ((), torch.tanh),
    "scaled_tanh": ((), lambda x: 1.7159 * torch.tanh(x * 2 / 3)),
    "relu": ((), F.relu),
    "leaky_relu": ((0.1,), lambda x: F.leaky_relu(x, 0.1)),
    "leaky_relu above 1": ((1.5,), lambda x: F.leaky_relu(x, 1.5)),
    "elu": ((1.0,), F.elu),
    "elu alpha": ((1.7,), lambda x: F.elu(x, 1.7)),
    "softplus": ((), lambda x: F.softplus(x, threshold=100)),
}
every_case = pytest.mark.parametrize("case", CASES)
every_dtype = pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])


def functions(case):
    """f, f' and torch's f, with the case's parameters filled in."""
    parameters, oracle = CASES[case]
    name = case.split()[0]
    f, f_grad = getattr(activations, name), getattr(activations, f"{name}_grad")
    return (lambda x: f(x, *parameters)), (lambda x: f_grad(x, *parameters)), oracle


def value_and_gradient(f, x):
    x = x.detach().clone().requires_grad_()
    y = f(x)
    (gradient,) = torch.autograd.grad(y.sum(), x)
    return y.detach(), gradient


@every_case
@every_dtype
def test_equals_torch_in_value_and_gradient(case, dtype):
    """Value and gradient are torch's from -1000 to 1000, at the kink too, and keep the dtype."""
    f, f_grad, oracle = functions(case)
    x = torch.tensor([-1000, -30, -3, -1, -0.1, -0.0, 0.0, 0.1, 1, 3, 30, 1000], dtype=dtype)
    y, gradient = value_and_gradient(f, x)
    expected_y, expected_gradient = value_and_gradient(oracle, x)
    assert y.dtype == gradient.dtype == dtype
    assert torch.isfinite(y).all() and torch.isfinite(gradient).all()
    half = dtype in (torch.float16, torch.bfloat16)
    tolerance = {"rtol": 8 * torch.finfo(dtype).eps, "atol": torch.finfo(dtype).eps} if half else {}
    torch.testing.assert_close(y, expected_y, **tolerance)
    torch.testing.assert_close(gradient, expected_gradient, **tolerance)
    torch.testing.assert_close(f_grad(x), expected_gradient, **tolerance)


@every_case
@given(data=st.data())
@settings(deadline=None, max_examples=25)
def test_equals_torch_on_any_shape(case, data):
    """Any shape works, with sizes of 0 and 1, also where the memory is not contiguous."""
    shape = data.draw(st.lists(st.integers(0, 4), max_size=4))
    seed = data.draw(st.integers(0, 1000))
    x = 5 * torch.randn(shape, dtype=torch.double, generator=torch.Generator().manual_seed(seed))
    if data.draw(st.booleans()):
        x = x.permute(tuple(reversed(range(x.dim()))))
    f, _, oracle = functions(case)
    torch.testing.assert_close(f(x), oracle(x))


@every_case
def test_derivatives_pass_gradcheck(case):
    """Finite differences in double precision agree with f', once and twice."""
    f, f_grad, _ = functions(case)
    x = torch.tensor([[-3.0, -0.7, -0.2], [0.3, 1.1, 4.0]], dtype=torch.double, requires_grad=True)
    assert gradcheck(f, x)
    assert gradgradcheck(f, x)
    h = 1e-6
    numeric = (f(x + h) - f(x - h)) / (2 * h)
    torch.testing.assert_close(f_grad(x), numeric, rtol=1e-7, atol=1e-9)


@every_case
def test_nan_stays_visible(case):
    """A NaN is not turned into a number: trouble upstream must be seen."""
    f, _, _ = functions(case)
    assert f(torch.tensor([math.nan])).isnan().all()


def test_far_out_values_are_the_limits():
    """At +-1000 each function has reached the value that its formula tends to."""
    x = torch.tensor([-1000.0, 1000.0])
    assert sigmoid(x).tolist() == [0, 1]
    assert tanh(x).tolist() == [-1, 1]
    assert scaled_tanh(x).tolist() == pytest.approx([-1.7159, 1.7159])
    assert relu(x).tolist() == [0, 1000]
    assert leaky_relu(x).tolist() == [-100, 1000]
    assert elu(x, 1.7).tolist() == pytest.approx([-1.7, 1000])
    assert softplus(x).tolist() == [0, 1000]


def test_scaled_tanh_is_the_paper_s():
    """LeCun 1998, Appendix A: f(1) = 1, f(-1) = -1, and the second derivative is largest there."""
    assert scaled_tanh(torch.tensor([1.0, -1.0])).tolist() == pytest.approx([1, -1], abs=1e-4)
    x = torch.linspace(0, 3, 3001, dtype=torch.double, requires_grad=True)
    (curvature,) = torch.autograd.grad(scaled_tanh_grad(x).sum(), x)
    assert x[curvature.abs().argmax()].item() == pytest.approx(1, abs=0.02)


def test_largest_derivatives_are_known():
    """sigmoid' is at most 1/4, scaled_tanh' 1.7159 * 2/3 = 1.1439, both at 0."""
    x = torch.linspace(-5, 5, 1001, dtype=torch.double)
    assert sigmoid_grad(x).max().item() == pytest.approx(0.25)
    assert scaled_tanh_grad(x).max().item() == pytest.approx(1.7159 * 2 / 3)


def test_a_slope_above_one_is_no_maximum():
    """max(1.5 x, x) would give -1 at -1; Leaky ReLU gives -1.5."""
    assert leaky_relu(torch.tensor([-1.0, 2.0]), 1.5).tolist() == [-1.5, 2]
    assert leaky_relu_grad(torch.tensor([-1.0, 2.0]), 1.5).tolist() == [1.5, 1]


def test_the_slope_of_the_lecture_is_the_default():
    """0.1, not torch's 0.01."""
    assert leaky_relu(torch.tensor([-10.0])).item() == pytest.approx(-1)
    assert course_nn.LeakyReLU().negative_slope == 0.1


def test_elu_keeps_its_alpha():
    """Left of 0 alpha scales value and derivative."""
    x = torch.tensor([-2.0])
    assert elu(x, alpha=1.7).item() == pytest.approx(1.7 * (math.exp(-2) - 1))
    assert elu_grad(x, alpha=1.7).item() == pytest.approx(1.7 * math.exp(-2))


@pytest.mark.parametrize(
    "layer, function, parameters",
    [
        (course_nn.Sigmoid(), sigmoid, ()),
        (course_nn.Tanh(), tanh, ()),
        (course_nn.ScaledTanh(), scaled_tanh, ()),
        (course_nn.ReLU(), relu, ()),
        (course_nn.LeakyReLU(), leaky_relu, (0.1,)),
        (course_nn.LeakyReLU(negative_slope=1.5), leaky_relu, (1.5,)),
        (course_nn.ELU(), elu, (1.0,)),
        (course_nn.ELU(alpha=1.7), elu, (1.7,)),
        (course_nn.Softplus(), softplus, ()),
    ],
    ids=lambda value: getattr(value, "__name__", None) or repr(value),
)
@every_dtype
def test_layers_are_the_functions(layer, function, parameters, dtype):
    """Value and gradient, from -1000 to 1000 and at the kink; the layer's name tells its parameter."""
    x = torch.tensor([[-1000, -25, -2, -0.5, 0], [0.1, 0.7, 3, 25, 1000]], dtype=dtype)
    expected = value_and_gradient(lambda x: function(x, *parameters), x)
    eps = torch.finfo(dtype).eps
    for got, wanted in zip(value_and_gradient(layer, x), expected, strict=True):
        torch.testing.assert_close(got, wanted, rtol=max(8 * eps, 1e-9), atol=eps)
    assert all(str(parameter) in repr(layer) for parameter in parameters)


def test_autograd_uses_the_derivative_that_is_written(monkeypatch):
    """Training follows f_grad: with a fault planted there, the gradient is wrong."""
    x = torch.ones(1, dtype=torch.double, requires_grad=True)
    monkeypatch.setattr(activations, "sigmoid", lambda x: torch.zeros_like(x))
    assert torch.autograd.grad(sigmoid(x), x)[0].item() == 0


def test_functions_work_under_vmap():
    """torch.func sees an ordinary function."""
    x = torch.randn(4, dtype=torch.double)
    torch.testing.assert_close(torch.func.vmap(torch.func.grad(sigmoid))(x), sigmoid_grad(x))


def test_bad_input_is_named():
    """Integers, lists and unknown parameters are errors that say what is allowed."""
    with pytest.raises(TypeError, match=r"x has dtype torch.int64; it must be a floating point dtype"):
        relu(torch.tensor([1, 2]))
    with pytest.raises(TypeError, match="x must be a torch tensor, not list"):
        sigmoid([1.0])
    with pytest.raises(TypeError, match="slope"):
        elu(torch.zeros(1), slope=2.0)
