"""Answer check: what a solution answers, and what is stored of it, question by question.

Each has at least three typical mistakes, told apart, and one variant that is right, or is read by a person
and has a text to read beside. Public answers and the solution's stored cards are those of today.
"""

from collections.abc import Iterator

from nbformat import NotebookNode

from course.errors import quantity
from course.questions.cards import Card
from course.questions.judge import Verdict
from course.questions.manual import is_complete, verdict_on
from course.questions.proof import distinct_hints, faults_of, told

from .cells import asked, versions
from .public_answers import read_public, same_record
from .workbook import Workbook

LEAST_MISTAKES, LEAST_VARIANTS = 3, 1
REBUILD = "run: course build"


def answer_faults(
    workbook: Workbook, name: str, stem: str, solution: NotebookNode, records: dict[str, dict]
) -> Iterator[str]:
    """What is wrong with what a solution answers: versions that are not told apart, stale public answers."""
    stored = read_public(workbook.public_answers / f"{stem}.json")["questions"]
    if list(stored) != list(records):
        yield f"{name}: the public answers are of other questions; {REBUILD}"
    written = versions(solution)
    cells = {cell.id: cell for cell in solution.cells}
    shown = {item.name: cells[item.cell_id].outputs for item in asked(solution)}
    for question, record in records.items():
        mistakes, variants = len(distinct_hints(record)), len(record.get("variants", []))
        if record.get("manual"):
            yield from manual_faults(name, record, written[question], stored.get(question), shown[question])
        elif mistakes < LEAST_MISTAKES or variants < LEAST_VARIANTS:
            yield (
                f"{name}: question {question} has {quantity(mistakes, 'mistake')} and "
                f"{quantity(variants, 'variant')}; at least {LEAST_MISTAKES} and {LEAST_VARIANTS}"
            )
        elif mistakes + variants != written[question]:
            yield (
                f"{name}: question {question} has {written[question]} mistakes and variants, "
                f"{mistakes + variants} count; does a version stand below the question?"
            )
        else:
            faults = faults_of(record)
            yield from (f"{name}: question {question}: {fault}" for fault in faults)
            if not faults:
                yield from stale_faults(name, record, stored.get(question), shown[question], told(record, []))


def stale_faults(
    name: str, record: dict, stored: dict | None, shown: list, says: tuple[Verdict, str]
) -> Iterator[str]:
    """What is stored of a sound question and is not of today: its public answers, the solution's card."""
    question = record["question"]
    card = Card(question, record["points"], *says)
    if not same_record(stored, record):
        yield f"{name}: the public answers to {question} are stale; {REBUILD}"
    elif [output.get("data") for output in shown] != [card._repr_mimebundle_()]:
        yield f"{name}: the card of {question} is stale; delete the session's public answers, and {REBUILD}"


def manual_faults(name: str, record: dict, written: int, stored: dict | None, shown: list) -> Iterator[str]:
    """What is wrong with a question that a person judges: versions, no model answer, what is stored."""
    question, verdict = record["question"], verdict_on(record, record["answers"])
    if written:
        yield f"{name}: question {question} is read by a person; it takes no mistakes and variants"
    if not is_complete(verdict):
        yield f"{name}: question {question}: the solution has no text to read beside: {verdict.text}"
    else:
        yield from stale_faults(name, record, stored, shown, (verdict, ""))
