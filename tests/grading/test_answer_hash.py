"""Wrong answers are grouped by what they answer."""

import numpy as np
import pytest

from course.grading.submission.answer_hash import answer_hash, unforeseen
from course.questions.judge import CORRECT, ERROR, MISTAKE, WRONG, Verdict
from course.questions.values import encode


def cases(*values):
    return [{"value": encode(value)} for value in values]


def test_the_same_formula_in_another_order_is_the_same_answer():
    """Last bits differ, and float32 beside float64; the group is one."""
    x = np.random.default_rng(0).normal(size=(20, 30))
    w = np.random.default_rng(1).normal(size=30)
    left, right = (x * w).sum(axis=1) - 1, (x @ w - 1).astype(np.float32)
    assert left.tobytes() != right.astype(np.float64).tobytes()
    assert answer_hash(cases(left)) == answer_hash(cases(right))
    assert answer_hash(cases(0.1 + 0.2, 1e-17)) == answer_hash(cases(0.3, 0.0))


@pytest.mark.parametrize("other", [[2.0, 1.0], [1.0, -2.0], [1.0], {"a": 1.0}, "text", None, [1.0, 2.02]])
def test_another_answer_has_another_hash(other):
    """Another order, sign, length, structure, or a number that differs by a percent."""
    assert answer_hash(cases([1.0, 2.0])) != answer_hash(cases(other))


def test_shapes_and_facts_count():
    """The same numbers as a row and as a column are two answers; so is one that changed its argument."""
    row = np.ones((1, 3))
    assert answer_hash(cases(row)) != answer_hash(cases(row.T))
    changed = [{"value": encode(1.0), "changed": ["w of sgd_step"]}]
    assert answer_hash(changed) != answer_hash(cases(1.0))


def test_an_error_is_the_same_on_another_line():
    """Type and message make the group; the student's line is each one's own."""
    error = {"error": "TypeError", "message": "no len()", "line": "return len(x)"}
    assert answer_hash([error]) == answer_hash([error | {"line": "n = len(x)"}])
    assert answer_hash([error]) != answer_hash([error | {"message": "no iter()"}])


@pytest.mark.parametrize(
    "hostile",
    [
        None,
        "x",
        [None, 7],
        [{"value": {"$array": 3}}],
        [{"value": [[[]]] * 5}],
        [{"value": 2**1024 - 1}],
        [{"value": [2**1024 - 1, 1]}],
        [{"value": {"$dict": [[{"$float": "nan"}, None], [{"$float": "nan"}, [1]]]}}],
        [{"error": ["\ud800"], "message": {"a": 1}}],
        [{"value": {"$float": "nan"}}],
    ],
)
def test_whatever_a_notebook_holds_has_a_hash(hostile):
    """Forged answers end no grading, and give the same hash again."""
    assert answer_hash(hostile) == answer_hash(hostile) and len(answer_hash(hostile)) == 12


def test_only_what_nobody_foresaw_is_grouped():
    """Right answers and known mistakes need no look."""
    kinds = [Verdict(CORRECT), Verdict(MISTAKE, "", "hint", 0), Verdict(WRONG, "no", "hint", 0)]
    assert not any(map(unforeseen, kinds))
    assert unforeseen(Verdict(WRONG, "no")) and unforeseen(Verdict(ERROR, "TypeError"))
