"""Batch norm by hand: torch's layers, autograd and finite differences are the oracles."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.autograd import gradcheck

from course.nn import BatchNorm1d, BatchNorm2d
from course.nn.batch_norm import (
    _BatchNormFunction,
    batch_norm_backward,
    batch_norm_forward,
    batch_norm_inference,
)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def pair(shape, seed=0, **arguments):
    """Our layer and torch's with the same weights, none of them 0 or 1."""
    ours, theirs = (BatchNorm2d, nn.BatchNorm2d) if len(shape) == 4 else (BatchNorm1d, nn.BatchNorm1d)
    ours, theirs = ours(shape[1], **arguments), theirs(shape[1], **arguments)
    with torch.no_grad():
        theirs.weight.copy_(1 + torch.rand(shape[1], generator=seeded(seed)))
        theirs.bias.copy_(torch.randn(shape[1], generator=seeded(seed + 1)))
    ours.load_state_dict(theirs.state_dict())
    return ours.double(), theirs.double()


def run(layer, x, dout):
    """Output and the gradients of input, weight and bias."""
    x = x.detach().clone().requires_grad_()
    out = layer(x)
    return out, *torch.autograd.grad(out, (x, layer.weight, layer.bias), dout)


@given(
    shape=st.one_of(
        st.tuples(st.integers(2, 6), st.integers(1, 4)),
        st.tuples(st.integers(2, 4), st.integers(1, 4), st.integers(1, 5)),
        st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(2, 5), st.integers(1, 5)),
    ),
    seed=st.integers(0, 1000),
    eps=st.sampled_from([1e-5, 0.5]),
    momentum=st.sampled_from([0.0, 0.1, 0.7, 1.0]),
)
@settings(deadline=None, max_examples=25)
def test_equals_torch_in_training_and_evaluation(shape, seed, eps, momentum):
    """Outputs, gradients and running statistics over three batches, then in evaluation."""
    ours, theirs = pair(shape, seed, eps=eps, momentum=momentum)
    for step in range(4):
        if step == 3:
            ours.eval(), theirs.eval()
        x = 3 + 2 * torch.randn(shape, dtype=torch.double, generator=seeded(seed + step))
        dout = torch.randn(shape, dtype=torch.double, generator=seeded(seed + step + 10))
        for got, expected in zip(run(ours, x, dout), run(theirs, x, dout), strict=True):
            torch.testing.assert_close(got, expected, rtol=1e-6, atol=1e-8)
        for key, expected in theirs.state_dict().items():
            torch.testing.assert_close(ours.state_dict()[key], expected, msg=key)


def test_state_is_torch_s_key_by_key():
    """The state goes both ways between ours and torch's."""
    assert list(BatchNorm2d(3).state_dict()) == list(nn.BatchNorm2d(3).state_dict())
    for key, value in nn.BatchNorm2d(3).state_dict().items():
        assert torch.equal(BatchNorm2d(3).state_dict()[key], value)


@pytest.mark.parametrize("shape", [(5, 3), (2, 3, 4), (2, 3, 2, 3)])
def test_backward_passes_gradcheck(shape):
    """Finite differences in double precision agree with the gradients by hand."""
    x = torch.randn(shape, dtype=torch.double, generator=seeded(1), requires_grad=True)
    weight = torch.tensor([0.5, 1.5, -2.0], dtype=torch.double, requires_grad=True)
    bias = torch.tensor([0.1, -1.0, 2.0], dtype=torch.double, requires_grad=True)
    assert gradcheck(lambda *inputs: _BatchNormFunction.apply(*inputs, 1e-2)[0], (x, weight, bias))


def test_functions_are_what_autograd_finds():
    """Forward and backward called by hand, against autograd through the forward pass."""
    x = torch.randn(4, 3, 2, 5, dtype=torch.double, generator=seeded(2), requires_grad=True)
    weight = torch.rand(3, dtype=torch.double, generator=seeded(3), requires_grad=True)
    bias = torch.rand(3, dtype=torch.double, generator=seeded(4), requires_grad=True)
    dout = torch.randn(x.shape, dtype=torch.double, generator=seeded(5))
    out, cache = batch_norm_forward(x, weight, bias)
    expected = torch.autograd.grad(out, (x, weight, bias), dout)
    for got, wanted in zip(batch_norm_backward(dout, cache), expected, strict=True):
        torch.testing.assert_close(got, wanted)


def test_each_channel_gets_mean_bias_and_spread_weight():
    """After training-mode normalisation a channel's mean is beta, its biased variance gamma^2."""
    x = 5 + 7 * torch.randn(6, 2, 4, 4, dtype=torch.double, generator=seeded(6))
    weight, bias = torch.tensor([2.0, 0.5]).double(), torch.tensor([-1.0, 3.0]).double()
    out, cache = batch_norm_forward(x, weight, bias, eps=1e-12)
    torch.testing.assert_close(out.mean((0, 2, 3)), bias)
    torch.testing.assert_close(out.var((0, 2, 3), correction=0), weight**2)
    torch.testing.assert_close(cache.var, x.var((0, 2, 3), correction=0))


def test_running_variance_is_unbiased():
    """Two values a channel, 0 and 2: the batch's variance is 1, the averaged one 2."""
    layer = BatchNorm1d(1, momentum=1.0)
    layer(torch.tensor([[0.0], [2.0]]))
    assert layer.running_var.item() == pytest.approx(2)
    assert layer.running_mean.item() == pytest.approx(1)
    assert layer.num_batches_tracked.item() == 1


def test_evaluation_changes_no_statistics_and_takes_one_sample():
    """In evaluation a batch of one is fine, and its result depends on nothing else in the batch."""
    layer = BatchNorm1d(3)
    layer(torch.randn(8, 3, generator=seeded(7)))
    layer.eval()
    before = {key: value.clone() for key, value in layer.state_dict().items()}
    x = torch.randn(4, 3, generator=seeded(8))
    torch.testing.assert_close(layer(x)[:1], layer(x[:1]))
    assert layer(x[:0]).shape == (0, 3)
    assert all(torch.equal(value, before[key]) for key, value in layer.state_dict().items())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("training", [True, False])
def test_half_precision_is_computed_in_float32(dtype, training):
    """Inputs whose squared distances from the mean overflow float16 stay within a few roundings."""
    x = (1000 + 400 * torch.randn(16, 3, 4, 4, generator=seeded(9))).to(dtype)
    layer = BatchNorm2d(3).train(training)
    reference = nn.BatchNorm2d(3).double().train(training)
    for module in (layer, reference):
        module.running_mean.fill_(990)
        module.running_var.fill_(2000)
    dout = torch.randn(x.shape, generator=seeded(11)).to(dtype)
    got, expected = run(layer, x, dout), run(reference, x.double(), dout.double())
    assert got[0].dtype == got[1].dtype == dtype
    eps = torch.finfo(dtype).eps
    for a, b in zip(got[:2], expected[:2], strict=True):
        torch.testing.assert_close(a.double(), b, rtol=eps, atol=3 * eps * b.abs().max().item())


def test_constant_channels_and_far_values_are_finite():
    """A channel without spread gives beta, not NaN; so do inputs of +-1000."""
    x = torch.full((4, 2), 1000.0)
    x[:, 1] = torch.tensor([-1000.0, 1000, -1000, 1000])
    out, dx, dweight, dbias = run(BatchNorm1d(2), x, torch.ones_like(x))
    assert out[:, 0].tolist() == [0, 0, 0, 0]
    assert out[:, 1].tolist() == pytest.approx([-1, 1, -1, 1])
    assert all(torch.isfinite(gradient).all() for gradient in (dx, dweight, dbias))


def test_non_contiguous_input():
    """A transposed input gives what its copy gives."""
    x = torch.randn(3, 6, dtype=torch.double, generator=seeded(10)).T
    weight, bias = torch.rand(3, dtype=torch.double), torch.rand(3, dtype=torch.double)
    assert not x.is_contiguous()
    torch.testing.assert_close(
        batch_norm_forward(x, weight, bias)[0], batch_norm_forward(x.contiguous(), weight, bias)[0]
    )


def test_a_second_derivative_is_refused():
    """The backward pass by hand cannot be differentiated; that is an error, not a wrong number."""
    layer = BatchNorm1d(2)
    x = torch.randn(4, 2, requires_grad=True)
    (dx,) = torch.autograd.grad(layer(x).square().sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        dx.sum().backward()


def test_bad_input_is_named():
    """Rank, channels, dtype, a batch without spread, momentum."""
    with pytest.raises(ValueError, match=r"x has shape \(1, 3\), 1 values a channel; training needs"):
        BatchNorm1d(3)(torch.zeros(1, 3))
    with pytest.raises(ValueError, match=r"x has shape \(0, 3\), 0 values a channel"):
        BatchNorm1d(3)(torch.zeros(0, 3))
    with pytest.raises(ValueError, match=r"x has shape \(2, 3, 4\); it must be \(N, C, H, W\)"):
        BatchNorm2d(3)(torch.zeros(2, 3, 4))
    with pytest.raises(ValueError, match=r"x has shape \(2, 3, 4, 5\); it must be \(N, C\) or \(N, C, L\)"):
        BatchNorm1d(3)(torch.zeros(2, 3, 4, 5))
    with pytest.raises(ValueError, match=r"x has shape \(2, 4\); it must have 3 channels in dimension 1"):
        BatchNorm1d(3)(torch.zeros(2, 4))
    with pytest.raises(TypeError, match=r"x has dtype torch.int64"):
        batch_norm_inference(torch.zeros(2, 1).long(), *torch.ones(4, 1))
    with pytest.raises(ValueError, match=r"momentum=1.5 must be between 0 and 1"):
        BatchNorm1d(3, momentum=1.5)
    with pytest.raises(ValueError, match="num_features=0 must be a whole number of at least 1"):
        BatchNorm1d(0)


@pytest.mark.parametrize("eps", [-1, float("nan"), float("inf"), "a", None])
def test_an_eps_that_is_none(eps):
    """What is added to a variance is a finite number of at least 0."""
    with pytest.raises((TypeError, ValueError), match="eps="):
        BatchNorm1d(3, eps=eps)
    with pytest.raises(TypeError, match="momentum=None must be a number"):
        BatchNorm1d(3, momentum=None)


def test_a_state_without_its_counter_loads():
    """Files of before 2018 have none; the counter starts at 0, as in torch."""
    state = torch.nn.BatchNorm1d(3).state_dict()
    del state["num_batches_tracked"]
    layer = BatchNorm1d(3)
    layer(torch.randn(4, 3))
    assert str(layer.load_state_dict(state)) == "<All keys matched successfully>"
    assert layer.num_batches_tracked == 0 and layer.running_mean.abs().sum() == 0
