"""Mutation verdict: is a mutant killed by its question, and by what?

An answer is asked for several seeds and judged as `judge` does it. A mutant that is right for all of them
survives; one that is right for some is flaky: the notebook and the grader may disagree about it.

Time is saved where no flaky mutant can hide. For all seeds but the first, one case is asked, and the others
only when that one is right: one wrong case makes an answer wrong. Where the first two seeds kill a mutant
that takes long (a training, a loop without end), the others are not asked; one that is right for those alone
is then missed.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from course.errors import NotebookError
from course.questions.ask import answer_cases
from course.questions.judge import ERROR, MISSING, MISTAKE, UNUSABLE, Known, Verdict, judge
from course.questions.session import Asked

from .bounds import TimeUp, processor_time, seed_global_generators
from .operators import Mutant
from .solution import Solution, bound

SEEDS = (0, 1_000_003, 2_000_029, 3_000_017)
LONG = 1.0  # seconds of processor time of a mutant after which two kills are enough
LEAST_SECONDS, TIMES_AS_LONG = 1.0, 10  # what a mutant may take, and beside the solution

HINT, DIAGNOSIS, FAILED, DIFFERENCE = "hint", "diagnosis", "error", "difference"
FLAKY, SURVIVOR = "flaky", "survivor"


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant."""

    question: str
    cell_id: str
    operator: str
    line: int
    label: str
    before: str
    after: str
    fate: str
    seeds: tuple[int, ...] = ()  # that take it for right
    text: str = ""  # what its card says for seed 0


@dataclass
class Question:
    """A question with what it expects, by seed."""

    name: str
    asked: Asked
    records: dict[int, Known] = field(default_factory=dict)
    seconds: float = LEAST_SECONDS  # that an answer may take


def prepare(solution: Solution, name: str, seeds: tuple[int, ...], hints: bool = True) -> Question:
    """Let the solution answer a question for all seeds.

    Mistakes are answered for the first seed only, and not at all without `hints`: they say which hint a wrong
    answer gets, not whether it is right.
    """
    question = Question(name, solution.session.asked[name])
    for seed in seeds:
        start = time.process_time()
        answers = _cases(question.asked, seed, question.asked.cases, probing=hints)
        if failed := next((case for case in answers if "error" in case), None):
            raise NotebookError(f"question {name}: the solution's answer fails: {failed['message']}")
        question.seconds = max(question.seconds, TIMES_AS_LONG * (time.process_time() - start))
        record = question.asked.record | {"answers": answers, "mistakes": [], "variants": []}
        for version in solution.session.versions.get(name, {}).values():
            if version.hint is None or (hints and seed == seeds[0]):
                with bound(solution.namespace, **{version.replaces: version.code}):
                    answers = _cases(question.asked, seed, question.asked.cases)
                if version.hint is None:
                    record["variants"].append(answers)
                else:
                    record["mistakes"].append({"hint": version.hint, "answers": answers})
        question.records[seed] = Known(record)
    return question


def _cases(asked: Asked, seed: int, cases: int, probing: bool = False) -> list[dict]:
    return answer_cases(asked.function, seed, cases, asked.unchanged, probing)


def fate_of(solution: Solution, question: Question, cell_id: str, mutant: Mutant) -> Outcome:
    """Ask a question of a mutant, for all seeds."""
    seeds, first, start = [], None, time.process_time()
    try:
        code = compile(mutant.tree, cell_id, "exec")
    except (SyntaxError, ValueError) as error:
        code, first = None, Verdict(ERROR, f"{type(error).__name__}: {error}")
    if code is not None:
        for number, seed in enumerate(question.records):
            if number == 2 and not seeds and time.process_time() - start > LONG:
                break
            change = partial(exec, code, solution.namespace)
            verdict = ask(solution, question, seed, change, whole=number == 0)
            first = first or verdict
            if verdict.right:
                seeds.append(seed)
    if seeds:
        fate = SURVIVOR if len(seeds) == len(question.records) else FLAKY
    else:
        fate = _killed_by(first)
    place = (question.name, cell_id, mutant.operator, mutant.line, mutant.label, mutant.before, mutant.after)
    return Outcome(*place, fate, tuple(seeds), first.text or first.hint or "")


def ask(
    solution: Solution, question: Question, seed: int, change: Callable[[], object], whole: bool = True
) -> Verdict:
    """The verdict on another answer.

    Args:
        change: gives the names of the notebook's namespace other values, which they lose afterwards.
        whole: ask all cases; else the others only when the first one is right.
    """
    seed_global_generators(seed + 1)  # not those with which the solution answered
    known, cases = question.records[seed], question.asked.cases
    with bound(solution.namespace):
        try:
            with processor_time(question.seconds):
                change()
                if not whole and cases > 1:
                    verdict = judge(_first_case(known.record), _cases(question.asked, seed, 1))
                    if not verdict.right:
                        return verdict
                return judge(known, _cases(question.asked, seed, cases, probing=whole))
        except TimeUp:
            return Verdict(ERROR, "the time is up")
        except Exception as error:  # the cell itself fails, or memory is short where it is judged
            return Verdict(ERROR, f"{type(error).__name__}: {error}")


def _first_case(record: dict) -> dict:
    variants = [answers[:1] for answers in record["variants"]]
    return record | {"answers": record["answers"][:1], "variants": variants, "mistakes": []}


def _killed_by(verdict: Verdict) -> str:
    if verdict.hint or verdict.kind == MISTAKE:
        return HINT
    if verdict.kind in (ERROR, UNUSABLE, MISSING):
        return FAILED
    return DIAGNOSIS if getattr(verdict, "diagnosed", False) else DIFFERENCE
