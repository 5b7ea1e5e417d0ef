"""Law diagnosis: what holds of all right numbers and of none of the student's, or of both.

"each row should add up to 1", "only numbers that should be 0 are wrong". Each sentence holds for all inputs
of which the numbers are wrong, and no law counts that a few numbers obey by luck.
"""

from collections.abc import Callable

import numpy as np

from .compare import wrong_numbers

LEAST, LEAST_RANKED, LEAST_IN_ALL = 3, 7, 8  # numbers of which a kind, or an order, is no accident
SIGNS = {"negative": np.less, "positive": np.greater, "0": np.equal}


def told_by_laws(pairs: list[tuple], rtol: float, atol: float) -> str | None:
    """What all wrong inputs have in common; None when nothing is found.

    Args:
        pairs: right and wrong array of each input.
        rtol, atol: the question's tolerance.
    """
    if any(array.dtype.kind not in "iuf" or not array.size for pair in pairs for array in pair):
        return None
    if any(right.shape != own.shape or not np.isfinite(right).all() for right, own in pairs):
        return None
    if not all(np.isfinite(own).all() for _, own in pairs):
        return None
    if sum(right.size for right, _ in pairs) < LEAST_IN_ALL:
        return None
    slack = max(rtol, atol, 1e-6)
    law = next((words for words, holds in _laws(slack) if _broken(pairs, holds)), None)
    return law or _kept(pairs, slack) or _signs(pairs, rtol, atol) or _ranked(pairs)


def _laws(slack: float) -> list[tuple[str, Callable]]:
    """Sentences, and whether an array obeys them; None where it is too small to tell."""
    laws: list[tuple[str, Callable]] = [
        ("only 0 and 1 belong here", lambda x: np.isin(x, (0, 1)).all() if x.size >= LEAST else None),
        ("whole numbers are asked for; yours have decimals", lambda x: _near(x, np.round(x), slack)),
        ("all numbers here lie between 0 and 1", _between),
        ("no number here can be negative", lambda x: (x >= -slack).all() if x.any() else None),
    ]
    for total, axis in ((1, -1), (1, 0), (0, -1), (0, 0)):
        line = "row" if axis else "column"
        laws.append((f"each {line} should add up to {total}", _adds(total, axis, slack)))
    laws.append(("each column should have the standard deviation 1", _spread(slack)))
    laws.append(("it should be symmetric", _symmetric(slack)))
    return laws


def _near(left: np.ndarray, right: np.ndarray, slack: float) -> bool:
    return bool(np.allclose(left, right, slack, slack))


def _between(array: np.ndarray) -> bool | None:
    within = ((array >= -1e-9) & (array <= 1 + 1e-9)).all()
    return bool(within) if array.size >= LEAST or not within else None


def _adds(total: float, axis: int, slack: float) -> Callable:
    def holds(array: np.ndarray) -> bool | None:
        if array.ndim != 2 or min(array.shape) < 2 or not array.any():
            return None
        return bool(
            (np.abs(array.sum(axis=axis) - total) <= slack * (1 + np.abs(array).sum(axis=axis))).all()
        )

    return holds


def _spread(slack: float) -> Callable:
    def holds(array: np.ndarray) -> bool | None:
        return _near(array.std(axis=0), np.ones(array.shape[1]), slack) if array.ndim == 2 else None

    return holds


def _symmetric(slack: float) -> Callable:
    def holds(array: np.ndarray) -> bool | None:
        square = array.ndim == 2 and array.shape[0] == array.shape[1] >= LEAST
        return _near(array, array.T, slack) if square and np.ptp(array) > 0 else None

    return holds


def _broken(pairs: list[tuple], holds: Callable) -> bool:
    """Whether a law holds of all right arrays and of none of the others."""
    if not all(holds(right) for right, _ in pairs):  # None: too small to tell
        return False
    obeyed = [holds(own) for _, own in pairs]
    return not any(law is None or law for law in obeyed)


def _kept(pairs: list[tuple], slack: float) -> str | None:
    """The sums along an axis are right."""
    if not all(right.ndim == 2 and min(right.shape) > 1 for right, _ in pairs):
        return None
    for axis, line in ((1, "row"), (0, "column")):
        sums = [(right.sum(axis=axis), own.sum(axis=axis)) for right, own in pairs]
        if all(_near(own, right, slack) and np.ptp(right) > slack for right, own in sums):
            return f"each {line} has the right sum: only how it is shared out is wrong"
    return None


def _signs(pairs: list[tuple], rtol: float, atol: float) -> str | None:
    """Wrong where the right number is negative, positive, or 0, and nowhere else."""
    if any(right.dtype.kind in "iu" or right.size < 2 * LEAST for right, _ in pairs):
        return None
    for word, of in SIGNS.items():
        masks = [(of(right, 0), wrong_numbers(right, own, rtol, atol)) for right, own in pairs]
        if all(
            wrong[mask].any() and not wrong[~mask].any() and min(mask.sum(), (~mask).sum()) >= LEAST
            for mask, wrong in masks
        ):
            return f"only numbers that should be {word} are wrong"
    return None


def _ranked(pairs: list[tuple]) -> str | None:
    """In the right order of size."""
    for right, own in pairs:
        if right.dtype.kind != "f" or right.size < LEAST_RANKED or len(np.unique(right)) < right.size:
            return None
        if not np.array_equal(np.argsort(right, axis=None), np.argsort(own, axis=None)):
            return None
    return "larger where they should be larger: is a root, a square or a term of each number wrong?"
