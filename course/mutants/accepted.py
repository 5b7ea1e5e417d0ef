"""False negatives: which right answers a question refuses; the solution in every form that applies."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from course.questions.judge import ERROR

from .forms import applies, rewritten
from .proof import Question, ask
from .results import RESULTS, WHOLE, ResultAs
from .solution import Solution


@dataclass(frozen=True)
class Refusal:
    """A right answer in another form that a question takes for wrong."""

    form: str
    seed: int
    text: str


def refusals(
    solution: Solution, question: Question, calls: list[tuple[str, dict]]
) -> tuple[int, list[Refusal]]:
    """How many forms of the solution apply to a question, and those that it refuses."""
    tried, refused = 0, []
    answers = [answer for answer in solution.answers if answer.question == question.name]
    for answer in answers:
        for form, tree in rewritten(answer.source, calls, question.asked.unchanged):
            run = partial(exec, compile(tree, answer.cell_id, "exec"), solution.namespace)
            refusal = _refusal(solution, question, form, run)
            if refusal is None or applies(form, refusal.text):
                tried += 1
                refused += [refusal] if refusal else []
    called = {name for name, _ in calls}
    functions = [name for name in called if inspect.isfunction(solution.namespace.get(name))]
    for form, change in RESULTS.items():
        wrapped = {
            name: ResultAs(solution.namespace[name], change, form in WHOLE) for name in sorted(functions)
        }
        refusal = _refusal(solution, question, form, partial(solution.namespace.update, wrapped))
        if any(item.changed for item in wrapped.values()):
            tried += 1
            refused += [refusal] if refusal else []
    return tried, refused


def _refusal(solution: Solution, question: Question, form: str, change: Callable[[], None]) -> Refusal | None:
    for seed in question.records:
        verdict = ask(solution, question, seed, change)
        if not verdict.right:
            error = "" if verdict.kind != ERROR else "error: "
            return Refusal(form, seed, (error + (verdict.hint or verdict.text)).strip())
    return None
