import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from course.nn.local_response_norm import LocalResponseNorm, local_response_norm


def by_the_formula(a, size, alpha, beta, k):
    """Section 3.3, one channel at a time; sums stop at the first and the last channel."""
    channels = a.shape[1]
    b = torch.empty_like(a)
    for i in range(channels):
        first, last = max(0, i - size // 2), min(channels - 1, i + size // 2)
        b[:, i] = a[:, i] / (k + alpha * (a[:, first : last + 1] ** 2).sum(1)) ** beta
    return b


@settings(max_examples=25, deadline=None)
@given(
    shape=st.tuples(*[st.integers(1, n) for n in (3, 12, 5, 5)]),
    size=st.sampled_from([1, 3, 5, 9]),
    alpha=st.floats(0, 2),
    beta=st.floats(0.1, 2),
    k=st.floats(0.5, 3),
)
def test_is_the_formula_of_the_paper(shape, size, alpha, beta, k):
    """b_i = a_i / (k + alpha sum a_j^2)^beta over the `size` adjacent maps at the same position."""
    a = torch.randn(shape, dtype=torch.float64)
    b = local_response_norm(a, size, alpha, beta, k)
    torch.testing.assert_close(b, by_the_formula(a, size, alpha, beta, k))


def test_torch_divides_alpha_by_the_size():
    """The constants k = 2, n = 5, alpha = 1e-4 of the paper are torch's alpha = 5e-4, not its 1e-4."""
    a = 100 * torch.randn(2, 96, 7, 7)
    b = LocalResponseNorm()(a)
    torch.testing.assert_close(b, F.local_response_norm(a, 5, alpha=5e-4, beta=0.75, k=2.0))
    assert (b - F.local_response_norm(a, 5, alpha=1e-4, beta=0.75, k=2.0)).abs().max() > 1


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_gradient_is_torch_s(memory_format):
    """The gradient equals that of torch's function, in either order of the memory."""
    mine = torch.randn(2, 16, 6, 5, dtype=torch.float64).to(memory_format=memory_format).requires_grad_()
    theirs = mine.detach().clone().requires_grad_()
    upstream = torch.randn(mine.shape, dtype=torch.float64)
    local_response_norm(mine, 5, 0.2, 0.75, 2.0).backward(upstream)
    F.local_response_norm(theirs, 5, alpha=1.0, beta=0.75, k=2.0).backward(upstream)
    torch.testing.assert_close(mine.grad, theirs.grad)


def test_gradients_agree_with_finite_differences():
    """First and second derivatives agree with finite differences."""
    a = torch.randn(1, 6, 2, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(local_response_norm, (a, 5, 0.3, 0.75, 2.0))
    assert torch.autograd.gradgradcheck(local_response_norm, (a, 3, 0.3, 0.75, 2.0))


def test_groups_do_not_see_each_other():
    """Each tower of AlexNet normalises over its own maps: two groups equal two separate layers."""
    a = 10 * torch.randn(2, 8, 3, 3)
    halves = [local_response_norm(half, alpha=0.1) for half in a.chunk(2, dim=1)]
    torch.testing.assert_close(LocalResponseNorm(alpha=0.1, groups=2)(a), torch.cat(halves, dim=1))
    assert not torch.allclose(LocalResponseNorm(alpha=0.1)(a), torch.cat(halves, dim=1))


@pytest.mark.parametrize("size", [0, 4, -1])
def test_a_window_without_a_middle_is_refused(size):
    """An even or empty window has no middle channel."""
    with pytest.raises(ValueError, match=f"^size={size} must be a positive odd number$"):
        LocalResponseNorm(size)


def test_a_window_without_a_middle():
    """The function says what its layer says."""
    for size in (4, 0, -1):
        with pytest.raises(ValueError, match=f"size={size} must be"):
            local_response_norm(torch.randn(1, 4, 3, 3), size)


def test_no_pixels_and_another_order_in_memory():
    """An empty image gives an empty one, as in torch; channels last stay last."""
    x = torch.randn(2, 6, 0, 4)
    assert local_response_norm(x).shape == torch.nn.LocalResponseNorm(5)(x).shape
    x = torch.randn(2, 6, 5, 4).to(memory_format=torch.channels_last)
    for out in (local_response_norm(x), LocalResponseNorm()(x), LocalResponseNorm(groups=2)(x)):
        assert out.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(local_response_norm(x), local_response_norm(x.contiguous()))
