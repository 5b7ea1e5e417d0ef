"""Answer clustering: a hash that two wrong answers share when they say the same.

Numbers are rounded to three digits, and what is below 1e-7 counts as zero: the same formula in another order
gives other last bits. Two answers on both sides of a rounding may part; that costs a row in a report.
"""

import hashlib
import math
from operator import itemgetter

import numpy as np

from course.questions.judge import CORRECT, MISSING, MISTAKE, Verdict
from course.questions.manual import WAITING
from course.questions.parts import FACTS, read

DIGITS = 3
ZERO = 1e-7
KNOWN = (CORRECT, MISTAKE, MISSING, WAITING)  # kinds of verdict that are no wrong answer to group


def unforeseen(verdict: Verdict) -> bool:
    """Whether an answer is wrong in a way that no known mistake explains."""
    return verdict.kind not in KNOWN and not verdict.hint


def answer_hash(cases: object) -> str:
    """What a student answered to all inputs, as twelve letters; cases may hold anything.

    An error counts with its type and message, not with its line, which each student has elsewhere.
    """
    plain = [_plain_case(case) for case in cases] if isinstance(cases, list) else "unreadable"
    return hashlib.sha256(repr(plain).encode("utf-8", "backslashreplace")).hexdigest()[:12]


def _plain_case(case: object) -> object:
    answer = read(case)
    if answer is not None:
        return [_plain(answer.value), [sorted(answer.facts[fact].items()) for fact in FACTS]]
    if not isinstance(case, dict):
        return "unreadable"
    texts = [case.get(key) for key in ("error", "message", "returned", "unusable")]
    return [text[:1000] if isinstance(text, str) else "" for text in texts]


def _plain(value: object) -> object:
    """A value as lists of rounded numbers, with the shapes of its arrays."""
    if isinstance(value, np.ndarray):
        return [list(value.shape), _rounded(value.ravel())]
    if isinstance(value, dict):
        return sorted(((repr(key), _plain(item)) for key, item in value.items()), key=itemgetter(0))
    if isinstance(value, list):
        if value and all(type(item) in (int, float) for item in value):
            return _rounded(np.array([_as_float(item) for item in value]))
        return [_plain(item) for item in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _rounded(np.array([_as_float(value)]))
    return value


def _as_float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _rounded(numbers: np.ndarray) -> list[str]:
    """Numbers as text with DIGITS digits; tiny ones are 0."""
    if numbers.dtype.kind == "c":
        return [*_rounded(numbers.real), *_rounded(numbers.imag)]
    numbers = numbers.astype(np.float64)
    numbers[np.abs(numbers) < ZERO] = 0.0
    return [f"{number:.{DIGITS - 1}e}" for number in numbers.tolist()]
