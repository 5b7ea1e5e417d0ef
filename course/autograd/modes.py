"""Forward and reverse mode of automatic differentiation: from inputs to results, or back.

    forward mode   one pass gives a Jacobian-vector product J v: with v = e_i, column i of the Jacobian
    reverse mode   one pass gives a vector-Jacobian product u J: with u = e_j, row j of it

So a function of n inputs and m outputs takes n passes forward or m passes in reverse. Backpropagation is
reverse mode with m = 1 (Baydin, Pearlmutter, Radul & Siskind 2018, sections 3.1 and 3.2).
"""

import warnings
from collections.abc import Callable

import torch
from torch import Tensor

from .engine import Value, topological


def tangents(root: Value, leaf: Value) -> dict[Value, float]:
    """Forward mode on a graph of numbers: the derivative of every value below root with respect to one leaf.

    Each value receives, from each of its inputs, `derivative * tangent of the input`. One pass serves one
    leaf and all results; a value that does not depend on the leaf has the tangent 0.
    """
    found = {}
    for value in topological(root):
        found[value] = sum((slope * found[source] for source, slope in value.inputs), float(value is leaf))
    return found


def forward_jacobian(f: Callable[[Tensor], Tensor], x: Tensor) -> tuple[Tensor, int]:
    """The Jacobian by forward mode (`torch.func.jvp`), and how many passes it took: one for each input.

    Args:
        f: takes a vector (inputs,), gives a vector (outputs,).
        x: (inputs,), floating point.

    Returns:
        The Jacobian, (outputs, inputs), and the number of passes.

    Raises:
        ValueError: x is no vector, or f does not give one.
    """
    _check_vector("x", x)
    columns = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # torch's own, of torch.jit, when jvp is first used
        for unit in torch.eye(len(x), dtype=x.dtype):
            value, column = torch.func.jvp(f, (x,), (unit,))
            _check_vector("f(x)", value)
            columns.append(column)
    return torch.stack(columns, dim=1), len(columns)


def reverse_jacobian(f: Callable[[Tensor], Tensor], x: Tensor) -> tuple[Tensor, int]:
    """The Jacobian by reverse mode (`torch.func.vjp`), and how many passes back it took: one for each output.

    Arguments, results and errors as in `forward_jacobian`.
    """
    _check_vector("x", x)
    value, back = torch.func.vjp(f, x)
    _check_vector("f(x)", value)
    rows = [back(unit)[0] for unit in torch.eye(len(value), dtype=value.dtype)]
    return torch.stack(rows), len(rows)


def _check_vector(name: str, vector: Tensor) -> None:
    if vector.dim() != 1 or not len(vector) or not vector.is_floating_point():
        raise ValueError(
            f"{name} is {vector.dtype} of shape {tuple(vector.shape)}; it must be a vector of floats"
        )
