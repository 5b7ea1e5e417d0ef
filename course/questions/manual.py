"""Manual question: a person reads the answer, and no program judges it.

    @question("essay", points=2, manual=True)
    def _(rng):
        return essay()

The grader takes the text down and counts 0 points until a person has given some, with `course adjust`. Public
answers hold nothing of the solution's text.
"""

from .judge import ERROR, MISSING, NOT_READABLE, UNUSABLE, Verdict, judge
from .parts import read
from .values import encode

WAITING = "waiting"
NOTHING = "your function returned nothing: return the text, do not print it"
LONGEST = 20_000  # characters


def verdict_on(record: dict, cases: list[dict]) -> Verdict:
    """What an answer is worth: as `judge`; of a manual question, that it waits, with its text.

    The record is trusted, the cases are not.
    """
    if not record.get("manual"):
        return judge(record, cases)
    if not isinstance(cases, list) or len(cases) != 1:
        return Verdict(UNUSABLE, NOT_READABLE)
    trouble = judge(record | {"answers": [{"value": encode("")}], "mistakes": [], "variants": []}, cases)
    if trouble.kind in (ERROR, MISSING, UNUSABLE):
        return trouble
    answer = read(cases[0])
    if answer is None:
        return Verdict(UNUSABLE, NOT_READABLE)
    if answer.value is None:
        return Verdict(UNUSABLE, NOTHING, diagnosed=True)
    text = answer.value.strip() if isinstance(answer.value, str) else repr(answer.value)
    if not text:
        return Verdict(MISSING, "there is no text yet")
    if len(text) > LONGEST:
        return Verdict(UNUSABLE, f"the answer has {len(text):,} characters; at most {LONGEST:,} are kept")
    return Verdict(WAITING, text)


def is_complete(verdict: Verdict) -> bool:
    """Whether the program asks nothing more of an answer: it is right, or waits for a person."""
    return verdict.right or verdict.kind == WAITING


def public_form(record: dict) -> dict:
    """A record as students may have it: without the solution's text, where a person judges."""
    return record | {"answers": []} if record.get("manual") else record
