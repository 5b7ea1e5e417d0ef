"""Elsewhere diagnosis: wrong parts that hold what is right for another part, or what was answered for one."""

import numpy as np

from .compare import as_array
from .parts import Part

MOST_EXCHANGED, MOST_PARTS = 4, 40  # results in a ring of exchanges, and among how many they are looked for


def exchanged(part: Part, wrong: list[Part]) -> list[Part]:
    """Wrong parts in a ring: each holds, for every input, what is right for the next; empty without one."""
    ring = [part]
    while len(ring) <= MOST_EXCHANGED and not _is_0_or_1(ring[-1]):
        answers = ring[-1].answers
        others = [other for other in wrong[:MOST_PARTS] if other not in ring[1:] and not _is_0_or_1(other)]
        matches = [other for other in others if all(map(other.is_right, range(len(answers)), answers))]
        if not matches:
            return []
        if part in matches:
            return ring
        ring.append(matches[0])
    return []


def _is_0_or_1(part: Part) -> bool:
    """Whether a part is a truth value, or one number that may be equal by luck."""
    arrays = map(as_array, part.expected)
    return all(array is not None and array.size == 1 and array.item() in (0, 1) for array in arrays)


def as_elsewhere(part: Part, inputs: list[int], parts: list[Part]) -> str | None:
    """Another part for which the same numbers were answered, or are right, though others are asked here.

    Args:
        part: the wrong part.
        inputs: for which it is wrong.
        parts: all parts of the answer.
    """
    if not all(_tells(part.answers[i]) for i in inputs):
        return None
    shaped = all(_shape(part.expected[i]) == _shape(part.answers[i]) for i in inputs)
    for other in parts:
        if other.fact or other is part or any(map(other.same, part.expected, other.expected)):
            continue
        if shaped and all(other.same(other.answers[i], part.answers[i]) for i in inputs):
            return f"the same numbers as for {other.name[:80]!r}: is an argument ignored, or a result kept?"
        if all(other.same(other.expected[i], part.answers[i]) for i in inputs):
            return f"these numbers are right for {other.name[:80]!r}"
    return None


def _shape(value: object) -> tuple | None:
    array = as_array(value)
    return None if array is None else array.shape


def _tells(value: object) -> bool:
    """Whether a value is not equal to another one by luck: decimals, not all of them 0 or 1."""
    array = as_array(value)
    if array is None or array.dtype.kind != "f" or not np.isfinite(array).all():
        return False
    return bool(np.isin(array, (0, 1)).mean() < 0.5) if array.size else False
