"""Self-check of a solution: mistakes are told apart, variants are right."""

from .judge import CORRECT, Known, Verdict, judge


def proof(record: dict) -> tuple[Verdict, str]:
    """Whether the solution answers, every mistake is told apart, and every variant is right."""
    return told(record, faults_of(record))


def told(record: dict, faults: list[str]) -> tuple[Verdict, str]:
    """The verdict and the note of a solution's card, from what `faults_of` says."""
    if faults:
        return Verdict("wrong", "; ".join(faults)), ""
    mistakes, variants = len(distinct_hints(record)), len(record["variants"])
    return Verdict(CORRECT), f"{mistakes} typical mistakes told apart, {variants} odd but right accepted"


def distinct_hints(record: dict) -> list[str]:
    """The hints of a record's mistakes, in order; a family has one."""
    return list(dict.fromkeys(wrong["hint"] for wrong in record.get("mistakes", [])))


def faults_of(record: dict) -> list[str]:
    """What a solution notebook's record fails to prove, one sentence each; empty when all is well.

    Mistakes with one hint are a family: they are to be told apart from right and from other hints.
    """
    faults = [f"the solution gives no answer: {case}" for case in record["answers"] if "value" not in case][
        :1
    ]
    known, bare = Known(record), Known(record | {"mistakes": [], "variants": []})
    for number, answers in enumerate(record["variants"], start=1):
        verdict = judge(bare, answers)
        if not verdict.right:
            faults.append(f"variant {number} is not right: {verdict.text}")
    for number, wrong in enumerate(record["mistakes"], start=1):
        verdict = judge(known, wrong["answers"])
        if any("missing" in case or "unusable" in case for case in wrong["answers"]):
            faults.append(f"mistake {number} gives no answer: {wrong['hint']}")
        elif verdict.right:
            faults.append(f"mistake {number} passes as right: {wrong['hint']}")
        elif verdict.hint != wrong["hint"]:
            faults.append(f"mistake {number} answers the same as another: {wrong['hint']}")
    return faults
