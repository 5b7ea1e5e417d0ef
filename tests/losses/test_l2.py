"""The two squares: torch's mse_loss, and weight decay."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from course.losses import check_gradient, l2_penalty, l2_penalty_grad, mse, mse_grad


@given(shape=st.lists(st.integers(1, 4), max_size=4), seed=st.integers(0, 1000))
@settings(deadline=None, max_examples=25)
def test_mse_equals_torch(shape, seed):
    """Value and gradient on any shape."""
    generator = torch.Generator().manual_seed(seed)
    input = torch.randn(shape, dtype=torch.double, generator=generator, requires_grad=True)
    target = torch.randn(shape, dtype=torch.double, generator=generator)
    expected = F.mse_loss(input, target)
    torch.testing.assert_close(mse(input, target), expected)
    torch.testing.assert_close(mse_grad(input, target), torch.autograd.grad(expected, input)[0])


def test_penalty_is_what_weight_decay_does():
    """One step of torch's SGD with weight_decay = 2 * strength moves the weight by lr times our gradient."""
    weight = torch.nn.Parameter(torch.tensor([[1.0, -2.0], [0.5, 3.0]], dtype=torch.double))
    before = weight.detach().clone()
    assert l2_penalty(before, 0.1).item() == pytest.approx(0.1 * (1 + 4 + 0.25 + 9))
    weight.grad = torch.zeros_like(weight)
    torch.optim.SGD([weight], lr=0.5, weight_decay=2 * 0.1).step()
    torch.testing.assert_close(weight.detach(), before - 0.5 * l2_penalty_grad(before, 0.1))


def test_finite_differences_agree():
    """torch's gradcheck and our own checker accept the gradients; strided input too."""
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(4, 3, dtype=torch.double, generator=generator).T
    target = torch.randn(3, 4, dtype=torch.double, generator=generator)
    assert gradcheck(lambda x: mse(x, target), x.clone().requires_grad_())
    assert gradcheck(lambda x: l2_penalty(x, 0.3), x.clone().requires_grad_())
    for f, gradient in (
        (lambda x: mse(x, target), mse_grad(x, target)),
        (lambda x: l2_penalty(x, 0.3), l2_penalty_grad(x, 0.3)),
    ):
        report = check_gradient(f, x, gradient)
        assert report.passed, report


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_dtype_is_kept(dtype):
    """Loss, penalty and gradients have the dtype of the input."""
    x, target = torch.tensor([1.0, 2.0], dtype=dtype), torch.tensor([2.0, 4.0], dtype=dtype)
    assert mse(x, target).item() == 2.5 and mse(x, target).dtype == dtype
    assert mse_grad(x, target).tolist() == [-1, -2]
    assert l2_penalty(x, 0.5).item() == 2.5 and l2_penalty(x, 0.5).dtype == dtype
    assert l2_penalty_grad(x, 0.5).tolist() == [1, 2]


def test_bad_input_is_named():
    """Shapes are not broadcast; integers and negative strengths are refused."""
    for loss in (mse, mse_grad):
        with pytest.raises(ValueError, match=r"input has shape \(3, 1\), target \(3,\); they must be equal"):
            loss(torch.zeros(3, 1), torch.zeros(3))
        with pytest.raises(ValueError, match=r"input has shape \(0,\), target \(0,\).*not empty"):
            loss(torch.zeros(0), torch.zeros(0))
        with pytest.raises(TypeError, match=r"target has dtype torch.int64"):
            loss(torch.zeros(3), torch.zeros(3).long())
    for penalty in (l2_penalty, l2_penalty_grad):
        with pytest.raises(ValueError, match=r"strength=-0.1 must be at least 0"):
            penalty(torch.zeros(3), -0.1)
        with pytest.raises(TypeError, match="weight must be a torch tensor, not float"):
            penalty(1.0, 0.1)
