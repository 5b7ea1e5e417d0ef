"""What an answer is worth. The notebook's card and the grader ask the same function.

A question's *record* is what its solution answers, for one seed:

    {"question": "momentum", "points": 2, "rtol": 1e-5, "atol": 1e-7,
     "answers": [case, ...],
     "mistakes": [{"hint": ..., "answers": [case, ...]}, ...],
     "variants": [[case, ...], ...]}

and, where the author gave them, "parts" (points by part), "says" (sentences by part), "choices", "without".

A *case* is one answer to one random input: {"value": encoded} or, when the code raised,
{"error": "TypeError", "message": ..., "line": ..., "returned": ...}; {"missing": true} before the student has
begun; {"unusable": why} when the value cannot leave the notebook. Beside a value stand facts about the calls
(`changed`, `draws`, `strays`, `chance`, `returns`, `returns_argument`, `sizes`, `reads`, `unread`; see
`calls`), and beside the first one `probes`. An error may know what is `there`, on its line, what may be
`meant` by a name behind a dot, and what the `first` call of a function gave back that `returned` later.

An answer is right when its value and facts agree with the solution's or a variant's. One that equals a known
mistake gets its hint; of another one, hints and diagnoses explain the parts.
"""

from dataclasses import dataclass, replace
from functools import cached_property

from .choices import as_spelt, unknown_choice
from .diagnosis import diagnose
from .diagnosis_errors import told_by_error
from .hints import explain, wrong_parts
from .parts import Answer, Part, read, take_apart
from .points import earned

CORRECT, MISTAKE, WRONG, ERROR, UNUSABLE, MISSING = (
    "correct",
    "mistake",
    "wrong",
    "error",
    "unusable",
    "missing",
)


NOT_READABLE = "the answer is not readable"


@dataclass(frozen=True)
class Verdict:
    """What is told about an answer: its kind, one sentence, the hints of known mistakes, one a line."""

    kind: str
    text: str = ""
    hint: str | None = None
    mistake: int | None = None  # the number of the first one in the record
    diagnosed: bool = False  # whether the text says more than that there is a difference
    earned: int = 0  # points that a wrong answer's right parts earn, where there are points by part

    @property
    def right(self) -> bool:
        """Whether the answer earns the question's points."""
        return self.kind == CORRECT

    @property
    def hints(self) -> list[str]:
        """The hints of the known mistakes that explain the answer, or some of its parts."""
        return self.hint.split("\n") if self.hint else []


class Known:
    """A question's record, read once for all answers that are compared with it."""

    def __init__(self, record: dict):
        self.record = record

    @cached_property
    def accepted(self) -> list[list[Answer | None]]:
        """The solution's answers, one for each input, and those of each variant."""
        known = (self.record["answers"], *self.record.get("variants", []))
        return [[read(case) for case in cases] for cases in known]

    @cached_property
    def mistakes(self) -> list[list[Answer | None]]:
        """The answers of each mistake; None for an input for which it has no value."""
        return [[read(case) for case in wrong["answers"]] for wrong in self.record.get("mistakes", [])]


def judge(record: dict | Known, cases: list[dict]) -> Verdict:
    """Compare a student's cases with a question's record; as `Known` for who compares many.

    The record is trusted, the cases are not: whatever they hold, a verdict comes back.
    """
    if not isinstance(cases, list):
        return Verdict(UNUSABLE, NOT_READABLE)
    known = record if isinstance(record, Known) else Known(record)
    verdict = _judged(known, cases)
    return verdict if verdict.right else replace(verdict, earned=earned(known.record, cases))


def _judged(known: Known, cases: list) -> Verdict:
    record = known.record
    if len(cases) != len(record["answers"]):
        return _trouble(record, cases) or Verdict(
            WRONG, f"{len(cases)} answers for {len(record['answers'])} inputs"
        )
    answers = [_spelt(record, read(case)) for case in cases]
    taken = [_apart(record, accepted, answers) for accepted in known.accepted]
    if any(parts is not None and _all_right(parts) for parts in taken):
        return Verdict(CORRECT)
    for number, wrong in enumerate(record.get("mistakes", [])):
        if _equals(record, wrong["answers"], known.mistakes[number], cases, answers):
            return Verdict(MISTAKE, "a typical mistake", wrong["hint"], number)
    trouble = _trouble(record, cases) or _unreadable(known.accepted[0], answers)
    trouble = trouble or _no_choice(record, answers)
    if trouble:
        return trouble
    mistakes = [
        (number, record["mistakes"][number]["hint"], wrong)
        for number, wrong in enumerate(known.mistakes)
        if len(wrong) == len(answers) and None not in wrong
    ]
    nearest = min(range(len(taken)), key=lambda number: _distance(taken[number]))
    return _explained(record, taken[nearest], known.accepted[nearest], answers, mistakes)


def _all_right(parts: list[Part]) -> bool:
    """Whether no part is wrong; the first wrong one says so."""
    return all(part.is_right(number, own) for part in parts for number, own in enumerate(part.answers))


def _spelt(record: dict, answer: Answer | None) -> Answer | None:
    return answer and replace(answer, value=as_spelt(record, answer.value))


def _no_choice(record: dict, answers: list[Answer]) -> Verdict | None:
    lines = [unknown_choice(record, answer.value) for answer in answers]
    first = next((line for line in lines if line), None)
    return Verdict(WRONG, first, diagnosed=True) if first else None


def _apart(record: dict, expected: list[Answer | None], answers: list[Answer | None]) -> list[Part] | None:
    """The parts of an answer beside another one; None when a case of either has no value."""
    if len(expected) != len(answers) or None in expected or None in answers:
        return None
    return take_apart(record, expected, answers)


def _distance(parts: list[Part] | None) -> float:
    return float("inf") if parts is None else sum(map(sum, wrong_parts(parts).values()))


def _equals(record: dict, wrong: list, known: list, cases: list, answers: list) -> bool:
    """Whether an answer is a mistake's in everything: each value, error and fact."""
    if len(known) != len(answers):
        return False
    for case, expected, claimed, own in zip(wrong, known, cases, answers, strict=True):
        if expected is None or own is None:
            if expected is not own or not _same_error(case, claimed):
                return False
        elif not all(
            part.same(part.expected[0], part.answers[0]) for part in _apart(record, [expected], [own])
        ):
            return False
    return True


def _same_error(expected: dict, case: object) -> bool:
    if not isinstance(case, dict) or "error" not in expected or "error" not in case:
        return False
    return all(expected.get(key) == case.get(key) for key in ("error", "message"))


def _explained(record: dict, parts: list[Part], right: list, answers: list, mistakes: list) -> Verdict:
    """The hints that explain wrong parts, and a diagnosis of the first part that they leave."""
    wrong = wrong_parts(parts)
    explained = explain(parts, wrong, mistakes, luck=bool(record.get("choices")))
    hint = "\n".join(explained.hints) or None
    left = [number for number in wrong if number not in explained.parts]
    if not left:
        words = "a typical mistake" if len(explained.hints) == 1 else "two typical mistakes at once"
        return Verdict(MISTAKE, words, hint, explained.mistake)
    forgotten = (number for number in left if any(answer is None for answer in parts[number].answers))
    told = diagnose(record, parts, wrong, next(forgotten, left[0]), right, answers)
    return Verdict(WRONG, told.text[:1000], hint, explained.mistake, told.cause)


def _trouble(record: dict, cases: list) -> Verdict | None:
    """The first case that holds no value."""
    for number, case in enumerate(cases):
        if not isinstance(case, dict):
            return Verdict(UNUSABLE, NOT_READABLE)
        if "missing" in case:
            return Verdict(MISSING, "not attempted yet")
        if "error" in case:
            right = record["answers"][number] if number < len(record["answers"]) else {}
            told, explained, came_back = told_by_error(case, right.get("returns", {}))
            return Verdict(WRONG if came_back else ERROR, told[:1000], diagnosed=explained)
        if "unusable" in case:
            return Verdict(UNUSABLE, _text(case, "unusable")[:1000])
    return None


def _unreadable(expected: list[Answer | None], answers: list[Answer | None]) -> Verdict | None:
    for number, pair in enumerate(zip(expected, answers, strict=True), start=1):
        if None in pair:
            return Verdict(
                WRONG, f"input {number}: {NOT_READABLE if pair[1] is None else 'there is no answer'}"
            )
    return None


def _text(case: dict, key: str) -> str:
    """What a case claims, if it is text: forged ones may hold anything there."""
    return case[key] if isinstance(case.get(key), str) else ""
