"""HTML pages that people read: one feedback page a student, one report for the instructor.

What a student wrote stands there as escaped text. Pages hold no script, load nothing, and show no picture of
a student; the charts are drawn here.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from jinja2 import Environment, PackageLoader

from course.notebooks.document import write_text
from course.questions.cards import LOOKS
from course.questions.judge import CORRECT, ERROR, MISTAKE, Verdict

from ..result import Result, Task, whole
from ..submission.forbidden_modules import Use, forbidden
from ..submission.plagiarism import Pair
from . import charts
from .gradebook import clean, describe
from .item_analysis import item_statistics

LINE = ", in the line: "  # how a verdict about an error ends
MOST_TEXTS = 3  # of a question, that the report shows
NUMBER = r"(?<!\w)[-+]?\d+(\.\d+)?(e[-+]?\d+)?\b"
PAGES = Environment(
    loader=PackageLoader("course.grading.report"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
PAGES.filters |= {"clean": clean, "describe": describe, "whole": whole}


def write_feedback(task: Task, result: Result, path: Path, uses: Iterable[Use] = ()) -> None:
    """Write a student's page: points, and for each question the card's words, the hint, the failing line.

    Args:
        uses: of modules that a question does without; the page names them.
    """
    points = result.points(task)
    rows = []
    for name, record in task.records.items():
        if name in result.verdicts:
            verdict = result.verdicts[name]
            text, line = _text_and_line(verdict)
            own = [use for use in uses if use.question == name]
            row = {"question": name, "points": points[name], "of": record["points"], "uses": own}
            rows.append(
                row | {"look": LOOKS[verdict.kind], "hints": verdict.hints, "text": text, "line": line}
            )
    page = PAGES.get_template("feedback.html.j2")
    write_text(page.render(task=task, result=result, rows=rows, total=result.total(task)), path)


def _text_and_line(verdict: Verdict) -> tuple[str, str]:
    """What a verdict says, and the student's own line that led to an error."""
    if verdict.text == LOOKS[verdict.kind][2]:
        return "", ""
    text, found, line = verdict.text.rpartition(LINE)
    return (text, line) if found and verdict.kind == ERROR else (verdict.text, "")


def mistake_shares(task: Task, results: list[Result]) -> list[dict]:
    """How often each question was right and each known mistake was made, as fractions of the class.

    A family of mistakes is one row, and who makes two known mistakes counts in both. A missing or broken
    notebook counts as not attempted; one that could not be graded does not count.
    """
    graded = [result for result in results if result.judged]
    rows = []
    for name in task.records:
        verdicts = [result.verdicts[name] for result in graded]
        made = Counter(hint for verdict in verdicts for hint in verdict.hints)
        known = [
            {"hint": hint, "share": count / len(graded), "count": count} for hint, count in made.most_common()
        ]
        others = [v for v in verdicts if v.kind not in (CORRECT, MISTAKE) and not v.hint]
        right = sum(verdict.kind == CORRECT for verdict in verdicts)
        row = {"question": name, "correct": right / len(graded) if graded else 0.0, "mistakes": known}
        rows.append(row | {"other": dict(Counter(v.kind for v in others)), "texts": frequent_texts(others)})
    return rows


def frequent_texts(verdicts: list[Verdict]) -> list[tuple[str, int]]:
    """What the cards of wrong answers without a hint say most often, without the numbers of each student."""
    texts = Counter(
        re.sub(NUMBER, "…", re.sub(r"^input \d+(, |: )", "", v.text)) for v in verdicts if v.diagnosed
    )
    return texts.most_common(MOST_TEXTS)


def write_report(
    task: Task,
    results: list[Result],
    path: Path,
    uses: dict[str, list[Use]] | None = None,
    pairs: Iterable[Pair] = (),
    keep: Callable = lambda name, inputs, make: make(),
) -> None:
    """Write the class report: points, questions, mistakes, what to look at, students.

    Args:
        uses: of modules that a question does without, by student. Without it nothing is compared.
        pairs: students with near-identical answers.
        keep: `Database.derived`, which draws a chart only when its numbers have changed.
    """
    shares = mistake_shares(task, results)
    totals = [result.total(task) for result in results]
    drawn = [total for total in totals if total is not None]
    page = PAGES.get_template("report.html.j2")
    text = page.render(
        task=task,
        items=item_statistics(task, results),
        shares=shares,
        looks=LOOKS,
        rows=list(zip(results, totals, strict=True)),
        isolation=Counter(result.isolation for result in results if result.isolation),
        compared=uses is not None,
        modules=forbidden(task),
        uses=[(student, use) for student, own in (uses or {}).items() for use in own],
        pairs=list(pairs),
        distribution=keep("histogram", [task.id, drawn], lambda: charts.distribution(drawn, task.points)),
        mistakes=keep("chart of mistakes", [task.id, shares], lambda: charts.mistakes(shares)),
    )
    write_text(text, path)
