"""Question decorator: run the student's code on random inputs, hand the answers on, show the card.

    @question("momentum", points=2)
    def _(rng):
        w, dw, v = rng.normal(size=(3, 10))
        return momentum_step(w, dw, v, lr=0.1, mu=0.9)

The function runs at once, once for each case, with ``numpy.random.default_rng([seed, case])``. What it
hands to the student's functions, and what they give back, are copies (see `calls`).

nbgrader gives points to a cell that ends without an error, so under its autograde an answer that is not
right raises `NotRight`.
"""

import os
import random
import warnings
from collections.abc import Callable
from itertools import product, zip_longest

import numpy as np
from IPython.display import display, publish_display_data

from course.errors import UsageError

from .arguments import check_arguments, check_manual, check_words
from .calls import Calls, names_in, watch
from .cards import UNCHECKED, Card
from .cell_errors import CellError, not_a_function
from .copies import same
from .diagnosis_errors import meant_by, things_there
from .judge import MISSING, UNUSABLE, Verdict, judge
from .lines import students_line
from .manual import WAITING, verdict_on
from .probes import Stopwatch, probed
from .proof import proof
from .public import given_names, other_release, public_record, public_records
from .running_total import running_total
from .session import Asked, Session, current
from .values import UnusableValue, encode
from .without import forbidden_use

ANSWERS = "application/vnd.course.answers+json"
LINE_LIMIT = 200  # characters of a student's line


class NotRight(AssertionError):
    """Raised under nbgrader, below the card: this answer earns no points."""


def question(
    name: str,
    points: int | dict[str, int] = 1,
    cases: int = 3,
    rtol: float = 1e-5,
    atol: float = 1e-6,
    without: tuple[str, ...] = (),
    unchanged: tuple[str, ...] = (),
    says: dict[str, str] | None = None,
    choices: tuple[str, ...] = (),
    manual: bool = False,
) -> Callable:
    """Ask a question about the functions defined above.

    Args:
        name: the question's name in this notebook: lower-case letters, digits and underscores.
        points: what a right answer earns, at least 1. Where parts are worth something alone, points by part:
            ``{"value": 1, "gradient": 2}`` for an answer that is a dict with these keys.
        cases: how many random inputs are tried, at least 1. All must be right.
        rtol, atol: numbers are equal when ``|answer - expected| <= atol + rtol * |expected|``. The defaults
            let an answer that was computed in float32 pass. For a number that is read off a figure, `atol`
            is half the width of the interval in which it is right.
        without: modules that the answer is to do without, such as ``("torch.optim",)``. Who uses one is
            pointed out to the instructor; in the grader's sandbox importing it fails.
        unchanged: parameters of the student's functions that must not be changed in place: ``("w",)``.
        says: what a wrong part of the answer means, by the part's name: ``{"sorted": "it is not sorted"}``.
        choices: the texts that the student's function chooses from, for each input anew. Upper and lower case
            are the same, and so are _, - and blanks; another text is no answer, and cards name all choices.
        manual: a person reads the answer, usually a text, and gives the points (see `manual`). It is asked
            once, and takes points, but none of the arguments above that say what is right.

    Raises:
        ValueError: a name, a number of points or cases, a tolerance, modules, parameters, sentences or
            choices that are not allowed.
    """
    parts = points if isinstance(points, dict) else {}
    whole = {f"points of {part!r}": worth for part, worth in parts.items()} or {"points": points}
    check_arguments(name, whole | {"cases": cases}, {"rtol": rtol, "atol": atol}, without)
    check_words(unchanged, says, choices)
    record = {"question": name, "points": sum(whole.values()), "rtol": rtol, "atol": atol}
    if parts:
        record["parts"] = dict(parts)
    if choices:
        record["choices"] = list(choices)
    if without:
        record["without"] = list(without)
    if says:
        record["says"] = dict(says)
    if manual:
        check_manual(points, without=without, unchanged=unchanged, says=says, choices=choices)
        record["manual"] = True

    def ask(function: Callable) -> Callable:
        session = current()
        session.asked[name] = Asked(function, 1 if manual else cases, tuple(unchanged), record)
        if session.answering:
            _ask(session, session.asked[name])
        return function

    return ask


def _ask(session: Session, asked: Asked) -> None:
    """Answer a question with the student's functions, hand the answers out if asked to, show the card."""
    name, record = asked.record["question"], asked.record
    own, verdict, note = [], Verdict(UNCHECKED), ""
    if session.takes(name):
        own = answer_cases(asked.function, session.seed, asked.cases, asked.unchanged, probing=True)
    if session.versions.get(name):
        record = record | _answers_of_versions(session, name, asked, own)
        if session.proving:
            verdict, note = proof(record)
    elif own:
        verdict = _compare(session, asked, own)
        note = "\n".join(filter(None, (_older(session, asked), _total(session, name, verdict))))
    if session.collect:
        publish_display_data({ANSWERS: record | {"answers": own}, "text/plain": f"answers of {name}"})
    card = Card(name, record["points"], verdict, note)
    display(card)
    if os.environ.get("NBGRADER_EXECUTION") and not verdict.right:
        raise NotRight(repr(card))


def answer_cases(
    function: Callable, seed: int, cases: int, unchanged: tuple[str, ...] = (), probing=False, clues=True
) -> list[dict]:
    """Run a question function once for each case and return its answers as cases (see `judge`).

    With `probing`, the functions of the first case are asked more about their arguments (see `probes`).
    Without `clues`, what only the words of a card need is left out (see `Calls.clues`).
    """
    watch = Stopwatch()
    answered = [_answer(function, [seed, case], unchanged, clues) for case in range(cases)]
    answers = [answer for answer, _ in answered]
    if probing and not watch.over() and "value" in answers[0]:
        probes = probed(answered[0][1])
        answers[0] |= {"probes": probes} if probes else {}
    return answers


def _answer(
    function: Callable, seed: list[int], unchanged: tuple[str, ...], clues: bool
) -> tuple[dict, Calls]:
    with watch(function, unchanged) as calls:
        try:
            answer = {"value": encode(function(np.random.default_rng(seed)))}
        except UnusableValue as why:
            return {"unusable": str(why)}, calls
        except (Exception, SystemExit) as error:
            return _trouble(error, function, calls), calls
    strays = _strays(function, seed, calls)
    answer |= calls.facts() | ({"strays": strays} if strays else {})
    return answer | (calls.clues() if clues else {}), calls


def _trouble(error: BaseException, function: Callable, calls: Calls) -> dict:
    """A case that ended in an error: the student's own line, or what came back before the question failed."""
    if isinstance(error, NotImplementedError) and not error.args:  # the stub; PyTorch's own say more
        return {"missing": True}
    cause = _cause(error)
    if cause is not None:
        return {
            "error": cause.error,
            "message": _sendable(cause.message),
            "line": _sendable(cause.line)[:LINE_LIMIT],
            **({"meant": _sendable(cause.meant)[:100]} if cause.meant else {}),
        }
    line, names = students_line(error.__traceback__, function, _given())
    last = calls.last(_given())
    missing = type(error) is NameError and not line
    message = str(error) if line else not_a_function(error, function) or str(error)
    trouble = {
        "error": type(error).__name__[:100],
        "message": _sendable(message)[:500] + ("; run the cell that defines it" if missing else ""),
        "line": _sendable(line)[:LINE_LIMIT],
    }
    for clue, text in (("there", things_there(line, names)), ("meant", meant_by(error))):
        if text:
            trouble[clue] = _sendable(text)[:400]
    if last is not None and not missing and (not line or last.result is None):
        trouble |= {clue: _sendable(text)[:300] for clue, text in calls.came_back(last).items()}
    return trouble


def _cause(error: BaseException) -> CellError | None:
    """Why a name is not there: how the cell ended that was to define it."""
    try:
        return current().errors.of_missing(error)
    except UsageError:  # a question that is asked outside a session
        return None


def _given() -> frozenset[str]:
    try:
        return given_names(current().name, current().answers)
    except UsageError:  # a question that is asked outside a session
        return frozenset()


def _strays(function: Callable, seed: list[int], calls: Calls) -> list[str]:
    """Functions that were handed a generator and give something else once the global ones are disturbed."""
    if not any(call.strayed for call in calls.made):
        return []
    kept = np.random.get_state(), random.getstate()
    np.random.seed(4242)
    random.seed(4242)
    try:
        with watch(function) as again:
            function(np.random.default_rng(seed))
    except (Exception, SystemExit):
        pass  # it depends on the global generators all the more
    finally:
        np.random.set_state(kept[0])
        random.setstate(kept[1])
    return sorted(
        {
            old.function
            for old, new in zip_longest(calls.made, again.made)
            if old and old.strayed and not (new and new.returned and same(old.result, new.result))
        }
    )


def _sendable(text: str) -> str:
    """Text that Jupyter can send: half characters (surrogates) become escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _answers_of_versions(session: Session, name: str, asked: Asked, own: list[dict]) -> dict:
    """In a solution: answer the question once for each mistake and variant, or for the session's share."""
    namespace, mistakes, variants = asked.function.__globals__, [], []
    for version in session.versions_of(name):
        replaced = namespace[version.replaces]
        namespace[version.replaces] = version.code
        try:
            with warnings.catch_warnings(action="ignore"):  # it may take the root of a negative number
                answers = answer_cases(
                    asked.function, session.seed, asked.cases, asked.unchanged, clues=False
                )
            for case, clue in product(answers, ("there", "meant", "first")):
                case.pop(clue, None)
        finally:
            namespace[version.replaces] = replaced
        if version.hint is None:
            variants.append(answers)
        else:
            mistakes.append({"hint": version.hint, "answers": answers})
    return {"answers": own, "mistakes": mistakes, "variants": variants}


def _compare(session: Session, asked: Asked, own: list[dict]) -> Verdict:
    """In an exercise: compare with the public answers, if the seed is the public one."""
    if any("missing" in case for case in own):
        return Verdict(MISSING)
    if "manual" in asked.record:
        return verdict_on(asked.record, own)
    name, public = asked.record["question"], session.seed == 0
    record = public_record(session.name, name, session.answers) if public else None
    if record is None:
        unknown = "the answer is handed in as it is; this notebook cannot say whether it is right"
        return Verdict(UNCHECKED, (public and other_release(session.name, session.answers)) or unknown)
    verdict, without = judge(record, own), asked.record.get("without")
    use = forbidden_use(asked.function, without, _given()) if verdict.right and without else None
    if use:
        refused = f"it is right, but needs {use[0]}, which cannot be imported where your notebook is graded"
        return Verdict(UNUSABLE, f"{refused}, in the line: {use[1]}")
    return verdict


def _older(session: Session, asked: Asked) -> str:
    """What a card says where the newest cell of a function did not run, and so an older one was judged."""
    older = session.errors.of_older(names_in(asked.function.__code__), asked.function.__globals__)
    if older is None:
        return ""
    name, error = older
    line = f", in the line: {error.line}" if error.line else ""
    return f"an older {name} was judged: its cell last ended in {error.error}: {error.message}{line}"


def _total(session: Session, name: str, verdict: Verdict) -> str:
    """Note what a question earned; the running total, in an exercise of more than one question."""
    records = public_records(session.name, session.answers) if session.answers else {}  # else a solution
    if verdict.kind == UNCHECKED or name not in records or len(records) < 2:
        return ""
    worth = {question: record["points"] for question, record in records.items()}
    session.earned[name] = worth[name] if verdict.right else verdict.earned
    session.waiting.discard(name)
    if verdict.kind == WAITING:
        session.waiting.add(name)
    return running_total(session.earned, worth, name, session.waiting)
