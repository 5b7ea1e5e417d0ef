"""Points by part: what a wrong answer still earns."""

import numpy as np
import pytest

from course.questions.points import earned
from course.questions.values import encode


def cases(values, **facts):
    return [{"value": encode(value), **facts} for value in values]


RIGHT = [{"value": np.arange(3.0), "slope": 2.0}, {"value": np.arange(4.0), "slope": -1.0}]
RECORD = {"points": 3, "parts": {"value": 1, "slope": 2}, "rtol": 1e-5, "atol": 1e-6, "answers": cases(RIGHT)}


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        (RIGHT, 3),
        ([{**case, "slope": 0.0} for case in RIGHT], 1),
        ([{**case, "value": None} for case in RIGHT], 2),
        ([RIGHT[0], {**RIGHT[1], "slope": 0.0}], 1),
        ([{"slope": case["slope"]} for case in RIGHT], 2),
        ([{"value": [0, 1, 2], "slope": 2}, {"value": [0, 1, 2, 3], "slope": -1}], 3),
        ([1.0, 2.0], 0),
        (RIGHT[:1], 0),
    ],
    ids=["all", "a wrong slope", "no value", "wrong once", "left out", "lists", "no dict", "too few"],
)
def test_a_part_earns_its_points_when_it_is_right_for_every_input(answer, points):
    """Whatever the other parts say."""
    assert earned(RECORD, cases(answer)) == points


@pytest.mark.parametrize(
    "forged",
    [[None, None], [{}, {}], [{"value": {"$dict": 3}}] * 2, [{"error": "x"}] * 2, [{"value": [[]] * 9}] * 2],
)
def test_forged_cases_earn_nothing_and_break_nothing(forged):
    """Cases may hold anything."""
    assert earned(RECORD, forged) == 0


def test_changed_arguments_and_questions_without_parts_earn_nothing():
    """Points by part are for what the author declared, under the question's own rules."""
    assert earned(RECORD, cases(RIGHT, changed=["w of step"])) == 0
    assert earned(RECORD | {"parts": None}, cases(RIGHT)) == 0
