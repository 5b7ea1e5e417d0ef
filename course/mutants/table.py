"""Mutation scores of questions, and the table of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from rich.box import SIMPLE_HEAD
from rich.table import Table

COLUMNS = {
    "mutants": "all",
    "hint": "hint",
    "diagnosis": "diagn.",
    "error": "error",
    "difference": "diff.",
    "flaky": "flaky",
    "survivors": "alive",
    "equivalent": "equiv.",
    "forms": "forms",
    "refused": "refused",
}
CAPTION = (
    "Mutants, killed by a hint, a diagnosis, an error, a plain difference; right for some seeds (flaky), "
    "for all (alive), or named equivalent. Right answers in other forms, and those refused."
)


@dataclass
class Figures:
    """What became of the mutants and the right forms of a question, or of several."""

    mutants: int = 0
    hint: int = 0
    diagnosis: int = 0
    error: int = 0
    difference: int = 0
    flaky: int = 0  # and not named as equivalent
    survivors: int = 0  # and not named as equivalent
    equivalent: int = 0
    forms: int = 0
    refused: int = 0  # and not named

    def __add__(self, other: "Figures") -> "Figures":
        total = Counter(asdict(self))
        total.update(asdict(other))
        return Figures(**total)


@dataclass
class Report:
    """What the check found in a session."""

    stem: str
    figures: dict[str, Figures] = field(default_factory=dict)  # by question
    faults: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)
    seconds: float = 0.0  # of processor time


def total(reports: Iterable[Report]) -> Figures:
    """The figures of all questions together."""
    return sum((item for report in reports for item in report.figures.values()), Figures())


def as_table(reports: list[Report]) -> Table:
    """The figures by question and in all, for `rich`."""
    table = Table(
        title="Changed answers",
        caption=CAPTION,
        caption_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
    )
    table.add_column("question", no_wrap=True)
    for head in COLUMNS.values():
        table.add_column(head, no_wrap=True, justify="right")
    for report in reports:
        for question, figures in report.figures.items():
            table.add_row(f"{report.stem[:2]} {question}", *_row(figures))
    table.add_section()
    table.add_row("all", *_row(total(reports)))
    return table


def _row(figures: Figures) -> list[str]:
    return [str(value) if value else "" for value in asdict(figures).values()]


def as_data(reports: list[Report]) -> dict:
    """The figures as data for JSON: {session: {question: {column: count}}}, counts of 0 left out."""
    return {
        report.stem: {
            question: {name: count for name, count in asdict(figures).items() if count}
            for question, figures in report.figures.items()
        }
        for report in reports
    }
