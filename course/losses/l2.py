"""L2 loss of a prediction (squared error), and the L2 penalty on weights."""

from torch import Tensor

from course.checks import check_floating_point


def mse(input: Tensor, target: Tensor) -> Tensor:
    """The L2 loss: the mean over all elements of (input - target)^2, a scalar.

    Args:
        input: the prediction, of any shape.
        target: what was wanted, of exactly that shape; nothing is broadcast.

    Raises:
        TypeError: one of them is not a tensor of floating point numbers.
        ValueError: the shapes differ, or are empty.
    """
    _check_pair(input, target)
    return ((input - target) ** 2).mean()


def mse_grad(input: Tensor, target: Tensor) -> Tensor:
    """dL / dinput = 2 (input - target) / number of elements. Arguments as for `mse`."""
    _check_pair(input, target)
    return 2 * (input - target) / input.numel()


def l2_penalty(weight: Tensor, strength: float) -> Tensor:
    """strength * sum of weight^2, a scalar to add to a loss.

    As weight_decay of an optimizer it counts double: weight_decay = 2 * strength gives the same gradient.

    Raises:
        TypeError: weight is not a tensor of floating point numbers.
        ValueError: strength is negative.
    """
    _check_strength(weight, strength)
    return strength * (weight**2).sum()


def l2_penalty_grad(weight: Tensor, strength: float) -> Tensor:
    """2 * strength * weight. Arguments as for `l2_penalty`."""
    _check_strength(weight, strength)
    return 2 * strength * weight


def _check_pair(input: Tensor, target: Tensor) -> None:
    check_floating_point("input", input)
    check_floating_point("target", target)
    if input.shape != target.shape or input.numel() == 0:
        shapes = f"input has shape {tuple(input.shape)}, target {tuple(target.shape)}"
        raise ValueError(f"{shapes}; they must be equal, and not empty")


def _check_strength(weight: Tensor, strength: float) -> None:
    check_floating_point("weight", weight)
    if not strength >= 0:
        raise ValueError(f"strength={strength} must be at least 0")
