"""The `question` decorator: run the student's code on random inputs, hand the answers on, show the card.

    @question("momentum", points=2)
    def _(rng):
        w, dw, v = rng.normal(size=(3, 10))
        return momentum_step(w, dw, v, lr=0.1, mu=0.9)

The function runs at once, once for each case, with ``numpy.random.default_rng([seed, case])``.

nbgrader gives points to a cell that ends without an error, so under its autograde an answer that is not
right raises `NotRight`.
"""

import linecache
import os
import re
from collections.abc import Callable
from types import TracebackType

import numpy as np
from IPython.display import display, publish_display_data

from .cards import UNCHECKED, Card
from .judge import CORRECT, MISSING, Verdict, judge
from .public import public_record
from .session import Session, current
from .values import UnusableValue, encode

ANSWERS = "application/vnd.course.answers+json"


class NotRight(AssertionError):
    """Raised under nbgrader, below the card: this answer earns no points."""


def question(
    name: str,
    points: int = 1,
    cases: int = 3,
    rtol: float = 1e-5,
    atol: float = 1e-7,
    without: tuple[str, ...] = (),
) -> Callable:
    """Ask a question about the functions defined above.

    Args:
        name: the question's name in this notebook: lower-case letters, digits and underscores.
        points: what a right answer earns, at least 1.
        cases: how many random inputs are tried, at least 1. All must be right.
        rtol, atol: numbers are equal when ``|answer - expected| <= atol + rtol * |expected|``.
        without: modules that the answer is to do without, such as ``("torch.optim",)``. Who uses one is
            pointed out to the instructor; in the grader's sandbox importing it fails.

    Raises:
        ValueError: a name, a number of points or cases, a tolerance or modules that are not allowed.
    """
    _check_arguments(name, {"points": points, "cases": cases}, {"rtol": rtol, "atol": atol}, without)

    def ask(function: Callable) -> Callable:
        session = current()
        record = {"question": name, "points": points, "rtol": rtol, "atol": atol}
        if without:
            record["without"] = list(without)
        own = answer_cases(function, session.seed, cases)
        if session.versions.get(name):
            record |= _answers_of_versions(session, name, function, own, cases)
            verdict, note = _proof(record)
        else:
            verdict, note = _compare(session, name, own), ""
        if session.collect:
            bundle = record | {"answers": own}
            publish_display_data({ANSWERS: bundle, "text/plain": f"answers of {name}"})
        card = Card(name, points, verdict, note)
        display(card)
        if os.environ.get("NBGRADER_EXECUTION") and not verdict.right:
            raise NotRight(repr(card))
        return function

    return ask


def _check_arguments(name, numbers: dict, tolerances: dict, without) -> None:
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
        raise ValueError(f"name={name!r} must be lower-case letters, digits and underscores, at most 40")
    for argument, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 100:
            raise ValueError(f"{argument}={value!r} must be an integer from 1 to 100")
    for argument, value in tolerances.items():
        if not isinstance(value, int | float) or not 0 <= value < 1:
            raise ValueError(f"{argument}={value!r} must be at least 0 and below 1")
    if not isinstance(without, tuple | list) or not all(_is_module(module) for module in without):
        raise ValueError(f'without={without!r} must be a tuple of modules, such as ("torch.optim",)')


def _is_module(name: object) -> bool:
    return isinstance(name, str) and all(part.isidentifier() for part in name.split("."))


def answer_cases(function: Callable, seed: int, cases: int) -> list[dict]:
    """Run a question function once for each case and return its answers as cases (see `judge`)."""
    return [_answer(function, np.random.default_rng([seed, case])) for case in range(cases)]


def _answer(function: Callable, rng: np.random.Generator) -> dict:
    try:
        return {"value": encode(function(rng))}
    except UnusableValue as why:
        return {"unusable": str(why)}
    except (Exception, SystemExit) as error:
        if isinstance(error, NotImplementedError) and not error.args:  # the stub; PyTorch's own say more
            return {"missing": True}
        return {
            "error": type(error).__name__[:100],
            "message": _sendable(str(error))[:500],
            "line": _sendable(_students_line(error.__traceback__, function.__globals__))[:200],
        }


def _sendable(text: str) -> str:
    """Text that Jupyter can send: half characters (surrogates) become escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _students_line(traceback: TracebackType | None, namespace: dict) -> str:
    """The source of the deepest line that stands in the notebook itself, not in a library."""
    line = ""
    while traceback is not None:
        if traceback.tb_frame.f_globals is namespace:
            code = traceback.tb_frame.f_code
            line = linecache.getline(
                code.co_filename, traceback.tb_lineno, traceback.tb_frame.f_globals
            ).strip()
        traceback = traceback.tb_next
    return line


def _answers_of_versions(
    session: Session, name: str, function: Callable, own: list[dict], cases: int
) -> dict:
    """In a solution notebook: answer the question once for each registered mistake and variant."""
    namespace, mistakes, variants = function.__globals__, [], []
    for version in session.versions[name].values():
        right = namespace[version.replaces]
        namespace[version.replaces] = version.code
        try:
            answers = answer_cases(function, session.seed, cases)
        finally:
            namespace[version.replaces] = right
        if version.hint is None:
            variants.append(answers)
        else:
            mistakes.append({"hint": version.hint, "answers": answers})
    return {"answers": own, "mistakes": mistakes, "variants": variants}


def _proof(record: dict) -> tuple[Verdict, str]:
    """Whether the solution answers, every mistake is told apart, and every variant is right."""
    faults = faults_of(record)
    if faults:
        return Verdict("wrong", "; ".join(faults)), ""
    mistakes, variants = len(record["mistakes"]), len(record["variants"])
    return Verdict(CORRECT), f"{mistakes} typical mistakes told apart, {variants} odd but right accepted"


def faults_of(record: dict) -> list[str]:
    """What a solution notebook's record fails to prove, one sentence each; empty when all is well."""
    faults = [f"the solution gives no answer: {case}" for case in record["answers"] if "value" not in case][
        :1
    ]
    bare = record | {"mistakes": [], "variants": []}
    for number, answers in enumerate(record["variants"], start=1):
        if not judge(bare, answers).right:
            faults.append(f"variant {number} is not right: {judge(bare, answers).text}")
    for number, wrong in enumerate(record["mistakes"]):
        verdict = judge(record, wrong["answers"])
        if any("missing" in case or "unusable" in case for case in wrong["answers"]):
            faults.append(f"mistake {number + 1} gives no answer: {wrong['hint']}")
        elif verdict.right:
            faults.append(f"mistake {number + 1} passes as right: {wrong['hint']}")
        elif verdict.mistake != number:
            faults.append(f"mistake {number + 1} answers the same as another: {wrong['hint']}")
    return faults


def _compare(session: Session, name: str, own: list[dict]) -> Verdict:
    """In an exercise: compare with the public answers, if the seed is the public one."""
    if any("missing" in case for case in own):
        return Verdict(MISSING)
    record = public_record(session.name, name) if session.seed == 0 else None
    if record is None:
        return Verdict(
            UNCHECKED, "the answer is handed in as it is; this notebook cannot say whether it is right"
        )
    return judge(record, own)
