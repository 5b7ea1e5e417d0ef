"""Maxout: the largest piece wins, and it alone learns."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from course.nn import Maxout
from course.nn.maxout import maxout, maxout_grad


@given(pieces=st.integers(1, 5), N=st.integers(0, 4), inputs=st.integers(1, 4), outputs=st.integers(1, 4))
@settings(deadline=None, max_examples=25)
def test_layer_is_the_largest_of_its_linear_pieces(pieces, N, inputs, outputs):
    """Each output is max over i of (w_i x + b_i), written out."""
    torch.manual_seed(pieces)
    layer = Maxout(inputs, outputs, pieces).double().requires_grad_(False)
    x = torch.randn(N, inputs, dtype=torch.double)
    y = layer(x)
    assert y.shape == (N, outputs)
    for n in range(N):
        for k in range(outputs):
            candidates = [piece.weight[k] @ x[n] + piece.bias[k] for piece in layer.pieces]
            assert y[n, k].item() == pytest.approx(max(candidates).item())


def test_two_pieces_make_a_relu():
    """With one piece the identity and the other zero, maxout is ReLU."""
    layer = Maxout(3, 3, 2)
    with torch.no_grad():
        layer.pieces[0].weight.copy_(torch.eye(3))
        layer.pieces[1].weight.zero_()
        layer.pieces[0].bias.zero_(), layer.pieces[1].bias.zero_()
    x = torch.tensor([[-1000.0, 0.5, 1000.0]])
    assert torch.equal(layer(x), x.clamp(min=0))


def test_it_takes_the_largest_and_not_the_largest_in_size():
    """-3 is smaller than 1."""
    assert maxout(torch.tensor([[-3.0], [1.0]])).tolist() == [1]


def test_derivative_is_one_at_the_winner():
    """maxout_grad is what autograd finds, also at a tie, where the first piece wins."""
    z = torch.tensor([[1.0, 2.0, 5.0], [3.0, 2.0, 4.0], [2.0, 2.0, 5.0]], requires_grad=True)
    (expected,) = torch.autograd.grad(maxout(z).sum(), z)
    assert torch.equal(maxout_grad(z), expected)
    assert maxout_grad(z).tolist() == [[0, 1, 1], [1, 0, 0], [0, 0, 0]]


def test_gradcheck():
    """Finite differences in double precision, through the layer and all its pieces."""
    torch.manual_seed(0)
    layer = Maxout(3, 2, 3).double()
    x = torch.randn(4, 3, dtype=torch.double, requires_grad=True)
    assert gradcheck(layer, x)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_dtype_and_memory_layout(dtype):
    """The dtype is kept; a transposed stack gives what its copy gives."""
    z = torch.randn(4, 3, 2).to(dtype).transpose(0, 1)
    assert maxout(z).dtype == maxout_grad(z).dtype == dtype
    assert torch.equal(maxout(z), z.contiguous().amax(0))


def test_bad_input_is_named():
    """No piece, integers, a number of pieces that is none."""
    with pytest.raises(ValueError, match=r"z has shape \(0, 3\); it must be \(pieces, N, ...\)"):
        maxout(torch.zeros(0, 3))
    with pytest.raises(TypeError, match=r"z has dtype torch.int64"):
        maxout(torch.zeros(2, 3).long())
    with pytest.raises(ValueError, match="num_pieces=0 must be a whole number of at least 1"):
        Maxout(3, 2, 0)
    with pytest.raises(TypeError, match=r"num_pieces=2.5 must be a whole number"):
        Maxout(3, 2, 2.5)
