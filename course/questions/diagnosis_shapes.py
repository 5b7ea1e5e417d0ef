"""Shape diagnosis: right numbers in another shape, an axis not summed over, a row too few or too many."""

from collections.abc import Callable
from itertools import permutations

import numpy as np

from course.errors import quantity

from .compare import wrong_numbers

MOST_AXES = 4  # of which all orders are tried
MOST_VALUES = 6  # that a function returns where one is asked for


def told_by_shapes(pairs: list[tuple], rtol: float, atol: float) -> str | None:
    """What the arrays' shapes have in common for all inputs; None when the numbers are others, too."""

    def equal(right: np.ndarray, own: np.ndarray) -> bool:
        return right.shape == own.shape and not wrong_numbers(right, own, rtol, atol).any()

    if any(right.size == 0 or own.size == 0 for right, own in pairs):
        return None
    right, own = pairs[0]
    shapes = f"the shape is {own.shape}, expected {right.shape}"
    if all(e.size == a.size and equal(e.ravel(), a.ravel()) for e, a in pairs):
        if right.ndim == 0:
            return f"one number is asked for, not an array of one: {shapes}"
        axis = _squeezed(right) == _squeezed(own)
        why = "an axis of length 1 is too many or too few (keepdims, reshape?)" if axis else "reshaped"
        return f"the numbers are right, but {shapes}: {why}"
    if all(_turned(e, a, equal) for e, a in pairs):
        words = "transposed" if right.ndim == 2 else "its axes are in another order"
        return f"{words}: {shapes}"
    for name, reduce in (("sum", np.sum), ("mean", np.mean), ("maximum", np.max)):
        for axis in (None, *range(min(own.ndim, MOST_AXES))):
            if all(a.ndim > (axis or 0) and equal(e, np.asarray(reduce(a, axis=axis))) for e, a in pairs):
                return f"a {name} {'' if axis is None else f'over axis {axis} '}is missing: {shapes}"
    return _one_line(pairs, shapes, equal)


def told_by_another_shape(pairs: list[tuple] | None) -> str | None:
    """The first shape that is another than expected; None without one, and where a value is no array."""
    shapes = ((own.shape, right.shape) for right, own in pairs or () if own.shape != right.shape)
    alone = "one number is asked for: "
    told = (f"{'' if right else alone}the shape is {own}, expected {right}" for own, right in shapes)
    return next(told, None)


def told_by_listed_shapes(pairs: list[tuple]) -> str:
    """What is wrong with a shape that is the answer, such as [2, 16, 5, 7]; the right one is not shown."""
    right, own = (array.tolist() for array in pairs[0])
    yours = f"yours is {tuple(own)}"
    if len(own) != len(right):
        return f"{yours}: {quantity(len(own), 'axis', 'axes')} in place of {len(right)}"
    if sorted(own) == sorted(right):
        return f"{yours}: the axes stand in another order"
    axes = list(enumerate(zip(right, own, strict=True)))
    words = {
        "too long": [str(axis) for axis, (e, a) in axes if a > e],
        "too short": [str(axis) for axis, (e, a) in axes if a < e],
    }
    told = [f"axis {' and '.join(wrong_axes)} {word}" for word, wrong_axes in words.items() if wrong_axes]
    return f"{yours}: {', '.join(told)}"


def told_by_length(pairs: list[tuple]) -> str | None:
    """A list that has one item less than expected, or one more, for all inputs."""
    if not all(isinstance(item, list) for pair in pairs for item in pair):
        return None
    gaps = {len(own) - len(right) for right, own in pairs}
    words = {-1: "one part too few", 1: "one part too many"}
    return words.get(gaps.pop()) if len(gaps) == 1 else None


def told_by_values(pairs: list[tuple], same: Callable) -> str | None:
    """Several values where one is asked for, and it is among them."""
    values = [_items(own) for _, own in pairs]
    if not all(2 <= len(own) <= MOST_VALUES for own in values):
        return None
    for place in range(min(map(len, values))):
        if all(same(right, own[place]) for (right, _), own in zip(pairs, values, strict=True)):
            return f"{len(values[0])} values where one is asked for: value {place + 1} of them is right"
    return None


def _items(value: object) -> list:
    if isinstance(value, np.ndarray):
        return list(value) if value.ndim > 1 else np.ravel(value).tolist()
    return value if isinstance(value, list) else []


def _squeezed(array: np.ndarray) -> tuple:
    return tuple(length for length in array.shape if length != 1)


def _turned(right: np.ndarray, own: np.ndarray, equal) -> bool:
    if right.ndim != own.ndim or not 2 <= own.ndim <= MOST_AXES or sorted(right.shape) != sorted(own.shape):
        return False
    return any(equal(right, own.transpose(order)) for order in permutations(range(own.ndim)))


def _one_line(pairs: list[tuple], shapes: str, equal) -> str | None:
    """One row too few or too many at the beginning or the end of an axis."""
    for axis in range(min(pairs[0][0].ndim, pairs[0][1].ndim, MOST_AXES)):
        for where, cut in (("end", slice(None, -1)), ("beginning", slice(1, None))):
            index = (slice(None),) * axis + (cut,)
            for word, few in (("few", True), ("many", False)):
                if all(
                    e.ndim == a.ndim and equal(e[index], a)
                    if few
                    else a.ndim == e.ndim and equal(e, a[index])
                    for e, a in pairs
                ):
                    along = f" of axis {axis}" if pairs[0][0].ndim > 1 else ""
                    return f"one too {word} at the {where}{along}; the others are right: {shapes}"
    return None
