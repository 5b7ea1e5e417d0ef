"""Numeric diagnosis: how wrong numbers come from the right ones, by a sign, a factor, another order.

Each sentence holds for all inputs of which the numbers are wrong. The most particular is tried first.
"""

from collections.abc import Iterator
from itertools import permutations

import numpy as np

from .diagnosis_relations import told_by_relations

MOST_ROWS = 4  # of which all orders are tried
LEAST_SURPLUS = 1e-3  # by which a factor that is named differs from 1
LEAST_COUNT = 6  # of which n / (n - 1) is told from a factor like 3 / 2
LOW = ("float16", "float32")
ROUNDING = (np.trunc, np.round, np.floor, np.ceil)
RTOL, ATOL = 1e-4, 1e-4  # at most: what a loose question tolerates would fit too many sentences


def told_by_numbers(pairs: list[tuple], sizes: list, rtol: float, atol: float) -> str | None:
    """What all wrong inputs have in common; None when nothing is found.

    Args:
        pairs: right and wrong array of each input, of the same shape.
        sizes: shapes and whole numbers of the arguments, by parameter, for each input.
    """
    close = _Close(min(rtol, RTOL), min(atol, ATOL))
    truths = any("b" in (right.dtype.kind, own.dtype.kind) for right, own in pairs)
    numbers = [(_numbers(right), _numbers(own)) for right, own in pairs]
    if all(right.dtype.kind in "fc" and own.dtype.kind == "b" for right, own in pairs):
        return (
            f"True or False came back, and {'numbers are' if pairs[0][0].ndim else 'a number is'} asked for"
        )
    if truths:
        opposite = all(close(1 - right, own) for right, own in numbers)
        return "yes and no are exchanged" if opposite else _order(numbers, close)
    if any(own.size == 0 for _, own in pairs):
        return None
    integers = all(right.dtype.kind in "iu" for right, _ in pairs)
    return (
        _by_function(numbers, close)
        or _by_precision(pairs)
        or _by_size(numbers, sizes, integers, close)
        or _by_factor(numbers, integers, close)
        or _by_term(numbers, integers, close)
        or _order(numbers, close)
        or told_by_relations(numbers, close)
    )


class _Close:
    """Whether all numbers of two arrays are equal within the tolerance."""

    def __init__(self, rtol: float, atol: float):
        self.rtol, self.atol = rtol, atol

    def __call__(self, right: np.ndarray, own: np.ndarray, scale: float = 1.0) -> bool:
        if right.shape != own.shape:
            return False
        return bool(np.isclose(own, right, self.rtol, self.atol * scale, equal_nan=True).all())


def _numbers(array: np.ndarray) -> np.ndarray:
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def _by_function(pairs: list[tuple], close: _Close) -> str | None:
    """A function that makes the student's numbers of the right ones."""
    functions = (
        ("the sign is wrong", np.negative),
        ("the signs are lost: these are the absolute values", np.abs),
        ("the digits behind the point are lost (int(), //, an array of integers?)", np.trunc),
        ("rounded to whole numbers", np.round),
        ("rounded down to whole numbers", np.floor),
        ("rounded up to whole numbers", np.ceil),
        ("these are the squares of the right numbers", np.square),
        ("these are the square roots of the right numbers", np.sqrt),
        ("these are 1 divided by the right numbers", np.reciprocal),
        ("these are 1 minus the right numbers", lambda right: 1 - right),
        ("these are the logarithms of the right numbers", np.log),
        ("these are the exponentials of the right numbers", np.exp),
    )
    if any("c" in (right.dtype.kind, own.dtype.kind) for right, own in pairs):
        real = all(right.dtype.kind != "c" and close(right, own.real) for right, own in pairs)
        return "the numbers are complex; their real parts are right" if real else None
    flat = any(own.size > 1 and np.ptp(own) == 0 for _, own in pairs)  # all ones are no rounding
    values = {float(number) for _, own in pairs for number in own.flat if own.size == 1}
    flat = flat or values in ({-1.0}, {0.0}, {1.0})  # nor is a single one
    empty = not any(right.any() for right, _ in pairs)  # 1 for 0 is a 1, whatever made it
    for words, function in functions:
        if (flat and function in ROUNDING) or (empty and function not in ROUNDING):
            continue
        if all(own.any() and np.isfinite(own).any() and close(function(right), own) for right, own in pairs):
            return words
    for digits in range(1, 7):
        exact = [np.allclose(np.round(right, digits), own, 1e-7, 1e-10) for right, own in pairs]
        if all(exact) and all(own.any() for _, own in pairs):
            return f"rounded to {digits} {'digit' if digits == 1 else 'digits'} behind the point"
    return None


def _by_precision(pairs: list[tuple]) -> str | None:
    """Right up to what a dtype of few digits can hold."""
    for name in LOW:
        eps = np.finfo(name).eps
        if all(
            own.dtype.name == name
            and np.isfinite(right).all()
            and np.abs(own.astype(np.float64) - right).max() <= 100 * eps * np.abs(right).max()
            for right, own in pairs
        ):
            return f"right but for the few digits of {name}; compute in float64"
    return None


def _ratio(right: np.ndarray, own: np.ndarray, close: _Close) -> float | None:
    """The factor between two arrays, if it is one."""
    if right.dtype.kind == "c" or own.dtype.kind == "c" or not np.isfinite(right).all():
        return None
    place = np.unravel_index(int(np.abs(right).argmax()), right.shape)
    ratio = float(own[place] / right[place]) if right[place] else 0.0
    if not np.isfinite(ratio) or ratio == 0:
        return None
    return ratio if close(right * ratio, own, max(1.0, abs(ratio))) else None


def _by_size(pairs: list[tuple], sizes: list, integers: bool, close: _Close) -> str | None:
    """A factor that is a size of the input, or follows from it; counts are no means."""
    ratios = [_ratio(right, own, close) for right, own in pairs]
    if any(ratio is None for ratio in ratios) or len(sizes) != len(ratios):
        return None
    named = [dict(_sizes(size)) for size in sizes]
    varied = len(set(np.round(ratios, 6))) > 1
    for label in named[0]:
        counts = [size.get(label) for size in named]
        if any(count is None or count < 2 for count in counts) or (counts[0] == 2 and not varied):
            continue
        told = label.format(counts[0])
        if np.allclose(ratios, counts, 1e-4, 0):
            why = "is this factor one too many" if integers else "is a mean missing"
            return f"{counts[0]} times too large; {told}: {why}?"
        if np.allclose(ratios, np.reciprocal(np.array(counts, float)), 1e-4, 0):
            why = "is this factor missing" if integers else "is something divided once too often"
            return f"{counts[0]} times too small; {told}: {why}?"
        if integers:  # one less of them is no n / (n - 1)
            continue
        if (max(counts) < LEAST_COUNT and not varied) or max(counts) > 1 / LEAST_SURPLUS:
            continue
        if " is " in label and not varied:  # a factor 0.9 beside 10 classes
            continue
        less = np.array(counts, float) - 1
        if min(less) > 1 and np.allclose(ratios, 1 / less, 1e-4, 0):
            return f"{counts[0] - 1} times too small; {told}: is something divided by one less than that?"
        if np.allclose(ratios, counts / less, 1e-4, 0):
            return f"too large by the factor n / (n - 1); {told}: is it divided by n - 1 in place of n?"
        if np.allclose(ratios, less / counts, 1e-4, 0):
            return f"too small by the factor (n - 1) / n; {told}: is it divided by n in place of n - 1?"
    return None


def _sizes(sizes: object) -> Iterator[tuple[str, int]]:
    """Words for each size, with a gap for the number; forged ones may hold anything."""
    for name, size in list(sizes.items())[:40] if isinstance(sizes, dict) else ():
        name = str(name)[:40].replace("{", "(").replace("}", ")")
        if type(size) is int:
            yield f"{name} is {{}}", size
        if isinstance(size, list):
            for axis, length in enumerate(size[:6]):
                if type(length) is int and 0 < length < 2**31:
                    units = {(1, 0): "numbers", (2, 0): "rows", (2, 1): "columns"}
                    unit = units.get((len(size), axis), f"along axis {axis}")
                    yield f"{name} has {{}} {unit}", length


def _by_factor(pairs: list[tuple], integers: bool, close: _Close) -> str | None:
    """The same factor everywhere; of single counts only a whole one, or 1 divided by one."""
    ratios = [_ratio(right, own, close) for right, own in pairs]
    if any(ratio is None for ratio in ratios):
        return None
    largest = max(abs(ratios[0]), 1 / abs(ratios[0]))
    if integers and all(right.size == 1 for right, _ in pairs) and abs(largest - round(largest)) > 1e-4:
        return None
    if np.allclose(ratios, 1, LEAST_SURPLUS, 0):
        return None
    if np.allclose(ratios, ratios[0], 1e-4, 0):
        for factor, words in ((2, "twice"), (0.5, "half")):
            if np.isclose(ratios[0], factor, 1e-4):
                return f"{words} as large as it should be: is a factor missing or one too many?"
        if _distinct([right for right, _ in pairs]) > 1:
            return f"every number is {ratios[0]:.4g} times the right one"
    if all(_distinct([right]) > 2 for right, _ in pairs):
        return "every number is the same multiple of the right one"
    return None


def _distinct(arrays: list[np.ndarray]) -> int:
    """How many different numbers there are besides 0."""
    numbers = np.concatenate([array.ravel() for array in arrays])
    return len(np.unique(numbers[numbers != 0]))


def _by_term(pairs: list[tuple], integers: bool, close: _Close) -> str | None:
    """The same number added everywhere, or the same row to every row."""
    gaps = [own - right for right, own in pairs]
    slack = [close.atol + close.rtol * np.abs(right).max(initial=0) for right, _ in pairs]
    if not all(np.isfinite(gap).all() for gap in gaps):
        return None
    checked = list(zip(gaps, slack, strict=True))
    if all(np.ptp(gap) <= limit for gap, limit in checked):
        means = [float(gap.mean()) for gap in gaps]
        same = np.allclose(means, means[0], 1e-4, 1e-6)
        if integers and same and abs(abs(means[0]) - 1) < 1e-6:
            word = "large" if means[0] > 0 else "small"
            return f"every number is 1 too {word}: where does counting begin?"
        if all(_distinct([right]) > 2 for right, _ in pairs) or (
            same and _distinct([p[0] for p in pairs]) > 2
        ):
            return "the same number is added to every one, or left out of every one"
    for axis, name in ((0, "row"), (1, "column")):
        tables = all(gap.ndim == 2 and gap.shape[axis] > 2 for gap in gaps)
        if tables and all(np.ptp(gap, axis=axis).max() <= limit for gap, limit in checked):
            return f"every {name} is off by the same numbers"
    return None


def told_by_amount(pairs: list[tuple]) -> str | None:
    """Counts that are too large, or too small, one and all; not where one number stands everywhere.

    Args:
        pairs: right and wrong array of each input, of the same shape.
    """
    if any(
        right.dtype.kind not in "iu" or own.dtype.kind not in "iuf" or not own.size for right, own in pairs
    ):
        return None
    if all(own.size > 1 and np.ptp(own) == 0 < np.ptp(right) for right, own in pairs):
        return None
    if all((own > right).all() for right, own in pairs):
        return "too large for every input: is there something that does not belong, or twice?"
    if all((own < right).all() for right, own in pairs):
        return "too small for every input: is something left out?"
    return None


def _order(pairs: list[tuple], close: _Close) -> str | None:
    """The right numbers at other places."""
    first = pairs[0][1]
    if first.ndim == 0 or any(own.ndim != first.ndim for _, own in pairs):
        return None
    for words, turned in _turns(first.ndim):
        if all(close(right, turned(own)) for right, own in pairs):
            return words
    if all(2 <= len(own) <= MOST_ROWS and _permuted(right, own, close) for right, own in pairs):
        return "the right numbers in another order along axis 0"
    for axis in range(min(first.ndim, 4)):
        for step, word in ((1, "early"), (-1, "late")):
            if all(_shifted(right, own, axis, step, close) for right, own in pairs):
                return f"shifted by one along axis {axis}: every number stands one place too {word}"
    if all(
        _distinct([right]) > 2 and close(np.sort(right, axis=None), np.sort(own, axis=None))
        for right, own in pairs
    ):
        return "the right numbers, in another order"
    return None


def _turns(ndim: int) -> Iterator[tuple]:
    if ndim > 1:
        yield "transposed", lambda own: own.swapaxes(-1, -2)
        yield "reversed along all axes", np.flip
    for axis in range(min(ndim, 4)):
        along = f" along axis {axis}" if ndim > 1 else ""
        yield f"in reversed order{along}", lambda own, axis=axis: np.flip(own, axis)


def _shifted(right: np.ndarray, own: np.ndarray, axis: int, step: int, close: _Close) -> bool:
    """Whether numbers stand one place early (1) or late (-1), but for the end that is left over."""
    size = own.shape[axis]
    if size < 3:
        return False
    to, source = (slice(0, -1), slice(1, None)) if step == 1 else (slice(1, None), slice(0, -1))
    before = (slice(None),) * axis
    moved, kept = own[(*before, to)], right[(*before, source)]
    return _distinct([kept]) > 2 and close(kept, moved)


def _permuted(right: np.ndarray, own: np.ndarray, close: _Close) -> bool:
    return any(close(right, own[list(order)]) for order in permutations(range(len(own))))
