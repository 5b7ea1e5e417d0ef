"""Answer comparison: are two answers equal, and if not, where and by how much?

Containers do not matter where the numbers agree: a list of rows equals the array of these rows, a tuple
equals a list, 3 equals 3.0 and a 0-d array. Shapes matter, and so do names, None and NaN: NaN equals NaN,
and nothing else.
"""

import numpy as np

WHOLE = "biu"  # NumPy's kinds of booleans and integers
FORGOTTEN = " (is a return missing?)"
MOST_KEYS = 20  # that a sentence names
MOST_ROWS = 10_000  # of a nested list that is taken for an array; a longer one is compared row by row


def difference(expected: object, answer: object, rtol: float, atol: float, where: str = "") -> str | None:
    """Say how a decoded answer differs from the expected one.

    Numbers are equal when ``|answer - expected| <= atol + rtol * |expected|``. Integers are equal when they
    are the same; where an integer is expected, a float must be within `atol` of it.

    Returns:
        None when they are equal, else one sentence that does not give the expected numbers away.
    """
    place = f" at {where}" if where else ""
    if isinstance(expected, dict) or isinstance(answer, dict):
        return _dicts(expected, answer, rtol, atol, where, place)
    if isinstance(expected, str) or isinstance(answer, str) or expected is None or answer is None:
        same = type(expected) is type(answer) and expected == answer
        return None if same else _unlike(expected, answer, place)
    left, right = as_array(expected), as_array(answer)
    if left is not None and right is not None:
        return _arrays(left, right, rtol, atol, place)
    return _lists(expected, answer, rtol, atol, where, place)


def _dicts(expected, answer, rtol, atol, where, place) -> str | None:
    if not isinstance(answer, dict) or not isinstance(expected, dict):
        return _unlike(expected, answer, place)
    if expected.keys() != answer.keys():
        missing, extra = _some(expected.keys() - answer.keys()), _some(answer.keys() - expected.keys())
        parts = [f"missing {missing}" if missing else "", f"unexpected {extra}" if extra else ""]
        return f"the keys{place} differ: {' and '.join(part for part in parts if part)}"
    for key in expected:
        fault = difference(expected[key], answer[key], rtol, atol, f"{where}[{key!r}]")
        if fault:
            return fault
    return None


def _some(keys: set) -> str:
    return f"{len(keys)} keys" if len(keys) > MOST_KEYS else ", ".join(sorted(map(repr, keys)))[:200]


def _lists(expected, answer, rtol, atol, where, place) -> str | None:
    expected, answer = (x.tolist() if isinstance(x, np.ndarray) else x for x in (expected, answer))
    if not isinstance(expected, list) or not isinstance(answer, list):
        same = expected == answer  # integers too large for NumPy
        return None if same else _unlike(expected, answer, place)
    if len(expected) != len(answer):
        return f"the answer{place} has length {len(answer)}, expected {len(expected)}"
    for index, (left, right) in enumerate(zip(expected, answer, strict=True)):
        fault = difference(left, right, rtol, atol, f"{where}[{index}]")
        if fault:
            return fault
    return None


def _arrays(expected: np.ndarray, answer: np.ndarray, rtol: float, atol: float, place: str) -> str | None:
    if expected.shape != answer.shape:
        return f"the shape{place} is {answer.shape}, expected {expected.shape}"
    wrong = wrong_numbers(expected, answer, rtol, atol)
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
    gap = np.where(wrong, _gap(expected, answer), 0.0)
    worst = np.unravel_index(int(gap.argmax()), gap.shape)
    largest = "infinite" if np.isinf(gap[worst]) else f"{gap[worst]:.3g}"
    return f"{count}; the largest difference is {largest}{_index(worst)}"


def wrong_numbers(expected: np.ndarray, answer: np.ndarray, rtol: float, atol: float) -> np.ndarray:
    """Which numbers of an array differ from the expected ones, which has the same shape."""
    if expected.dtype.kind in WHOLE and answer.dtype.kind in WHOLE:
        return np.asarray(expected != answer)
    rtol = 0.0 if expected.dtype.kind in WHOLE else rtol
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray(~np.isclose(answer, expected, rtol=rtol, atol=atol, equal_nan=True))


def _gap(expected: np.ndarray, answer: np.ndarray) -> np.ndarray:
    whole = expected.dtype.kind in WHOLE and answer.dtype.kind in WHOLE
    exact = object if whole else np.complex128  # Python's integers do not overflow
    with np.errstate(invalid="ignore", over="ignore"):
        gap = np.asarray(np.abs(answer.astype(exact) - expected.astype(exact)), np.float64)
    return np.nan_to_num(gap, nan=np.inf, posinf=np.inf)


def _index(index) -> str:
    return f" at index {[int(i) for i in index]}" if len(index) else ""


def as_array(value: object) -> np.ndarray | None:
    """The numbers in a value as one array, or None when that would lose or round some of them.

    So it is for text, ragged lists, huge integers, and integers beside floats.
    """
    if isinstance(value, list):
        types = {type(item) for item in value}
        if types <= {float} or types <= {bool, int}:
            array = np.asarray(value)
            return array if array.dtype.kind in ("f" if types <= {float} else WHOLE) else None
        mixed = float in types and types & {bool, int}
        if mixed or types & {str, dict, type(None)} or len(value) > MOST_ROWS:
            return None
        parts = [as_array(item) for item in value]
        if any(part is None for part in parts) or len({(x.shape, x.dtype.kind) for x in parts}) > 1:
            return None
        return np.stack(parts)
    if isinstance(value, np.ndarray | bool | int | float | complex):
        array = np.asarray(value)
        return array if array.dtype.kind in "biufc" else None
    return None


def _unlike(expected: object, answer: object, place: str) -> str:
    have, want = _kind(answer), _kind(expected)
    forgotten = FORGOTTEN if answer is None else ""
    have, other = ("a list or a tuple" if have == "a list" else have), have == want
    return f"the answer{place} is {have}{forgotten}, expected {'another' if other else want}"


def _kind(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, str):
        return "text"
    if isinstance(value, dict | list):
        return f"a {type(value).__name__}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return "a number"
