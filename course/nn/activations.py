"""Activation functions, each with its derivative beside it, then the same functions as layers.

The functions are to be read. f is written as its formula, f' as `f_grad` above it, and autograd is told to
use f': what is derived on the blackboard gives the gradient. All are finite, however large the input.
The layers are to be trained with. They run torch's own kernels, which do the same in one pass over the memory
where a formula takes about five; the tests hold the two equal in value and gradient.

Sources: scaled tanh LeCun et al. 1998, "Gradient-based learning applied to document recognition",
Appendix A; Leaky ReLU Maas et al. 2013; ELU Clevert et al. 2016.
At a kink the derivative is the one that torch uses: relu'(0) = 0, leaky_relu'(0) = negative_slope,
elu'(0) = alpha. Deviation from torch: the slope of Leaky ReLU is 0.1 as in the lecture, not 0.01.
"""

from collections.abc import Callable
from functools import wraps
from inspect import signature

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course.checks import check_floating_point


class _Elementwise(torch.autograd.Function):
    """y = f(x) forward, dx = dy * f'(x) backward: the chain rule for a function of one number."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x, f, derivative, *parameters):
        return f(x, *parameters)

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, _, ctx.derivative, *ctx.parameters = inputs
        ctx.save_for_backward(x)

    @staticmethod
    def backward(ctx, dy):
        (x,) = ctx.saved_tensors
        dx = dy * ctx.derivative(x, *ctx.parameters)
        return dx, None, None, *(None for _ in ctx.parameters)


def with_derivative(derivative: Callable[..., Tensor]) -> Callable[[Callable], Callable]:
    """Make autograd use `derivative` for the decorated function, in place of what it would record."""

    def decorate(f):
        arguments = signature(f)

        @wraps(f)
        def activation(*args, **kwargs):
            bound = arguments.bind(*args, **kwargs)
            bound.apply_defaults()
            x, *parameters = bound.args
            check_floating_point("x", x)
            return _Elementwise.apply(x, f, derivative, *parameters)

        return activation

    return decorate


def sigmoid_grad(x: Tensor) -> Tensor:
    """s (1 - s) with s = sigmoid(x); at most 1/4, at x = 0."""
    s = sigmoid(x)
    return s * (1 - s)


@with_derivative(sigmoid_grad)
def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + e^-x), in (0, 1). For x = -1000, e^1000 is inf and the quotient 0, as it should be."""
    return 1 / (1 + torch.exp(-x))


def tanh_grad(x: Tensor) -> Tensor:
    """1 - tanh(x)^2; at most 1, at x = 0."""
    return 1 - torch.tanh(x) ** 2


@with_derivative(tanh_grad)
def tanh(x: Tensor) -> Tensor:
    """(e^x - e^-x) / (e^x + e^-x) = 2 sigmoid(2x) - 1, in (-1, 1)."""
    return torch.tanh(x)


def scaled_tanh_grad(x: Tensor) -> Tensor:
    """1.7159 * 2/3 * (1 - tanh(2x/3)^2); at most 1.1439, at x = 0."""
    return 1.7159 * 2 / 3 * (1 - torch.tanh(2 / 3 * x) ** 2)


@with_derivative(scaled_tanh_grad)
def scaled_tanh(x: Tensor) -> Tensor:
    """1.7159 tanh(2x/3): f(1) = 1 and f(-1) = -1 to four digits, where its curvature is largest."""
    return 1.7159 * torch.tanh(2 / 3 * x)


def relu_grad(x: Tensor) -> Tensor:
    """1 where x > 0, else 0."""
    return (x > 0).to(x.dtype)


@with_derivative(relu_grad)
def relu(x: Tensor) -> Tensor:
    """max(0, x)."""
    return x.clamp(min=0)


def leaky_relu_grad(x: Tensor, negative_slope: float = 0.1) -> Tensor:
    """1 where x > 0, else the slope."""
    positive = (x > 0).to(x.dtype)
    return positive + negative_slope * (1 - positive)


@with_derivative(leaky_relu_grad)
def leaky_relu(x: Tensor, negative_slope: float = 0.1) -> Tensor:
    """x where x > 0, else slope * x. (max(slope * x, x) is the same only for slopes up to 1.)"""
    return x.clamp(min=0) + negative_slope * x.clamp(max=0)


def elu_grad(x: Tensor, alpha: float = 1.0) -> Tensor:
    """1 where x > 0, else alpha e^x."""
    positive = (x > 0).to(x.dtype)
    return positive + alpha * torch.exp(x.clamp(max=0)) * (1 - positive)


@with_derivative(elu_grad)
def elu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """x where x > 0, else alpha (e^x - 1). The clamp keeps a large x away from the exponential."""
    return x.clamp(min=0) + alpha * torch.expm1(x.clamp(max=0))


def softplus_grad(x: Tensor) -> Tensor:
    """sigmoid(x)."""
    return sigmoid(x)


@with_derivative(softplus_grad)
def softplus(x: Tensor) -> Tensor:
    """log(1 + e^x) = log(e^0 + e^x): a smooth ReLU, never below it."""
    return torch.logaddexp(x, torch.zeros_like(x))


class Sigmoid(nn.Module):
    """`sigmoid` as a layer; any shape in, the same shape out."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(x)


class Tanh(nn.Module):
    """`tanh` as a layer; any shape in, the same shape out."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(x)


class ScaledTanh(nn.Module):
    """`scaled_tanh` as a layer, the squashing function of LeNet-5; any shape in, the same shape out."""

    def forward(self, x: Tensor) -> Tensor:
        return 1.7159 * torch.tanh(2 / 3 * x)


class ReLU(nn.Module):
    """`relu` as a layer; any shape in, the same shape out."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x)


class LeakyReLU(nn.Module):
    """`leaky_relu` as a layer; any shape in, the same shape out."""

    def __init__(self, negative_slope: float = 0.1):
        super().__init__()
        self.negative_slope = negative_slope

    def forward(self, x: Tensor) -> Tensor:
        return F.leaky_relu(x, self.negative_slope)

    def extra_repr(self) -> str:
        return f"negative_slope={self.negative_slope}"


class ELU(nn.Module):
    """`elu` as a layer; any shape in, the same shape out."""

    def __init__(self, alpha: float = 1.0):
        super().__init__()
        self.alpha = alpha

    def forward(self, x: Tensor) -> Tensor:
        return F.elu(x, self.alpha)

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}"


class Softplus(nn.Module):
    """`softplus` as a layer; any shape in, the same shape out."""

    def forward(self, x: Tensor) -> Tensor:
        return F.softplus(x)
