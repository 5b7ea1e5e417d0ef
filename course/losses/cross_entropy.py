"""Softmax cross-entropy loss, safe for logits of any size.

    p_j = e^(s_j) / sum over k of e^(s_k)        L = 1/N * sum over rows i of -log p_i,y_i

Adding a constant to all logits of a row changes nothing, so the largest is subtracted first: the largest
exponential is then e^0 = 1, and none overflows.
"""

from torch import Tensor
from torch.nn.functional import one_hot

from course.checks import as_class_indices, check_floating_point


def log_softmax(logits: Tensor) -> Tensor:
    """log p of each class, over the last dimension: (..., C) -> (..., C)."""
    check_floating_point("logits", logits)
    if logits.numel() == 0:
        return logits
    shifted = logits - logits.detach().amax(dim=-1, keepdim=True)
    return shifted - shifted.exp().sum(dim=-1, keepdim=True).log()


def softmax(logits: Tensor) -> Tensor:
    """p of each class, over the last dimension: (..., C) -> (..., C); each row is positive and sums to 1."""
    return log_softmax(logits).exp()


def cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Minus the log of the probability that the right class was given.

    Args:
        logits: (N, C), one row a sample.
        target: (N,), integers: the right class of each row.

    Returns:
        The mean over the rows, a scalar; log C where all classes are equally likely.

    Raises:
        TypeError: logits are not floating point numbers, or target not integers.
        ValueError: a shape does not fit, or a class is not in 0 .. C - 1.
    """
    target = as_class_indices("logits", logits, target)
    return -log_softmax(logits).gather(1, target[:, None]).mean()


def cross_entropy_grad(logits: Tensor, target: Tensor) -> Tensor:
    """dL / dlogits, (N, C): (p - 1) / N at the right class, p / N elsewhere. Arguments as `cross_entropy`."""
    target = as_class_indices("logits", logits, target)
    N, C = logits.shape
    return (softmax(logits) - one_hot(target, C)) / N
