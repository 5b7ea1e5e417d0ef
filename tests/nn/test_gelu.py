"""GELU and SiLU: torch is the oracle for values and gradients, finite differences for the derivatives."""

import pytest
import torch
import torch.nn.functional as F
from torch.autograd import gradcheck

from course.nn import GELU, SiLU
from course.nn.gelu import gelu, gelu_grad, silu, silu_grad

PAIRS = {"gelu": (gelu, gelu_grad, F.gelu, GELU), "silu": (silu, silu_grad, F.silu, SiLU)}
every_pair = pytest.mark.parametrize("name", PAIRS)


@every_pair
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_value_and_gradient_are_torchs(name, dtype):
    """From -1000 to 1000 both agree with torch, and none is NaN."""
    ours, derivative, oracle, _ = PAIRS[name]
    x = torch.cat([torch.linspace(-8, 8, 161, dtype=dtype), torch.tensor([-1000.0, 1000.0], dtype=dtype)])
    x.requires_grad_()
    torch.testing.assert_close(ours(x), oracle(x), rtol=1e-5, atol=1e-6)
    (expected,) = torch.autograd.grad(oracle(x).sum(), x)
    torch.testing.assert_close(torch.autograd.grad(ours(x).sum(), x)[0], expected, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(derivative(x.detach()), expected, rtol=1e-5, atol=1e-6)


@every_pair
def test_the_derivative_is_that_of_the_value(name):
    """Finite differences agree with the formula."""
    x = torch.linspace(-4, 4, 17, dtype=torch.float64, requires_grad=True)
    assert gradcheck(PAIRS[name][0], x)


@every_pair
def test_the_layer_is_the_function(name):
    """The layer, which runs torch's kernel, gives what the formula gives, of any shape."""
    ours, _, _, layer = PAIRS[name]
    x = torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(layer()(x), ours(x), rtol=1e-5, atol=1e-6)


def test_the_dips_are_where_the_papers_draw_them():
    """GELU falls to -0.17 at -0.75 (Hendrycks & Gimpel 2016, Fig. 1), swish to -0.28 at -1.28."""
    x = torch.linspace(-5, 5, 10001, dtype=torch.float64)
    for f, lowest, at in ((gelu, -0.170, -0.752), (silu, -0.278, -1.278)):
        value, place = f(x).min(dim=0)
        assert value.item() == pytest.approx(lowest, abs=1e-3)
        assert x[place].item() == pytest.approx(at, abs=2e-3)


def test_whole_numbers_are_refused():
    """An integer tensor has no gradient."""
    with pytest.raises(TypeError, match=r"x has dtype torch\.int64; it must be a floating point dtype"):
        gelu(torch.arange(3))
