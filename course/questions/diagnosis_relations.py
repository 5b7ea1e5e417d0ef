"""Relational diagnosis: how wrong numbers hang together with the right ones, line by line.

Running totals, numbers cut off at a bound, one number along a line, a line that is a multiple of the right
one, a term under a root. Each sentence holds for all inputs of which the numbers are wrong.
"""

from collections.abc import Callable

import numpy as np

LEAST = 3  # numbers of a line that can show a relation
FEW_LABELS = 5  # kinds of whole numbers, which are equal by luck
LEAST_FITTED = 5  # through which a straight line is no accident


def told_by_relations(pairs: list[tuple], close: Callable) -> str | None:
    """What all wrong inputs have in common; None when nothing is found.

    Args:
        pairs: right and wrong array of floats of each input, of the same shape.
        close: whether all numbers of two arrays are equal within the tolerance.
    """
    if not all(np.isfinite(right).all() and np.isfinite(own).all() for right, own in pairs):
        return None
    if any("c" in (right.dtype.kind, own.dtype.kind) for right, own in pairs):
        return None
    tellers = (_running, _cut_off, _flat, _multiples, _under_a_root, _stretched)
    return next((words for tell in tellers if (words := tell(pairs, close))), None)


def _running(pairs: list[tuple], close: Callable) -> str | None:
    """Totals of what came before, or the last term of such a total."""
    if not all(right.ndim and len(right) >= LEAST and np.ptp(right) > 0 for right, _ in pairs):
        return None
    counts = [np.arange(1, len(right) + 1).reshape(-1, *[1] * (right.ndim - 1)) for right, _ in pairs]
    totals = [right.cumsum(axis=0) for right, _ in pairs]
    means = [total / count for total, count in zip(totals, counts, strict=True)]
    owns = [own for _, own in pairs]
    if all(map(close, totals, owns)):
        return "these are running totals of the right numbers: is a sum never set back to 0?"
    if all(map(close, means, owns)):
        return "these are running means of the right numbers: is a list or a sum never emptied?"
    if all(close(right, own.cumsum(axis=0)) for right, own in pairs):
        return "each number is only what was added last: is what came before it lost?"
    return None


def _cut_off(pairs: list[tuple], close: Callable) -> str | None:
    """Right but for numbers beyond a bound, in the place of which the bound stands; not of a few labels."""
    if all(len(np.unique(right)) <= FEW_LABELS and close(np.round(right), right) for right, _ in pairs):
        return None
    for word, cut in (("smaller", np.maximum), ("larger", np.minimum)):
        bounds = [(own.min(initial=np.inf), own.max(initial=-np.inf))[word == "larger"] for _, own in pairs]
        if not np.allclose(bounds, bounds[0]):
            continue
        cuts = [(cut(right, bounds[0]), own) for right, own in pairs]
        beyond = sum(int(np.isclose(own, bounds[0]).sum()) for _, own in pairs)
        kept = sum(own.size for _, own in pairs) - beyond
        if min(beyond, kept) >= LEAST and all(close(right, own) and np.ptp(own) > 0 for right, own in cuts):
            return f"right, but what should be {word} is always {bounds[0]:.3g}: is it cut off?"
    return None


def _flat(pairs: list[tuple], close: Callable) -> str | None:
    """One number along a line of the array."""
    if any(not own.any() for _, own in pairs):  # that is told in other words
        return None
    if all(own.size >= LEAST and own.max() == own.min() and np.ptp(right) > 0 for right, own in pairs):
        return "one and the same number stands everywhere"
    for axis in range(min(pairs[0][1].ndim, 4)):
        if all(
            own.ndim > axis
            and own.ndim > 1
            and own.shape[axis] >= LEAST
            and np.ptp(own, axis=axis).max() <= 1e-9 * np.abs(own).max()
            and np.ptp(right, axis=axis).max() > 0
            for right, own in pairs
        ):
            line = ("all numbers of a column are", "all numbers of a row are")
            words = line[axis] if pairs[0][1].ndim == 2 else f"along axis {axis} all numbers are"
            return f"{words} the same: does a sum, a mean or an index run over too much?"
    return None


def _multiples(pairs: list[tuple], close: Callable) -> str | None:
    """Each line is the right one times a factor of its own."""
    for axis in range(min(pairs[0][0].ndim, 4)):
        if all(right.ndim > max(axis, 1) and _is_multiple(right, own, axis, close) for right, own in pairs):
            unit = _unit(pairs[0][0], axis)
            return f"every {unit} is a multiple of the right one: is a factor of its own wrong?"
    return None


def _is_multiple(right: np.ndarray, own: np.ndarray, axis: int, close: Callable) -> bool:
    lines, claimed = (_lines(array, axis) for array in (right, own))
    if lines.shape[1] < LEAST or len(lines) < 2:
        return False
    power = (lines**2).sum(axis=1)
    varied = (np.ptp(lines, axis=1) > 0).all()
    if not (power > 0).all() or not varied:
        return False
    factors = (lines * claimed).sum(axis=1) / power
    large = max(1.0, np.abs(factors).max())
    return bool((factors != 0).all()) and close(lines * factors[:, None], claimed, large)


def _lines(array: np.ndarray, axis: int) -> np.ndarray:
    return np.moveaxis(array, axis, 0).reshape(array.shape[axis], -1)


def _unit(array: np.ndarray, axis: int) -> str:
    return ("row", "column")[axis] if array.ndim == 2 else f"index of axis {axis}"


def _under_a_root(pairs: list[tuple], close: Callable) -> str | None:
    """The squares are off by the same amount everywhere, or in every row or column."""
    if not all((right >= 0).all() and (own >= 0).all() and right.size >= LEAST for right, own in pairs):
        return None
    gaps = [own**2 - right**2 for right, own in pairs]
    slack = [1e-6 * max(np.square(own).max(), np.square(right).max()) for right, own in pairs]
    checked = list(zip(gaps, slack, strict=True))
    if any(np.abs(gap).max() <= 100 * limit for gap, limit in checked):
        return None
    if all(np.ptp(gap) <= limit for gap, limit in checked):
        return "the squares of your numbers are all off by the same amount: is a term under a root wrong?"
    for axis, name in ((0, "column"), (1, "row")):
        if all(
            gap.ndim == 2 and gap.shape[axis] >= LEAST and np.ptp(gap, axis=axis).max() <= limit
            for gap, limit in checked
        ):
            return f"in each {name} the squares are off by the same amount: is a term under the root wrong?"
    return None


def _stretched(pairs: list[tuple], close: Callable) -> str | None:
    """Right but for a factor and a term."""
    if all(right.size >= LEAST_FITTED and _fits(right.reshape(1, -1), own, close) for right, own in pairs):
        return "right but for a factor and a term that are the same for all numbers"
    for axis in (1, 0):
        if all(
            right.ndim == 2
            and right.shape[1 - axis] >= LEAST_FITTED
            and _fits(_lines(right, axis), _lines(own, axis), close)
            for right, own in pairs
        ):
            return f"every {('row', 'column')[axis]} is right but for a factor and a term of its own"
    return None


def _fits(lines: np.ndarray, own: np.ndarray, close: Callable) -> bool:
    """Whether each line is a straight function of the right one, and a rising or falling one."""
    own = own.reshape(lines.shape)
    if not (np.ptp(lines, axis=1) > 0).all():
        return False
    centered = lines - lines.mean(axis=1, keepdims=True)
    slope = (centered * own).sum(axis=1, keepdims=True) / (centered**2).sum(axis=1, keepdims=True)
    fitted = slope * centered + own.mean(axis=1, keepdims=True)
    distinct = min(len(np.unique(line)) for line in lines)
    return distinct >= LEAST_FITTED and bool((slope != 0).all()) and close(fitted, own, np.abs(slope).max())
