"""What the neighbours ask of their arguments: one line with name, value and what is allowed, or no word."""

import torch
from torch import Tensor


def as_rows(argument: str, X: object) -> Tensor:
    """X (N, D) in the dtype that distances are computed in: float64 stays, other floats become float32.

    Raises:
        TypeError: X is no tensor, or holds whole numbers (in uint8, 3 - 5 is 254).
        ValueError: another rank, or no columns.
    """
    if not isinstance(X, Tensor):
        raise TypeError(f"{argument} must be a torch tensor, not {type(X).__name__}")
    if not X.is_floating_point():
        raise TypeError(f"{argument} has dtype {X.dtype}; it must be a floating point dtype")
    if X.dim() != 2 or X.shape[1] == 0:
        raise ValueError(f"{argument} has shape {tuple(X.shape)}; it must be (N, D), for images flatten(1)")
    return X if X.dtype == torch.float64 else X.float()


def check_columns(argument: str, X: Tensor, columns: int) -> None:
    """Raise a ValueError unless X (N, D) has so many columns."""
    if X.shape[1] != columns:
        raise ValueError(f"{argument} has {X.shape[1]} columns; it must have {columns}, as the other side")


def finite_lengths(argument: str, X: Tensor, order: int) -> Tensor:
    """Lengths (N,) of the rows of X (N, D), in the norm of this order.

    Raises:
        ValueError: no rows, or a length that is not finite.
    """
    if len(X) == 0:
        raise ValueError(f"{argument} has shape {tuple(X.shape)}; it must have at least one row")
    lengths = torch.linalg.vector_norm(X, ord=order, dim=1)
    wrong = lengths.isfinite().logical_not().nonzero()
    if len(wrong):
        raise ValueError(f"row {int(wrong[0])} of {argument} holds values that are not finite, or too large")
    return lengths
