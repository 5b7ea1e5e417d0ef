"""Partial credit: the points of those parts of a wrong answer that are right for every input."""

from .compare import difference
from .parts import CHANGED, read


def earned(record: dict, cases: list) -> int:
    """Points of the parts that are right, where the question gives points by part; else 0.

    Args:
        record: the question's record (see `judge`); `parts` holds the points by key of the answer.
        cases: a student's cases; they may hold anything.
    """
    expected, parts = record["answers"], record.get("parts") or {}
    if not parts or len(cases) != len(expected):
        return 0
    pairs = [(_parts(right), _parts(case)) for right, case in zip(expected, cases, strict=True)]
    return sum(
        worth for part, worth in parts.items() if all(_is_right(record, part, *pair) for pair in pairs)
    )


def _parts(case: object) -> dict:
    """The parts of a case that was answered; none of one with an error, or with arguments changed."""
    answer = read(case)
    if answer is None or answer.facts[CHANGED] or not isinstance(answer.value, dict):
        return {}
    return answer.value


def _is_right(record: dict, part: str, expected: dict, answer: dict) -> bool:
    if part not in expected or part not in answer:
        return False
    return difference(expected[part], answer[part], record["rtol"], record["atol"]) is None
