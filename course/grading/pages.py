"""The pages that people read: one feedback page a student, one report for the instructor."""

import base64
import io
from collections import Counter
from pathlib import Path

from jinja2 import Environment, PackageLoader

from course.notebooks.document import write_text
from course.questions.cards import LOOKS
from course.questions.judge import CORRECT, MISTAKE

from .grade import FAILED, Result, Task
from .gradebook import clean

PAGES = Environment(
    loader=PackageLoader("course.grading"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
PAGES.filters["clean"] = clean


def write_feedback(task: Task, result: Result, path: Path) -> None:
    """Write a student's page: points, and for each question the card's words and the hint."""
    points = result.points(task)
    rows = [
        {
            "question": name,
            "points": points[name],
            "of": record["points"],
            "look": LOOKS[result.verdicts[name].kind],
            "verdict": result.verdicts[name],
        }
        for name, record in task.records.items()
        if name in result.verdicts
    ]
    page = PAGES.get_template("feedback.html.j2")
    write_text(page.render(task=task, result=result, rows=rows, total=sum(points.values())), path)


def mistake_shares(task: Task, results: list[Result]) -> list[dict]:
    """How often each question was right and each known mistake was made, as fractions of the class.

    A missing or broken notebook counts as not attempted; one that could not be graded does not count.
    """
    graded = [result for result in results if result.verdicts and result.status != FAILED]
    rows = []
    for name, record in task.records.items():
        kinds = Counter(result.verdicts[name].kind for result in graded)
        made = Counter(
            result.verdicts[name].mistake for result in graded if result.verdicts[name].kind == MISTAKE
        )
        known = [
            {"hint": record["mistakes"][number]["hint"], "share": count / len(graded), "count": count}
            for number, count in made.most_common()
        ]
        share = kinds[CORRECT] / len(graded) if graded else 0.0
        other = {kind: count for kind, count in kinds.items() if kind not in (CORRECT, MISTAKE)}
        rows.append({"question": name, "correct": share, "mistakes": known, "other": other})
    return rows


def write_report(task: Task, results: list[Result], path: Path) -> None:
    """Write the class report: the distribution of points, each question, each mistake, each student."""
    shares = mistake_shares(task, results)
    totals = [sum(result.points(task).values()) for result in results if result.status != FAILED]
    page = PAGES.get_template("report.html.j2")
    text = page.render(
        task=task,
        shares=shares,
        looks=LOOKS,
        rows=[(result, sum(result.points(task).values())) for result in results],
        distribution=_png(_distribution(totals, task.points)),
        mistakes=_png(_mistakes(shares)),
    )
    write_text(text, path)


def _distribution(totals: list[int], most: int):
    figure, axes = _axes(3.0)
    axes.hist(totals, bins=[edge - 0.5 for edge in range(most + 2)], color="#0072B2", rwidth=0.9)
    axes.set(xlabel="points", ylabel="students", xlim=(-0.6, most + 0.6))
    for axis in (axes.xaxis, axes.yaxis):
        axis.get_major_locator().set_params(integer=True)
    return figure


def _mistakes(shares: list[dict]):
    """One bar a question: right, each mistake with its own hatching, the rest."""
    figure, axes = _axes(0.45 * len(shares) + 1.3)
    colours = ["#D55E00", "#E69F00", "#F0E442", "#CC79A7", "#56B4E9"]
    hatches = ["", "//", "..", "xx", "\\\\"]
    for row, share in enumerate(shares):
        left = share["correct"]
        axes.barh(row, left, color="#0072B2", label="right" if row == 0 else None)
        if row == 0:
            axes.barh(0, 0, color=colours[0], label="typical mistakes, the most frequent first")
        for number, known in enumerate(share["mistakes"]):
            style = {"color": colours[number % 5], "hatch": hatches[number % 5], "edgecolor": "white"}
            axes.barh(row, known["share"], left=left, **style)
            left += known["share"]
        axes.barh(row, 1 - left, left=left, color="#DDDDDD", label="other or none" if row == 0 else None)
    axes.set_yticks(range(len(shares)), [share["question"] for share in shares])
    axes.invert_yaxis()
    axes.set(xlabel="share of the class", xlim=(0, 1))
    figure.legend(loc="outside upper center", ncols=3, frameon=False)
    return figure


def _axes(height: float):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _png(figure) -> str:
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=100, metadata={"Software": None})
    return base64.b64encode(out.getvalue()).decode("ascii")
