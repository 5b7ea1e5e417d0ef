"""When are two answers equal? And if not: where, and by how much?

Containers do not matter where the numbers agree: a list of rows equals the array of these rows, a tuple
equals a list, 3 equals 3.0 and a 0-d array. Shapes matter, and so do names, None and NaN: NaN equals NaN,
and nothing else.
"""

import numpy as np


def difference(expected: object, answer: object, rtol: float, atol: float, where: str = "") -> str | None:
    """Say how a decoded answer differs from the expected one.

    Numbers are equal when ``|answer - expected| <= atol + rtol * |expected|``, integers when they are
    the same.

    Returns:
        None when they are equal, else one sentence that does not give the expected numbers away.
    """
    place = f" at {where}" if where else ""
    if isinstance(expected, dict) or isinstance(answer, dict):
        return _dicts(expected, answer, rtol, atol, where, place)
    if isinstance(expected, str) or isinstance(answer, str) or expected is None or answer is None:
        same = type(expected) is type(answer) and expected == answer
        return None if same else f"the answer{place} is {_kind(answer)}, expected {_kind(expected, answer)}"
    left, right = _as_array(expected), _as_array(answer)
    if left is not None and right is not None:
        return _arrays(left, right, rtol, atol, place)
    return _lists(expected, answer, rtol, atol, where, place)


def _dicts(expected, answer, rtol, atol, where, place) -> str | None:
    if not isinstance(answer, dict) or not isinstance(expected, dict):
        return f"the answer{place} is {_kind(answer)}, expected {_kind(expected, answer)}"
    if expected.keys() != answer.keys():
        missing = sorted(map(repr, expected.keys() - answer.keys()))
        extra = sorted(map(repr, answer.keys() - expected.keys()))
        parts = [
            f"missing {', '.join(missing)}" if missing else "",
            f"unexpected {', '.join(extra)[:200]}" if extra else "",
        ]
        return f"the keys{place} differ: {' and '.join(part for part in parts if part)}"
    for key in expected:
        found = difference(expected[key], answer[key], rtol, atol, f"{where}[{key!r}]")
        if found:
            return found
    return None


def _lists(expected, answer, rtol, atol, where, place) -> str | None:
    if isinstance(expected, np.ndarray):
        expected = list(expected) if expected.ndim else expected.item()
    if isinstance(answer, np.ndarray):
        answer = list(answer) if answer.ndim else answer.item()
    if not isinstance(expected, list) or not isinstance(answer, list):
        same = expected == answer  # two integers too large for NumPy
        return None if same else f"the answer{place} is {_kind(answer)}, expected {_kind(expected, answer)}"
    if len(expected) != len(answer):
        return f"the answer{place} has length {len(answer)}, expected {len(expected)}"
    for index, (left, right) in enumerate(zip(expected, answer, strict=True)):
        found = difference(left, right, rtol, atol, f"{where}[{index}]")
        if found:
            return found
    return None


def _arrays(expected: np.ndarray, answer: np.ndarray, rtol: float, atol: float, place: str) -> str | None:
    if expected.shape != answer.shape:
        return f"the shape{place} is {answer.shape}, expected {expected.shape}"
    if expected.dtype.kind in "biu" and answer.dtype.kind in "biu":
        wrong = expected != answer
    else:
        with np.errstate(invalid="ignore", over="ignore"):
            wrong = ~np.isclose(answer, expected, rtol=rtol, atol=atol, equal_nan=True)
    if not wrong.any():
        return None
    count = (
        f"{int(wrong.sum())} of {wrong.size} numbers{place} differ"
        if wrong.size > 1
        else f"the number{place} differs"
    )
    bad = ~np.isfinite(answer) & wrong
    if bad.any():
        return f"{count}; {answer[bad][0]} stands{_index(np.argwhere(bad)[0])}"
    with np.errstate(invalid="ignore", over="ignore"):
        gap = np.where(wrong, np.abs(answer.astype(np.complex128) - expected.astype(np.complex128)), 0.0)
    gap = np.nan_to_num(gap, nan=np.inf)
    worst = np.unravel_index(int(gap.argmax()), gap.shape)
    return f"{count}; the largest difference is {gap[worst]:.3g}{_index(worst)}"


def _index(index) -> str:
    return f" at index {[int(i) for i in index]}" if len(index) else ""


def _as_array(value: object) -> np.ndarray | None:
    """An array of numbers, or None when the value is not one (text, ragged lists, huge integers)."""
    if isinstance(value, list):
        parts = [_as_array(item) for item in value]
        if any(part is None for part in parts) or len({part.shape for part in parts}) > 1:
            return None
        return np.stack(parts) if parts else np.zeros(0)
    if isinstance(value, np.ndarray | bool | int | float | complex):
        array = np.asarray(value)
        return array if array.dtype.kind in "biufc" else None
    return None


def _kind(value: object, other: object = None) -> str:
    if value is None:
        return "None (is a return missing?)"
    if isinstance(value, str):
        return "another text" if isinstance(other, str) else "text"
    if isinstance(value, dict | list):
        return f"a {type(value).__name__}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return "a number"
