"""Copies of what a question hands over and gets back: nobody changes what another one holds.

Results come back in one form: an iterator as a list, nested lists of numbers as an array, a tensor as an
array where only arrays went in.
"""

import sys
from itertools import islice

import numpy as np

MOST_ITEMS = 100_000  # of an iterator that comes back


def copied(value: object) -> object:
    """A copy of the arrays and plain tensors in a value, also in lists, tuples and dicts; all else as it is.

    A tensor that requires a gradient stays the same object: the question looks at its gradient.
    """
    if isinstance(value, np.ndarray):
        return value.copy(order="K") if type(value) is np.ndarray else value
    if type(value) in (list, tuple):
        return type(value)(map(copied, value))
    if type(value) is dict:
        return {key: copied(item) for key, item in value.items()}
    if isinstance(value, tensor_type()) and not value.requires_grad and not value.is_meta:
        return value.clone()
    return value


def settled(result: object, as_arrays: bool) -> object:
    """A result in one form: iterators as lists, lists of numbers as arrays, tensors as arrays if asked for.

    Raises:
        ValueError: an iterator without an end.
    """
    if isinstance(result, np.matrix):
        return np.asarray(result)
    if hasattr(result, "__next__"):
        items = list(islice(result, MOST_ITEMS + 1))
        if len(items) > MOST_ITEMS:
            raise ValueError(f"the iterator that came back gives more than {MOST_ITEMS:,} items")
        result = items
    if type(result) is tuple:
        return tuple(settled(item, as_arrays) for item in result)
    if type(result) is list:
        items = [settled(item, as_arrays) for item in result]
        return _array(items, result)
    if type(result) is dict:
        return {key: settled(item, as_arrays) for key, item in result.items()}
    if isinstance(result, tensor_type()) and as_arrays:
        try:
            return result.detach().cpu().numpy()
        except (TypeError, RuntimeError):  # a dtype or layout that NumPy does not know
            return result
    return result


def _array(items: list, result: list) -> object:
    """A list of numbers, or of lists of numbers of one length, as an array; other lists as they are."""
    numbers = all(isinstance(item, bool | int | float | np.number | np.bool_) for item in items)
    rows = all(
        isinstance(item, np.ndarray) and isinstance(given, list)
        for item, given in zip(items, result, strict=True)
    )
    if not items or not (numbers or (rows and len({item.shape for item in items}) == 1)):
        return items
    array = np.array(items)
    return array if array.dtype.kind in "biuf" else items  # integers may be too large for NumPy


def same(left: object, right: object) -> bool:
    """Whether two values hold the same numbers; NaN is the same as NaN. True for what cannot be compared."""
    if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
        if left.shape != right.shape or left.dtype != right.dtype:
            return False
        if np.array_equal(left, right):
            return True
        return left.dtype.kind in "fc" and bool(np.array_equal(left, right, equal_nan=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    tensor = tensor_type()
    if isinstance(left, tensor) and isinstance(right, tensor) and not left.requires_grad:
        return left.shape == right.shape and bool(((left == right) | (left != left)).all())
    return True


def tensor_type() -> type | tuple:
    """`torch.Tensor` where torch is loaded; else what nothing is an instance of."""
    torch = sys.modules.get("torch")
    return getattr(torch, "Tensor", ())
