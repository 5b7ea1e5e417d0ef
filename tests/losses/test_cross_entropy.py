"""Softmax and cross-entropy: torch is the oracle, up to logits of +-1e4."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from course.losses import check_gradient, cross_entropy, cross_entropy_grad, log_softmax, softmax


def batch(N, C, seed=0, scale=1.0):
    generator = torch.Generator().manual_seed(seed)
    logits = scale * torch.randn(N, C, dtype=torch.double, generator=generator)
    return logits, torch.randint(C, (N,), generator=generator)


@given(
    N=st.integers(1, 7),
    C=st.integers(1, 6),
    seed=st.integers(0, 1000),
    scale=st.sampled_from([0.0, 1.0, 100.0, 1e4]),
)
@settings(deadline=None, max_examples=25)
def test_equals_torch(N, C, seed, scale):
    """Value and gradient at every scale, also for one sample and one class."""
    logits, target = batch(N, C, seed, scale)
    logits.requires_grad_()
    expected = F.cross_entropy(logits, target)
    torch.testing.assert_close(cross_entropy(logits, target), expected)
    (gradient,) = torch.autograd.grad(expected, logits)
    torch.testing.assert_close(cross_entropy_grad(logits, target), gradient)
    (ours,) = torch.autograd.grad(cross_entropy(logits, target), logits)
    torch.testing.assert_close(ours, gradient)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
def test_far_logits_are_finite(dtype):
    """+-1e4 in any dtype: a sure and right answer costs 0, a sure and wrong one the whole distance."""
    logits = torch.tensor([[1e4, -1e4, 0.0]] * 2, dtype=dtype)
    right, wrong = torch.tensor([0, 0]), torch.tensor([1, 1])
    distance = (logits[0, 0] - logits[0, 1]).item()
    assert cross_entropy(logits, right).item() == 0
    assert cross_entropy(logits, wrong).item() == distance
    assert cross_entropy_grad(logits, wrong).tolist() == [[0.5, -0.5, 0]] * 2
    assert softmax(logits).dtype == cross_entropy(logits, right).dtype == dtype


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_stays_near_torch(dtype):
    """Within a few roundings of the loss computed in double precision."""
    logits, target = batch(16, 10, seed=1, scale=5)
    logits = logits.to(dtype)
    expected = F.cross_entropy(logits.double(), target).item()
    eps = torch.finfo(dtype).eps
    assert cross_entropy(logits, target).item() == pytest.approx(expected, rel=4 * eps)
    gradient = cross_entropy_grad(logits, target).double()
    torch.testing.assert_close(
        gradient, cross_entropy_grad(logits.double(), target), rtol=0, atol=16 * eps / 16
    )


@pytest.mark.parametrize("shape", [(4, 5), (2, 3, 4), (6,), (0, 3)])
def test_softmax_is_torch_s_over_the_last_dimension(shape):
    """Any number of dimensions; no rows in, no rows out."""
    logits = 10 * torch.randn(shape, dtype=torch.double, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(softmax(logits), torch.softmax(logits, -1))
    torch.testing.assert_close(log_softmax(logits), torch.log_softmax(logits, -1))


def test_a_constant_in_all_logits_changes_nothing():
    """Only differences count."""
    logits, target = batch(4, 5, seed=3)
    torch.testing.assert_close(cross_entropy(logits + 500, target), cross_entropy(logits, target))
    torch.testing.assert_close(cross_entropy_grad(logits - 500, target), cross_entropy_grad(logits, target))


def test_no_opinion_costs_the_log_of_the_classes():
    """The sanity check before training: log 10 = 2.303."""
    loss = cross_entropy(torch.zeros(4, 10), torch.arange(4))
    assert loss.item() == pytest.approx(math.log(10))


def test_finite_differences_agree():
    """torch's gradcheck, also of the second order, and our own checker accept both gradients."""
    logits, target = batch(4, 3, seed=4)
    for order in (gradcheck, torch.autograd.gradgradcheck):
        assert order(lambda s: cross_entropy(s, target), logits.clone().requires_grad_())
    report = check_gradient(lambda s: cross_entropy(s, target), logits, cross_entropy_grad(logits, target))
    assert report.passed, report


def test_integer_targets_of_any_width_and_strided_logits():
    """uint8 labels count as they are; transposed logits give what their copy gives; nothing is changed."""
    logits, target = batch(4, 3, seed=5)
    before = logits.clone()
    assert torch.equal(cross_entropy(logits, target.to(torch.uint8)), cross_entropy(logits, target))
    strided = logits.T.contiguous().T
    torch.testing.assert_close(cross_entropy_grad(strided, target), cross_entropy_grad(logits, target))
    assert torch.equal(logits, before)


@pytest.mark.parametrize("loss", [cross_entropy, cross_entropy_grad])
def test_bad_input_is_named(loss):
    """Labels out of range, dtypes, ranks."""
    logits, target = torch.zeros(3, 4), torch.tensor([0, 1, 2])
    with pytest.raises(ValueError, match=r"target\[0\]=4 must be between 0 and 3, for 4 classes"):
        loss(logits, torch.tensor([4, 5, 2]))
    with pytest.raises(TypeError, match=r"target has dtype torch.float32; it must be an integer dtype"):
        loss(logits, target.float())
    with pytest.raises(ValueError, match=r"target has shape \(3, 1\); it must be \(3,\)"):
        loss(logits, target[:, None])
    with pytest.raises(ValueError, match=r"logits has shape \(3, 4, 1\); it must be \(N, C\), not empty"):
        loss(logits[:, :, None], target)
    with pytest.raises(TypeError, match=r"logits has dtype torch.int64; it must be a floating point dtype"):
        loss(logits.long(), target)


@pytest.mark.parametrize("shape", [(3, 0), (0, 3), (0,)])
def test_softmax_of_nothing_is_nothing(shape):
    """As in torch: an empty result of the same shape."""
    x = torch.zeros(shape)
    assert softmax(x).shape == torch.softmax(x, -1).shape
    assert log_softmax(x).shape == torch.log_softmax(x, -1).shape
