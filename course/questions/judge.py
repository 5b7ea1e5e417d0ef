"""What an answer is worth. The notebook's card and the grader ask the same function.

A question's *record* is what its solution answers, for one seed:

    {"question": "momentum", "points": 2, "rtol": 1e-5, "atol": 1e-7,
     "answers": [case, ...],
     "mistakes": [{"hint": ..., "answers": [case, ...]}, ...],
     "variants": [[case, ...], ...]}

A *case* is one answer to one random input: {"value": encoded} or, when the code raised,
{"error": "TypeError", "message": ..., "line": ...}; {"missing": true} before the student has begun;
{"unusable": why} when the value cannot leave the notebook.
"""

from dataclasses import dataclass

from .compare import difference
from .values import UnusableValue, decode, dtype_of

CORRECT, MISTAKE, WRONG, ERROR, UNUSABLE, MISSING = (
    "correct",
    "mistake",
    "wrong",
    "error",
    "unusable",
    "missing",
)


@dataclass(frozen=True)
class Verdict:
    """What is told about an answer: its kind, one sentence, the hint if the mistake is a known one."""

    kind: str
    text: str = ""
    hint: str | None = None
    mistake: int | None = None  # its number in the record

    @property
    def right(self) -> bool:
        """Whether the answer earns the question's points."""
        return self.kind == CORRECT


def judge(record: dict, cases: list[dict]) -> Verdict:
    """Compare a student's cases with a question's record.

    The record is trusted, the cases are not: whatever they hold, a verdict comes back.
    """
    if not isinstance(cases, list):
        return Verdict(UNUSABLE, "the answer is not readable")
    accepted = [record["answers"], *record.get("variants", [])]
    if any(_same(record, answers, cases) for answers in accepted):
        return Verdict(CORRECT)
    for number, wrong in enumerate(record.get("mistakes", [])):
        if _same(record, wrong["answers"], cases):
            return Verdict(MISTAKE, "a typical mistake", wrong["hint"], number)
    return _first_trouble(record, cases)


def _same(record: dict, expected: list[dict], cases: list[dict]) -> bool:
    pairs = zip(expected, cases, strict=False)
    return len(expected) == len(cases) and all(_case_difference(record, e, c) is None for e, c in pairs)


def _case_difference(record: dict, expected: dict, case: dict) -> str | None:
    if not isinstance(case, dict):
        return "the answer is not readable"
    if "error" in expected or "error" in case:
        both = "error" in expected and "error" in case
        same = both and all(expected.get(key) == case.get(key) for key in ("error", "message"))
        return None if same else "the code raised an error"
    if "value" not in case or "value" not in expected:
        return "there is no answer"
    try:
        answer = decode(case["value"])
    except (UnusableValue, RecursionError):
        return "the answer is not readable"
    return difference(decode(expected["value"]), answer, record["rtol"], record["atol"])


def _first_trouble(record: dict, cases: list[dict]) -> Verdict:
    for case in cases:
        if not isinstance(case, dict):
            return Verdict(UNUSABLE, "the answer is not readable")
        if "missing" in case:
            return Verdict(MISSING, "not attempted yet")
        if "error" in case:
            line = f", in the line: {_text(case, 'line')}" if _text(case, "line") else ""
            return Verdict(ERROR, f"{_text(case, 'error')}: {_text(case, 'message')}{line}"[:1000])
        if "unusable" in case:
            return Verdict(UNUSABLE, _text(case, "unusable")[:1000])
    if len(cases) != len(record["answers"]):
        return Verdict(WRONG, f"{len(cases)} answers for {len(record['answers'])} inputs")
    for number, (expected, case) in enumerate(zip(record["answers"], cases, strict=True), start=1):
        found = _case_difference(record, expected, case)
        if found:
            return Verdict(WRONG, f"input {number}: {found}{_dtypes(expected, case)}")
    raise AssertionError("unreachable: the answers are right")


def _text(case: dict, key: str) -> str:
    """What a case claims, if it is text: forged ones may hold anything there."""
    return case[key] if isinstance(case.get(key), str) else ""


def _dtypes(expected: dict, case: dict) -> str:
    have, want = dtype_of(case.get("value")), dtype_of(expected.get("value"))
    return f" (your dtype is {have}, expected {want})" if have and want and have != want else ""
