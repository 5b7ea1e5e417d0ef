"""Difficulty and discrimination of questions, against NumPy."""

import numpy as np
import pytest

from course.grading.report.statistics import item_statistics
from course.grading.result import FAILED, GRADED, Adjustment, Result
from course.questions.judge import CORRECT, WRONG, Verdict


def class_of(rows, **fields):
    """One result for each row of (double right?, half right?)."""
    kinds = {True: Verdict(CORRECT), False: Verdict(WRONG, "no")}
    return [
        Result(f"s{n}", GRADED, "", {"double": kinds[bool(a)], "half": kinds[bool(b)]}, **fields)
        for n, (a, b) in enumerate(rows)
    ]


def test_against_numpy(task):
    """The mean share of the points, and the correlation with the points of the other questions."""
    rows = np.random.default_rng(1).integers(0, 2, size=(40, 2))
    rows[:20, 1] = rows[:20, 0]
    results = [*class_of(rows.tolist()), Result("failed", FAILED, "OSError")]
    double, half = item_statistics(task, results)
    assert (double.question, half.question) == ("double", "half")
    assert double.difficulty == pytest.approx(rows[:, 0].mean())
    expected = np.corrcoef(rows[:, 0] * 2, rows[:, 1])[0, 1]
    assert double.discrimination == pytest.approx(expected) == half.discrimination
    assert expected > 0.2 and double.seconds is None


def test_corrected_means_without_the_question_itself(task):
    """A question that has nothing to do with the rest discriminates nothing, though the total holds it."""
    rows = [(1, 1), (1, 0), (0, 1), (0, 0)] * 3
    assert item_statistics(task, class_of(rows))[0].discrimination == pytest.approx(0)


@pytest.mark.parametrize("rows", [[], [(1, 0)] * 4, [(1, 0)] * 9, [(1, 0), (1, 1)] * 5])
def test_where_nothing_can_be_said(task, rows):
    """Nobody, too few, all the same: no number."""
    double = item_statistics(task, class_of(rows))[0]
    assert double.discrimination is None
    assert double.difficulty == (1 if rows else None)


def test_times_and_changes_by_hand(task):
    """The median and the longest time of a question's cell; points after adjustments."""
    results = class_of([(1, 1), (0, 1), (0, 0)])
    for seconds, result in zip((0.1, 0.5, 7.0), results, strict=True):
        result.question_seconds = {"double": seconds}
    results[1].adjustments = (Adjustment("", "double", "set", 1, "half right"),)
    double, half = item_statistics(task, results)
    assert (double.seconds, double.longest, half.seconds) == (0.5, 7.0, None)
    assert double.difficulty == pytest.approx((2 + 1 + 0) / 6)
