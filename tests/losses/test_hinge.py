"""The multiclass hinge: torch's MultiMarginLoss times the number of classes, and hand-made cases."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from course.losses import check_gradient, hinge, hinge_grad


def batch(N, C, seed=0):
    generator = torch.Generator().manual_seed(seed)
    scores = torch.randn(N, C, dtype=torch.double, generator=generator)
    return scores, torch.randint(C, (N,), generator=generator)


@given(
    N=st.integers(1, 7),
    C=st.integers(1, 6),
    seed=st.integers(0, 1000),
    margin=st.sampled_from([0.0, 0.5, 1.0, 3.0]),
)
@settings(deadline=None, max_examples=25)
def test_is_c_times_torch_s(N, C, seed, margin):
    """Value and gradient, also for one sample and one class."""
    scores, target = batch(N, C, seed)
    scores.requires_grad_()
    expected = C * F.multi_margin_loss(scores, target, margin=margin)
    torch.testing.assert_close(hinge(scores, target, margin), expected)
    (gradient,) = torch.autograd.grad(expected, scores)
    torch.testing.assert_close(hinge_grad(scores, target, margin), gradient)
    (ours,) = torch.autograd.grad(hinge(scores, target, margin), scores)
    torch.testing.assert_close(ours, gradient)


def test_a_case_by_hand():
    """Scores 3.2, 5.1, -1.7 and the first class right: max(0, 2.9) + max(0, -3.9) = 2.9."""
    scores, target = torch.tensor([[3.2, 5.1, -1.7]], dtype=torch.double), torch.tensor([0])
    assert hinge(scores, target).item() == pytest.approx(2.9)
    assert hinge_grad(scores, target).tolist() == [[-1, 1, 0]]


def test_equal_scores_cost_a_margin_for_each_wrong_class():
    """The sanity check before training: C - 1."""
    assert hinge(torch.zeros(4, 10), torch.arange(4)).item() == 9


def test_a_kept_margin_costs_nothing():
    """Where the right class leads by more than the margin, loss and gradient are 0; just at it too."""
    scores, target = torch.tensor([[5.0, 4.0, 0.0]]), torch.tensor([0])
    assert hinge(scores, target).item() == 0
    assert hinge_grad(scores, target).abs().sum().item() == 0


def test_finite_differences_agree():
    """Away from the kinks, torch's gradcheck and our own checker accept both gradients."""
    scores, target = batch(5, 4, seed=3)
    assert gradcheck(lambda s: hinge(s, target), scores.clone().requires_grad_())
    report = check_gradient(lambda s: hinge(s, target), scores, hinge_grad(scores, target))
    assert report.passed, report


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
def test_dtype_is_kept_and_far_scores_are_finite(dtype):
    """+-1000 in any dtype, with a batch whose sum would overflow float16."""
    scores = torch.tensor([[1000.0, -1000.0]] * 64, dtype=dtype)
    target = torch.ones(64, dtype=torch.long)
    loss, gradient = hinge(scores, target), hinge_grad(scores, target)
    assert loss.dtype == gradient.dtype == dtype
    assert loss.item() == pytest.approx(2001, rel=torch.finfo(dtype).eps)
    assert gradient.tolist() == [[1 / 64, -1 / 64]] * 64


def test_integer_targets_of_any_width_and_strided_scores():
    """uint8 and int32 labels count as they are; transposed scores give what their copy gives."""
    scores, target = batch(4, 3)
    for dtype in (torch.uint8, torch.int32):
        assert torch.equal(hinge(scores, target.to(dtype)), hinge(scores, target))
        assert torch.equal(hinge_grad(scores, target.to(dtype)), hinge_grad(scores, target))
    strided = scores.T.contiguous().T
    assert not strided.is_contiguous()
    assert torch.equal(hinge_grad(strided, target), hinge_grad(scores, target))


@pytest.mark.parametrize("loss", [hinge, hinge_grad])
def test_bad_input_is_named(loss):
    """Labels out of range, their dtype and shape, ranks, empty batches, a negative margin."""
    scores, target = torch.zeros(3, 4), torch.tensor([0, 1, 2])
    with pytest.raises(ValueError, match=r"target\[1\]=4 must be between 0 and 3, for 4 classes"):
        loss(scores, torch.tensor([0, 4, 2]))
    with pytest.raises(ValueError, match=r"target\[2\]=-1 must be between 0 and 3"):
        loss(scores, torch.tensor([0, 1, -1]))
    with pytest.raises(TypeError, match=r"target has dtype torch.float32; it must be an integer dtype"):
        loss(scores, target.float())
    with pytest.raises(TypeError, match=r"target has dtype torch.bool"):
        loss(scores, target.bool())
    with pytest.raises(TypeError, match="target must be a torch tensor, not list"):
        loss(scores, [0, 1, 2])
    with pytest.raises(ValueError, match=r"target has shape \(2,\); it must be \(3,\), one class a row"):
        loss(scores, target[:2])
    with pytest.raises(ValueError, match=r"scores has shape \(4,\); it must be \(N, C\), not empty"):
        loss(torch.zeros(4), target)
    with pytest.raises(ValueError, match=r"scores has shape \(0, 4\)"):
        loss(torch.zeros(0, 4), target[:0])
    with pytest.raises(TypeError, match=r"scores has dtype torch.int64; it must be a floating point dtype"):
        loss(torch.zeros(3, 4).long(), target)
    with pytest.raises(ValueError, match=r"margin=-1 must be at least 0"):
        loss(scores, target, margin=-1)


def test_a_text_is_no_margin():
    """The line names the argument and its value."""
    with pytest.raises(TypeError, match="margin='a' must be a number"):
        hinge(torch.randn(2, 3), torch.tensor([0, 1]), "a")
