"""Forward and reverse mode: the same Jacobian as torch's, from as many passes as inputs or outputs."""

import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.autograd import Value, topological
from course.autograd.modes import forward_jacobian, reverse_jacobian, tangents


def net(inputs, outputs, seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(inputs, 5), nn.Tanh(), nn.Linear(5, outputs)).double()


@pytest.mark.parametrize(("inputs", "outputs"), [(7, 2), (2, 7), (1, 1)])
def test_both_modes_give_torch_s_jacobian(inputs, outputs):
    """Entry by entry that of torch.autograd.functional.jacobian; the passes are the inputs or the outputs."""
    model, x = net(inputs, outputs), torch.randn(inputs, dtype=torch.float64)
    expected = torch.autograd.functional.jacobian(model, x)
    for found, passes in (
        (forward_jacobian(model, x), inputs),
        (reverse_jacobian(model, x), outputs),
    ):
        assert found[1] == passes
        torch.testing.assert_close(found[0], expected)


def test_the_jacobian_of_a_matrix_is_the_matrix():
    """f(x) = A x, with A wide and with A high; no warning of torch reaches the reader."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for shape in ((3, 5), (5, 3)):
            A = torch.arange(15.0).reshape(shape)
            for mode in (forward_jacobian, reverse_jacobian):
                torch.testing.assert_close(mode(A.mv, torch.ones(shape[1]))[0], A)


@given(steps=st.lists(st.tuples(st.booleans(), st.integers(0, 50), st.integers(0, 50)), max_size=12))
@settings(deadline=None, max_examples=25)
def test_forward_mode_on_numbers_agrees_with_the_backward_pass(steps):
    """Random graphs with reuse: the tangent of the result is the gradient of the leaf, for each leaf."""
    leaves = [Value(1.5), Value(-0.5), Value(0.8)]
    values = list(leaves)
    for add, i, j in steps:
        a, b = values[i % len(values)], values[j % len(values)]
        values.append((a + b).tanh() if add else (a * b).tanh())
    root = values[-1]
    root.backward()
    for leaf in topological(root):
        if not leaf.inputs:
            assert tangents(root, leaf)[root] == pytest.approx(leaf.grad, abs=1e-12)


def test_one_forward_pass_serves_every_value():
    """x y + x z with respect to x: the products have the tangents y and z, the other leaves 0."""
    x, y, z = Value(3.0, "x"), Value(2.0, "y"), Value(-4.0, "z")
    a, b = x * y, x * z
    root = a + b
    found = tangents(root, x)
    assert (found[a], found[b], found[root]) == (2, -4, -2)
    assert found[y] == found[z] == 0


def test_what_is_no_vector_is_refused():
    """Neither as an input nor as a result, and no integers: one line says what came."""
    for mode in (forward_jacobian, reverse_jacobian):
        with pytest.raises(ValueError, match=r"x is torch.float32 of shape \(2, 2\); it must be a vector"):
            mode(torch.sin, torch.ones(2, 2))
        with pytest.raises(ValueError, match=r"x is torch.int64 of shape \(2,\)"):
            mode(torch.sin, torch.ones(2, dtype=torch.int64))
        with pytest.raises(ValueError, match=r"f\(x\) is torch.float32 of shape \(\)"):
            mode(torch.sum, torch.ones(2))
