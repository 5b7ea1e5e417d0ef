"""Layer normalisation: torch is the oracle, forward and backward."""

import pytest
import torch
import torch.nn.functional as F

from course.nn import LayerNorm
from course.nn.batch_norm import batch_norm_forward
from course.nn.layer_norm import standardize


def normal(*shape):
    return 3 + 5 * torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.mark.parametrize("shape", [(6,), (5, 6), (2, 3, 6)])
@pytest.mark.parametrize("eps", [1e-5, 0.3])
def test_values_and_gradients_are_torchs(shape, eps):
    """For any leading shape, and for an eps that shows; the state has torch's keys."""
    ours, theirs = LayerNorm(6, eps).double(), torch.nn.LayerNorm(6, eps).double()
    state = {"weight": normal(6), "bias": normal(6)}
    ours.load_state_dict(state)
    theirs.load_state_dict(state)
    results = []
    for layer in (ours, theirs):
        x = normal(*shape).requires_grad_()
        out = layer(x)
        out.backward(normal(*shape).flip(-1))
        results.append([out, x.grad, layer.weight.grad, layer.bias.grad])
    for mine, oracle in zip(*results, strict=True):
        torch.testing.assert_close(mine, oracle)


def test_along_the_batch_it_is_batch_norm():
    """Along dimension 0 the numbers are those of batch norm, along dimension 1 of layer norm."""
    x = normal(7, 4)
    ones, zeros = torch.ones(4, dtype=x.dtype), torch.zeros(4, dtype=x.dtype)
    torch.testing.assert_close(standardize(x, 0), batch_norm_forward(x, ones, zeros)[0])
    torch.testing.assert_close(standardize(x, 0, 0.2), F.batch_norm(x, None, None, training=True, eps=0.2))
    torch.testing.assert_close(standardize(x, 1), F.layer_norm(x, (4,)))


def test_an_image_alone_is_what_it_is_in_a_batch():
    """No other image enters, in training or in testing."""
    layer, x = LayerNorm(4).double(), normal(7, 4)
    for mode in (True, False):
        torch.testing.assert_close(layer.train(mode)(x)[:1], layer(x[:1]))


def test_what_does_not_fit_is_refused():
    """Another number of units, and whole numbers, are one clear line."""
    with pytest.raises(ValueError, match=r"x has shape \(2, 3\); its last dimension must be 4"):
        LayerNorm(4)(torch.zeros(2, 3))
    with pytest.raises(TypeError, match=r"x has dtype torch\.int64"):
        LayerNorm(4)(torch.zeros(2, 4, dtype=torch.int64))
    with pytest.raises(ValueError, match="num_features=0 must be a whole number of at least 1"):
        LayerNorm(0)
