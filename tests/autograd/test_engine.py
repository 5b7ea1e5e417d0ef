"""The scalar engine: the same expression in torch gives the same value and the same gradients."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.autograd import Value, topological

BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b.tanh(),
    "/": lambda a, b: a / (b * b + 1),
}
UNARY = {
    "neg": lambda a: -a,
    "square": lambda a: a.tanh() ** 2,
    "root": lambda a: (a * a + 1) ** 0.5,
    "inverse": lambda a: (a * a + 1) ** -1,
    "exp": lambda a: (a.tanh()).exp(),
    "log": lambda a: (a * a + 0.5).log(),
    "tanh": lambda a: a.tanh(),
    "sigmoid": lambda a: a.sigmoid(),
    "relu": lambda a: a.relu(),
    "radd": lambda a: 2.0 + a,
    "rsub": lambda a: 2.0 - a,
    "rmul": lambda a: -3.0 * a,
    "rdiv": lambda a: 2.0 / (a * a + 1),
}
step = st.tuples(st.sampled_from([*BINARY, *UNARY]), st.integers(0, 99), st.integers(0, 99))
number = st.floats(-2, 2).filter(lambda x: abs(x) > 1e-3)


def build(leaves, steps):
    """Run the steps on a growing list of values; each takes any earlier ones, so that values are reused."""
    values = list(leaves)
    for op, i, j in steps:
        a, b = values[-1 - i % len(values)], values[-1 - j % len(values)]
        values.append(BINARY[op](a, b) if op in BINARY else UNARY[op](a))
    return values


@given(leaves=st.lists(number, min_size=1, max_size=4), steps=st.lists(step, max_size=12))
@settings(deadline=None, max_examples=100)
def test_random_graphs_equal_torch(leaves, steps):
    """Values, and gradients of leaves and of everything between, in graphs that reuse their nodes."""
    ours = build([Value(x) for x in leaves], steps)
    theirs = build([torch.tensor(x, dtype=torch.double, requires_grad=True) for x in leaves], steps)
    for value in theirs:
        value.retain_grad()
    ours[-1].backward()
    theirs[-1].backward()
    for a, b in zip(ours, theirs, strict=True):
        assert a.data == pytest.approx(b.item(), rel=1e-9, abs=1e-12)
        expected = 0.0 if b.grad is None else b.grad.item()
        assert a.grad == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_the_lecture_s_example():
    """f = (x + y) z at -2, 5, -4: gradients -4, -4, 3, and -4 at the sum."""
    x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    q = x + y
    f = q * z
    f.backward()
    assert f.data == -12
    assert [v.grad for v in (x, y, z, q, f)] == [-4, -4, 3, -4, 1]


def test_uses_add_up():
    """x + x has the derivative 2, x * x * x three x squared."""
    x = Value(3.0)
    (x + x).backward()
    assert x.grad == 2
    y = Value(3.0)
    (y * y * y).backward()
    assert y.grad == 27


def test_every_value_passes_its_gradient_on_once():
    """A value reached by two paths of different length waits for both."""
    x = Value(2.0)
    a = x * 3
    b = a + 1
    (a * b).backward()  # 3x (3x + 1): 18x + 3
    assert x.grad == 39


def test_calls_of_backward_add_up_as_in_torch():
    """A second pass doubles every gradient, and a pass from elsewhere adds its own."""
    x = Value(2.0)
    a = x * x
    y = a * 3
    y.backward()
    y.backward()
    assert (x.grad, a.grad, y.grad) == (24, 6, 2)
    a.backward()
    assert x.grad == 28


def test_deep_chains_do_not_exhaust_the_stack():
    """10,000 operations in a row, ten times the depth of Python's recursion, value and gradient exact."""
    x = Value(1.0)
    y = x
    for _ in range(10_000):
        y = y + x
    y.backward()
    assert y.data == 10_001 and x.grad == 10_001


def test_topological_order_has_inputs_first_and_everything_once():
    """Sixty doublings have 2^60 paths and 61 values."""
    x = y = Value(1.0)
    for _ in range(60):
        y = y + y
    order = topological(y)
    assert len(order) == len(set(order)) == 61
    seen = set()
    for value in order:
        assert all(source in seen for source, _ in value.inputs)
        seen.add(value)
    y.backward()
    assert x.grad == 2.0**60


def test_far_numbers_in_the_squashing_functions():
    """At +-1000 sigmoid, tanh and relu are at their limits, with gradients of 0 or 1."""
    for far, sigmoid, tanh, relu, slope in ((1000, 1, 1, 1000, 1), (-1000, 0, -1, 0, 0)):
        x = Value(far)
        for y, expected in ((x.sigmoid(), sigmoid), (x.tanh(), tanh), (x.relu(), relu)):
            y.backward()
            assert y.data == expected
        assert x.grad == slope


def test_nan_stays_visible():
    """No operation turns NaN into a number."""
    x = Value(math.nan)
    for y in (x + 1, x * 0, x.relu(), x.tanh(), x.sigmoid(), x.exp(), -x, x / 2, x**2):
        assert math.isnan(y.data)


def test_powers():
    """0 to the power 0 and 1, negative bases with whole powers."""
    x = Value(0.0)
    for n, data, slope in ((0, 1, 0), (1, 0, 1), (2, 0, 0)):
        x.grad = 0.0
        y = x**n
        y.backward()
        assert (y.data, x.grad) == (data, slope)
    z = Value(-2.0)
    (z**3).backward()
    assert z.grad == 12
    assert (z**2.0).data == 4


def test_numpy_numbers_are_numbers():
    """On either side of an operator; an array of numbers gives an array of values."""
    x = Value(3.0)
    for y in (np.float64(2) * x, x * np.float32(2), np.int64(2) * x):
        assert isinstance(y, Value) and y.data == 6
    assert (np.float64(2) - x).data == -1 and (np.float64(6) / x).data == 2
    assert [y.data for y in np.array([1.0, 2.0]) * x] == [3, 6]
    assert sum([x, x, x]).data == 9


def test_leaves_have_names():
    """The name stands in the print; results have an operation in its place."""
    assert "name='w'" in repr(Value(1.5, "w")) and "data=1.5" in repr(Value(1.5, "w"))
    assert (Value(1.0, "w") * 2).op == "*"


def test_bad_input_is_named():
    """What is not a number, powers that are values, logarithms and roots that do not exist, division by 0."""
    x = Value(2.0)
    with pytest.raises(TypeError, match=r"data='3' must be a number or a Value"):
        x + "3"
    with pytest.raises(TypeError, match=r"data=None must be a number or a Value"):
        Value(None)
    with pytest.raises(TypeError, match=r"must be a number; for x \*\* y write \(y \* x.log\(\)\).exp\(\)"):
        x**x
    with pytest.raises(ValueError, match=r"the logarithm of -1.0 does not exist; the number must be"):
        Value(-1).log()
    with pytest.raises(ValueError, match=r"the base -2.0 must not be negative for the power 0.5"):
        Value(-2) ** 0.5
    with pytest.raises(ZeroDivisionError):
        x / 0


@pytest.mark.parametrize("power", [0.5, Fraction(1, 2), np.float32(0.5)])
def test_roots(power):
    """A power may be any real number; at 0 a root has the value 0 and rises without bound, as in torch."""
    four, zero = Value(4.0), Value(0.0)
    assert (four**power).data == 2.0 and (zero**power).data == 0.0
    (four**power).backward(), (zero**power).backward()
    assert four.grad == 0.25
    x = torch.tensor(0.0, requires_grad=True)
    x.pow(0.5).backward()
    assert zero.grad == x.grad == math.inf
