"""The gradient checker: it accepts what autograd finds, and every planted fault is named."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.losses import check_gradient, numeric_gradient


def f(x):
    return (x**3).sum() + x.sin().prod()


def gradient_of(f, x):
    leaf = x.detach().clone().requires_grad_()
    return torch.autograd.grad(f(leaf), leaf)[0]


@given(shape=st.lists(st.integers(0, 3), max_size=3), seed=st.integers(0, 1000), flip=st.booleans())
@settings(deadline=None, max_examples=25)
def test_agrees_with_autograd(shape, seed, flip):
    """On any shape, 0-dimensional, empty and not contiguous ones too; x is what it was, bit by bit."""
    x = torch.randn(shape, dtype=torch.double, generator=torch.Generator().manual_seed(seed))
    x = x.permute(tuple(reversed(range(x.dim())))) if flip else x
    before = x.clone()
    torch.testing.assert_close(numeric_gradient(f, x), gradient_of(f, x), rtol=1e-7, atol=1e-8)
    report = check_gradient(f, x, gradient_of(f, x))
    assert report.passed, report
    assert torch.equal(x, before)


def test_error_falls_with_the_square_of_h():
    """Central, not forward differences: a hundredth of the error for a tenth of h."""
    x = torch.tensor([0.7], dtype=torch.double)
    errors = [
        abs(numeric_gradient(lambda x: x.exp().sum(), x, h).item() - math.exp(0.7)) for h in (1e-2, 1e-3)
    ]
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.01)


@pytest.mark.parametrize("fault", [math.nan, math.inf, 0.0, 1.001])
def test_the_worst_entry_is_named(fault):
    """One wrong entry of six fails, and the report says which one and by how much; NaN is no exception."""
    x = torch.tensor([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], dtype=torch.double)
    analytic = 2 * x
    analytic[1, 2] = fault if fault != 1.001 else fault * analytic[1, 2]
    report = check_gradient(lambda x: (x**2).sum(), x, analytic)
    assert not report.passed
    assert report.worst == (1, 2)
    assert "differs in 1 of 6 entries; worst at [1, 2]: " in str(report)
    assert f"analytic {analytic[1, 2].item():.6g}, numeric 1.2, difference" in str(report)


def test_of_two_faults_the_greater_is_named():
    """The worst is the one furthest beyond its tolerance."""
    x = torch.ones(3, dtype=torch.double)
    report = check_gradient(lambda x: x.sum(), x, torch.tensor([1.1, 1.0, 0.5]))
    assert report.worst == (2,) and "2 of 3 entries" in str(report)


def test_nan_of_the_function_fails():
    """Also when both sides are NaN, or both infinite."""
    x = torch.zeros(2, dtype=torch.double)
    for bad in (math.nan, math.inf):
        assert not check_gradient(lambda x: math.nan, x, torch.full((2,), bad)).passed
    infinite = check_gradient(lambda x: math.inf * float(x[0]), x, torch.full((2,), math.inf))
    assert not infinite.passed


def test_a_right_gradient_reads_so():
    """The report of a pass names its worst entry too."""
    x = torch.tensor([2.0], dtype=torch.double)
    report = check_gradient(lambda x: (x**2).sum(), x, 2 * x)
    assert str(report).startswith("gradient differs in 0 of 1 entries; worst at [0]: analytic 4, numeric 4")
    empty = check_gradient(lambda x: x.sum(), x[:0], x[:0])
    assert empty.passed and empty.worst is None and "nothing to compare" in str(empty)


def test_tolerances_are_used():
    """Half a percent off passes with rtol = 0.01 and fails with the default; zeros need no atol."""
    x = torch.tensor([3.0, 0.0], dtype=torch.double)
    analytic = torch.tensor([6.03, 0.0], dtype=torch.double)
    assert not check_gradient(lambda x: (x**2).sum(), x, analytic).passed
    assert check_gradient(lambda x: (x**2).sum(), x, analytic, rtol=0.01, atol=0).passed


def test_x_is_restored_when_f_raises():
    """An error inside f leaves x as it was."""
    x = torch.tensor([1.0, 2.0], dtype=torch.double)

    def fails(x):
        if x[1] != 2:
            raise ArithmeticError
        return x.sum()

    with pytest.raises(ArithmeticError):
        numeric_gradient(fails, x)
    assert x.tolist() == [1, 2]


def test_a_layer_s_weight_is_checked_in_place():
    """f may read the parameter from the layer; it needs no gradient turned off."""
    layer = torch.nn.Linear(3, 2).double()
    x = torch.randn(4, 3, dtype=torch.double)
    layer(x).square().sum().backward()
    report = check_gradient(lambda _: layer(x).square().sum(), layer.weight, layer.weight.grad)
    assert report.passed, report
    assert layer.weight.requires_grad


def test_bad_input_is_named():
    """Single precision, lists, h, shared memory, several numbers, another shape."""
    x = torch.zeros(2, dtype=torch.double)
    with pytest.raises(TypeError, match=r"x is torch.float32; it must be a torch.float64 tensor"):
        numeric_gradient(f, x.float())
    with pytest.raises(TypeError, match=r"x is list; it must be a torch.float64 tensor"):
        numeric_gradient(f, [0.0])
    with pytest.raises(ValueError, match=r"h=0 must be positive"):
        numeric_gradient(f, x, h=0)
    with pytest.raises(ValueError, match=r"x has shape \(3, 2\) and entries that share memory; clone it"):
        numeric_gradient(f, x.expand(3, 2))
    with pytest.raises(ValueError, match=r"f gave a tensor of shape \(2,\); it must give one number"):
        numeric_gradient(lambda x: x, x)
    assert x.tolist() == [0, 0]
    with pytest.raises(ValueError, match=r"analytic has shape \(3,\), x \(2,\); they must be equal"):
        check_gradient(f, x, torch.zeros(3))
