"""Statistics of a class: histogram and quartiles of the points, and an item analysis of the questions.

Item analysis is classical test theory. Difficulty is the class's mean share of the question's points: 1 means
that everybody had it right. Discrimination is the correlation between a question's points and the points of
all *other* questions ("corrected item-total"): does it separate those who know from those who do not? Above
0.3 is good; near zero or below, something is wrong with the question or with its key (Ebel and Frisbie 1991,
chapter 13).
"""

import math
from dataclasses import dataclass
from statistics import StatisticsError, correlation, mean, median, quantiles

from ..result import Result, Task

MOST_BARS = 40
LEAST_STUDENTS = 5  # a correlation of fewer says nothing
EASY, HARD = 0.8, 0.4
GOOD, POOR = 0.3, 0.1


@dataclass(frozen=True)
class Bar:
    """A bar of a histogram: what stands below it, and how many students are in it."""

    label: str
    count: int


@dataclass(frozen=True)
class Summary:
    """The numbers of a class; None where nobody has a score."""

    count: int
    mean: float | None
    median: float | None
    lower: float | None  # first quartile
    upper: float | None  # third quartile


def summary(totals: list[float]) -> Summary:
    """Mean, median and quartiles of the points. Quartiles as in a spreadsheet's QUARTILE.INC.

    >>> summary([1, 2, 3, 4])
    Summary(count=4, mean=2.5, median=2.5, lower=1.75, upper=3.25)
    """
    if not totals:
        return Summary(0, None, None, None, None)
    cuts = quantiles(totals, n=4, method="inclusive") if len(totals) > 1 else [totals[0]] * 3
    return Summary(len(totals), mean(totals), median(totals), cuts[0], cuts[2])


def histogram(totals: list[float], most: int) -> list[Bar]:
    """One bar a point, or as many points a bar as keep it below forty bars.

    >>> histogram([0, 1, 1.4, 2], 2)
    [Bar(label='0', count=1), Bar(label='1', count=2), Bar(label='2', count=1)]
    """
    highest = max([most, *map(math.ceil, totals)])
    width = max(1, math.ceil((highest + 1) / MOST_BARS))
    counts = [0] * (highest // width + 1)
    for total in totals:
        counts[min(max(math.floor(total + 0.5), 0), highest) // width] += 1
    return [Bar(str(number * width), count) for number, count in enumerate(counts)]


@dataclass(frozen=True)
class Item:
    """A question's numbers; None where the class is too small, or all its members got the same."""

    question: str
    difficulty: float | None
    discrimination: float | None
    seconds: float | None  # median time of its cell
    longest: float | None

    @property
    def how_hard(self) -> str:
        """The difficulty in a word."""
        if self.difficulty is None:
            return "unknown"
        return "easy" if self.difficulty >= EASY else "hard" if self.difficulty < HARD else "medium"

    @property
    def how_telling(self) -> str:
        """The discrimination in a word."""
        if self.discrimination is None:
            return "unknown"
        return "well" if self.discrimination >= GOOD else "a little" if self.discrimination >= POOR else "no"


def item_statistics(task: Task, results: list[Result]) -> list[Item]:
    """A row for each question, over the students whose notebook ran.

    What waits for a person is left out; where most of the class does, the question has no numbers yet.
    """
    graded = [result for result in results if result.ran]
    points_of, waiting = [result.points(task) for result in graded], [result.waiting for result in graded]
    items = []
    for name, record in task.records.items():
        earned = [points for points, open_ in zip(points_of, waiting, strict=True) if name not in open_]
        if len(earned) < len(graded) - len(earned):
            earned = []
        own = [points[name] for points in earned]
        rest = [sum(points.values()) - points[name] for points in earned]
        times = [result.question_seconds[name] for result in graded if name in result.question_seconds]
        items.append(
            Item(
                name,
                mean(own) / record["points"] if own else None,
                _correlation(own, rest),
                median(times) if times else None,
                max(times) if times else None,
            )
        )
    return items


def _correlation(own: list[float], rest: list[float]) -> float | None:
    if len(own) < LEAST_STUDENTS:
        return None
    try:
        return correlation(own, rest)
    except StatisticsError:  # one of them is the same for all
        return None
