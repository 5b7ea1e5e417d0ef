"""Mutation run: `course check --mutants` asks every question, a process for each session."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

from course.errors import NotebookError, UsageError
from course.notebooks.cells import asked
from course.notebooks.document import read_notebook
from course.notebooks.workbook import Workbook, chosen

from .accepted import Refusal, refusals
from .arguments import advice_on, calls_of, fixed_in
from .bounds import memory, quiet
from .named import Named, named_in
from .operators import Mutant, mutants_of
from .proof import FLAKY, SEEDS, SURVIVOR, Outcome, Question, fate_of, prepare
from .solution import Solution, load_solution
from .table import Figures, Report, total

MOST_EQUIVALENT = 0.03  # of all mutants of the course; of a small one, one mutant
HOW_NAMED = "equivalent? Say so in a Markdown cell tagged equivalent and solution, such as {}-equivalent"
STALE = "which is no longer so; delete the line"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What is to be checked of a session."""

    question: str | None = None  # one only
    without: tuple[str, ...] = ()  # questions that are passed over
    sample: int | None = None  # so many mutants of each question, and no right forms
    seeds: tuple[int, ...] = SEEDS

    @property
    def whole(self) -> bool:
        """Whether every mutant of a question is tried."""
        return self.sample is None


def check_mutants(
    workbook: Workbook,
    sessions: list[str] = (),
    choice: Choice = Choice(),
    workers: int = 1,
    progress: Callable[[Iterable, int], Iterable] = lambda reports, total: reports,
) -> list[Report]:
    """Check sessions against changed answers; one report each, in the notebooks' order.

    Args:
        sessions: stems, or what they begin with, such as "06"; all when none is given.
        workers: sessions that are checked at the same time.
        progress: wraps the reports as they come, such as tqdm, and is told how many there are.

    Raises:
        UsageError: there is no such session or question.
    """
    stems = chosen(workbook.stems("solutions"), sessions)
    if choice.question is not None:
        stems = [stem for stem in stems if choice.question in _questions(workbook, stem)]
        if not stems:
            raise UsageError(f"no question of these sessions is called {choice.question!r}")
    reports = list(progress(_reports(workbook, stems, choice, workers), len(stems)))
    figures = total(reports)
    all_of_them = choice.whole and choice.question is None and stems == workbook.stems("solutions")
    if all_of_them and figures.equivalent > max(1, MOST_EQUIVALENT * figures.mutants):
        share = f"{figures.equivalent} of {figures.mutants} mutants are named equivalent"
        reports[-1].faults.append(f"{share}, more than {MOST_EQUIVALENT:.0%}; mend questions instead")
    return reports


def _questions(workbook: Workbook, stem: str) -> list[str]:
    return [item.name for item in asked(read_notebook(workbook.path("solutions", stem)))]


def _reports(workbook: Workbook, stems: list[str], choice: Choice, workers: int) -> Iterator[Report]:
    report = partial(report_on, workbook, choice)
    with ProcessPoolExecutor(max(1, min(workers, len(stems))), get_context("spawn")) as pool:
        yield from pool.map(report, stems)


def report_on(workbook: Workbook, choice: Choice, stem: str) -> Report:
    """Check one session in this process."""
    start, report = time.process_time(), Report(stem)
    try:
        check_solution(load_solution(workbook.path("solutions", stem)), choice, report)
    except NotebookError as error:
        report.faults.append(f"{stem}: {error}")
    report.seconds = time.process_time() - start
    return report


def check_solution(
    solution: Solution, choice: Choice, report: Report, prepared: dict[str, Question] | None = None
) -> None:
    """Add to a report what the questions of a solution let pass; `prepared` are questions asked before."""
    named = named_in(solution.notebook)
    for name, item in solution.session.asked.items():
        chosen = choice.question in (None, name) and name not in choice.without
        if chosen and "manual" not in item.record:  # no program judges that
            _check_question(solution, name, named, choice, report, prepared or {})
    strange = {item.question for item in named} - set(solution.session.asked)
    report.faults += [
        f"{solution.stem}: names question {name!r}, which it does not ask" for name in sorted(strange)
    ]


def _check_question(
    solution: Solution,
    name: str,
    named: list[Named],
    choice: Choice,
    report: Report,
    prepared: dict[str, Question],
) -> None:
    asked, ours = solution.session.asked[name], [item for item in named if item.question == name]
    own = {defined for answer in solution.answers if answer.question == name for defined in answer.names}
    with quiet(), memory():
        question = prepared.get(name) or prepare(solution, name, choice.seeds, hints=choice.whole)
        calls = [call for call in calls_of(asked, choice.seeds[:2]) if call.function in own]
        passed = [(call.function, call.arguments) for call in calls]
        outcomes = [
            fate_of(solution, question, cell_id, mutant)
            for cell_id, mutant in _chosen(solution, name, passed, choice.sample)
        ]
        tried, refused = refusals(solution, question, passed) if choice.whole else (0, [])
    fixed = fixed_in(calls, solution.namespace)
    where = f"{solution.stem}: {name}"
    report.figures[name] = _figures(outcomes, tried, refused, ours)
    report.faults += [f"{where}: {line}" for line in _faults(name, outcomes, refused, fixed, ours, choice)]
    report.advice += [f"{where}: {line}" for line in advice_on(calls)]


def _chosen(solution: Solution, name: str, passed: list, sample: int | None) -> list[tuple[str, Mutant]]:
    """The mutants of a question's answer cells: all, or a sample that stays the same while they do."""
    mutants = [
        (answer.cell_id, mutant)
        for answer in solution.answers
        if answer.question == name
        for mutant in mutants_of(answer.source, passed, solution.namespace)
    ]

    def order(item: tuple[str, Mutant]) -> str:
        return hashlib.sha256(f"{name} {item[1].line} {item[1].label}".encode()).hexdigest()

    return mutants if sample is None else sorted(mutants, key=order)[:sample]


def _figures(outcomes: list[Outcome], tried: int, refused: list[Refusal], named: list[Named]) -> Figures:
    figures = Figures(mutants=len(outcomes), forms=tried)
    for outcome in outcomes:
        if outcome.fate not in (FLAKY, SURVIVOR):
            setattr(figures, outcome.fate, getattr(figures, outcome.fate) + 1)
        elif is_named(outcome, named):
            figures.equivalent += 1
        elif outcome.fate == FLAKY:
            figures.flaky += 1
        else:
            figures.survivors += 1
    forms = {item.what for item in named if item.kind == "form"}
    figures.refused = sum(refusal.form not in forms for refusal in refused)
    return figures


def is_named(outcome: Outcome, named: list[Named]) -> bool:
    """Whether the notebook says that a mutant is equivalent, or that what it ignores is fixed."""
    for item in named:
        if item.kind == "mutant" and item.what == outcome.label:
            return True
        ignored = outcome.operator == "parameter ignored" and outcome.label.startswith(f"`{item.what}` →")
        if item.kind == "fixed" and ignored:
            return True
    return False


def _told(question: str, outcome: Outcome) -> str:
    """A mutant that is not killed: what was changed where; of a survivor, how to name it equivalent."""
    several = "s" * (len(outcome.seeds) > 1)
    seeds = f" for seed{several} {', '.join(map(str, outcome.seeds))} only" if outcome.fate == FLAKY else ""
    place = f"line {outcome.line} of cell {outcome.cell_id}"
    lines = f"\n    - {outcome.before}\n    + {outcome.after}"
    inserted = outcome.operator in (
        "parameter ignored",
        "parameters exchanged",
        "pair turned",
        "argument changed",
    )
    told = f"{outcome.label} is right{seeds} ({outcome.operator}, {place}){'' if inserted else lines}"
    if outcome.fate == FLAKY:  # then it is not equivalent
        return told
    return f"{told}\n    {HOW_NAMED.format(question)}: - `{question}`: {outcome.label}: WHY"


def _faults(
    name: str,
    outcomes: list[Outcome],
    refused: list[Refusal],
    fixed: dict[str, str],
    named: list[Named],
    choice: Choice,
) -> Iterator[str]:
    for outcome in outcomes:
        if outcome.fate in (FLAKY, SURVIVOR) and not is_named(outcome, named):
            yield _told(name, outcome)
    declared = {
        kind: {item.what for item in named if item.kind == kind} for kind in ("mutant", "form", "fixed")
    }
    for refusal in refused:
        if refusal.form not in declared["form"]:
            yield f"refuses the right answer {refusal.form!r} for seed {refusal.seed}: {refusal.text}"
    ignored = {outcome.label for outcome in outcomes if outcome.operator == "parameter ignored"}
    for parameter, value in fixed.items():
        told = any(label.startswith(f"`{parameter}` →") for label in ignored)
        if parameter not in declared["fixed"] and not told:
            yield f"{parameter} = {value[:60]} in all cases; draw it, or name it: fixed `{parameter}`"
    if choice.whole:
        alive = {outcome.label for outcome in outcomes if outcome.fate in (FLAKY, SURVIVOR)}
        stale = sorted(declared["mutant"] - alive)
        stale += [f"refuses `{form}`" for form in sorted(declared["form"] - {item.form for item in refused})]
        stale += [f"fixed `{parameter}`" for parameter in sorted(declared["fixed"] - set(fixed))]
        yield from (f"names {what}, {STALE}" for what in stale)
