"""Item analysis: difficulty, discrimination and time of each question (classical test theory).

Difficulty is the class's mean share of the question's points: 1 means that everybody had it right.
Discrimination is the correlation between a question's points and the points of all *other* questions
("corrected item-total"): does it separate those who know from those who do not? Above 0.3 is good; near zero
or below, something is wrong with the question or with its key (Ebel and Frisbie 1991, chapter 13).
"""

from dataclasses import dataclass
from statistics import StatisticsError, correlation, mean, median

from ..result import Result, Task

LEAST_STUDENTS = 5  # a correlation of fewer says nothing
EASY, HARD = 0.8, 0.4
GOOD, POOR = 0.3, 0.1


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
