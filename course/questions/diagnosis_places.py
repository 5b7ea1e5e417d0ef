"""Location diagnosis: where the wrong numbers of an array stand, in words: "only in the last row"."""

import numpy as np

from .compare import wrong_numbers

NOT_FINITE = (
    "is something divided by 0, or a root or logarithm taken of a negative number, a logarithm of 0, "
    "a huge exponential?"
)
LEAST_BORDER = 4  # rows and columns that an array with a border has
MOST = 0.75  # share of an array that is still a region of it


def told_by_places(expected: np.ndarray, answer: np.ndarray, rtol: float, atol: float) -> str | None:
    """What the places of the wrong numbers have in common; None when that is nothing."""
    if expected.shape != answer.shape or answer.size < 2:
        return _values(expected, answer, np.ones(answer.shape, bool)) if answer.size == 1 else None
    wrong = wrong_numbers(expected, answer, rtol, atol)
    words = [_values(expected, answer, wrong), _region(wrong)]
    return "; ".join(word for word in words if word) or None


def _values(expected: np.ndarray, answer: np.ndarray, wrong: np.ndarray) -> str | None:
    """What the wrong numbers themselves are."""
    if expected.shape != answer.shape or "b" in (expected.dtype.kind, answer.dtype.kind):
        return None
    if (~np.isfinite(answer) & np.isfinite(expected) & wrong).any():
        return NOT_FINITE
    return "the wrong numbers are all 0" if not answer[wrong].any() else None


def _region(wrong: np.ndarray) -> str | None:
    if wrong.size < 3 or wrong.mean() > MOST:  # a region that is nearly all says nothing
        return None
    if wrong.ndim == 2 and wrong.shape[0] == wrong.shape[1] > 2:
        diagonal = np.eye(len(wrong), dtype=bool)
        if not wrong[~diagonal].any():
            return "only on the diagonal"
        if not wrong[diagonal].any() and wrong[~diagonal].all():
            return "right on the diagonal alone"
    spans = [(axis, np.flatnonzero(_any_along(wrong, axis))) for axis in range(wrong.ndim)]
    for axis, places in spans:
        if len(places) == 1 and wrong.shape[axis] > 1:
            whole = "all of" if np.take(wrong, places[0], axis).all() and wrong.ndim > 1 else "only in"
            return f"{whole} {_line(wrong, axis, int(places[0]))}"
    if wrong.ndim > 1 and min(wrong.shape[-2:]) >= LEAST_BORDER and not wrong[..., 1:-1, 1:-1].any():
        return "only at the border"
    return next((words for axis, places in spans if (words := _some(wrong, axis, places))), None)


def _some(wrong: np.ndarray, axis: int, places: np.ndarray) -> str | None:
    """Several of the lines along an axis, but not all."""
    size, steps = wrong.shape[axis], set(np.diff(places).tolist())
    if len(places) == size:
        return None
    unit = _unit(wrong, axis)
    at = f"{unit} {{}}" if wrong.ndim < 3 else f"index {{}} of axis {axis}"
    if len(steps) == 1 and min(steps) > 1 and len(places) > 2:
        return f"only in every {'second' if steps == {2} else f'{min(steps)}th'} {unit}, from {places[0]} on"
    if steps == {1} and places[-1] == size - 1:
        return f"only from {at.format(places[0])} on"
    if steps == {1} and places[0] == 0:
        return f"only up to {at.format(places[-1])}"
    return f"in {len(places)} of {size} {unit}s" if wrong.ndim > 1 and wrong.ndim < 3 else None


def _any_along(wrong: np.ndarray, axis: int) -> np.ndarray:
    return wrong.any(axis=tuple(other for other in range(wrong.ndim) if other != axis))


def _unit(wrong: np.ndarray, axis: int) -> str:
    if wrong.ndim == 1:
        return "number"
    return ("row", "column")[axis] if wrong.ndim == 2 else f"index of axis {axis}"


def _line(wrong: np.ndarray, axis: int, index: int) -> str:
    ends = {0: "the first", wrong.shape[axis] - 1: "the last"}
    if wrong.ndim < 3:
        return f"{ends[index]} {_unit(wrong, axis)}" if index in ends else f"{_unit(wrong, axis)} {index}"
    return f"index {index} of axis {axis}"
