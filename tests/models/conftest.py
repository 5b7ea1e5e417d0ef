"""What the tests of several families measure: parameters, multiply-adds, equality with another net."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode


def _parameters(builder, **options):
    with torch.device("meta"):
        model = builder(**options)
    return sum(parameter.numel() for parameter in model.parameters())


def _multiply_adds(builder, size=224, **options):
    with torch.device("meta"):
        model = builder(**options)
        with FlopCounterMode(display=False) as counter:
            model.eval()(torch.empty(1, 3, size, size))
    return counter.get_total_flops() / 2


def _run(model, x):
    """Outputs, one after the other in a tuple, and the gradients of the input and of all parameters."""
    x = x.clone().requires_grad_()
    torch.manual_seed(1)
    outputs = model(x)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    sum(output.square().sum() for output in outputs).backward()
    gradients = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    model.zero_grad()
    return outputs, gradients | {"input": x.grad}


def _assert_same_net(model, other, sizes, training=(False, True)):
    """The weights of `other` load into `model`, and both give the same outputs and gradients to 1e-5."""
    torch.manual_seed(0)
    for parameter in other.parameters():
        if parameter.ndim == 1:  # batch norms that are the identity, and zero biases, would hide mistakes
            parameter.data += 0.1 * torch.randn_like(parameter)
    model.load_state_dict(other.state_dict(), strict=True)
    for mode in training:
        model.train(mode), other.train(mode)
        for size in sizes:
            height, width = (size, size) if isinstance(size, int) else size
            x = torch.randn(2, 3, height, width, dtype=next(model.parameters()).dtype)
            outputs, gradients = _run(model, x)
            expected_outputs, expected_gradients = _run(other, x)
            torch.testing.assert_close(outputs, expected_outputs, rtol=1e-5, atol=1e-5)
            assert gradients.keys() == expected_gradients.keys()
            for name, expected in expected_gradients.items():
                tolerance = 1e-5 * max(expected.abs().max().item(), 1e-8)  # some gradients are zero
                torch.testing.assert_close(gradients[name], expected, rtol=0, atol=tolerance, msg=name)
    for name, expected in other.state_dict().items():
        torch.testing.assert_close(model.state_dict()[name], expected, rtol=1e-5, atol=1e-5, msg=name)


@pytest.fixture
def parameters():
    """`parameters(builder, **options)`: the number of trainable values, counted without memory."""
    return _parameters


@pytest.fixture
def multiply_adds():
    """`multiply_adds(builder, size=224, **options)`: by torch's FLOP counter, without memory."""
    return _multiply_adds


@pytest.fixture
def assert_same_net():
    """`assert_same_net(model, other, sizes)`: equal outputs and gradients."""
    return _assert_same_net
