"""A verdict for every answer: right, a known mistake, wrong, an error, missing, unusable, and any forgery."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.questions.judge import CORRECT, ERROR, MISSING, MISTAKE, UNUSABLE, WRONG, judge
from course.questions.values import encode


def cases(*values):
    return [{"value": encode(value)} for value in values]


BOOM = {"error": "TypeError", "message": "no", "line": "f(x)"}
RECORD = {
    "question": "double",
    "points": 2,
    "rtol": 1e-5,
    "atol": 1e-7,
    "answers": cases([2.0, 4.0], 6.0),
    "mistakes": [
        {"hint": "You square.", "answers": cases([1.0, 4.0], 9.0)},
        {"hint": "It fails for lists.", "answers": [BOOM, BOOM]},
        {"hint": "You return nothing.", "answers": cases(None, None)},
        {"hint": "You return a set.", "answers": [{"unusable": "sorted"}] * 2},
        {"hint": "You did not begin.", "answers": [{"missing": True}] * 2},
    ],
    "variants": [cases([2, 4], 7)],
}


def test_right_answers_and_variants_are_correct():
    """What the solution answers is right, within the tolerance and in any container, and so is a variant."""
    for answer in (cases([2.0, 4.0], 6.0), cases((2, 4.00001), 6), cases([2, 4], 7.0)):
        verdict = judge(RECORD, answer)
        assert verdict.kind == CORRECT and verdict.right and verdict.hint is None


def test_a_known_mistake_gets_its_hint():
    """An answer equal to a mistake's gets exactly that hint and that number; an equal error does too."""
    found = judge(RECORD, cases([1, 4], 9))
    assert (found.kind, found.hint, found.mistake, found.right) == (MISTAKE, "You square.", 0, False)
    assert judge(RECORD, [BOOM | {"line": "another line"}] * 2).mistake == 1
    assert judge(RECORD, cases(None, None)).hint == "You return nothing."


def test_right_comes_before_a_mistake():
    """When a mistake happens to answer the same as the solution, the answer is right."""
    record = RECORD | {"mistakes": [{"hint": "no", "answers": RECORD["answers"]}]}
    assert judge(record, RECORD["answers"]).kind == CORRECT


def test_half_a_mistake_is_not_a_mistake():
    """All inputs must be explained; the sentence names the first one that is wrong, or what they share."""
    assert judge(RECORD, cases([1, 4], 6)).text == (
        "input 1: 1 of 2 numbers differ; the largest difference is 1 at index [0]"
    )
    assert judge(RECORD, cases([2, 4], 9)).text.startswith("right for the first input alone: ")
    assert judge(RECORD, cases([2, 4], 9)).kind == WRONG


def test_a_wrong_dtype_is_told_only_beside_a_difference():
    """dtypes do not decide; when the numbers differ, the sentence mentions them."""
    import numpy as np

    record = RECORD | {"answers": cases(np.zeros(2)), "variants": [], "mistakes": []}
    assert judge(record, cases(np.zeros(2, np.int8))).right
    for dtype in (np.int8, np.uint8, np.float16):
        words = f"(your dtype is {np.dtype(dtype)}, expected float64)"
        assert judge(record, cases(np.array([3, 1], dtype))).text.endswith(words)
    assert "dtype" not in judge(RECORD, cases(np.array([3, 1], np.int8), 1)).text


def test_errors_show_the_line():
    """An unknown error is shown with its message and the student's own line."""
    verdict = judge(RECORD, [BOOM | {"message": "other"}, BOOM])
    assert (verdict.kind, verdict.text) == (ERROR, "TypeError: other, in the line: f(x)")
    assert judge(RECORD, [{"error": "KeyError"}] * 2).text == "KeyError"


def test_missing_and_unusable_are_told():
    """A stub is missing; a value that cannot leave says why. Neither counts as a mistake."""
    bare = RECORD | {"mistakes": []}
    assert judge(bare, [{"missing": True}] * 2).kind == MISSING
    assert judge(bare, [*cases([2, 4]), {"missing": True}]).kind == MISSING
    verdict = judge(bare, [{"unusable": "Return sorted(...) of it."}] * 2)
    assert (verdict.kind, verdict.text) == (UNUSABLE, "Return sorted(...) of it.")


def test_the_number_of_cases_must_fit():
    """Fewer or more answers than inputs are wrong, also none at all."""
    assert judge(RECORD, cases([2, 4])).text == "1 answers for 2 inputs"
    assert judge(RECORD, []).text == "0 answers for 2 inputs"
    assert not judge(RECORD, cases([2, 4], 6, 6)).right


def test_a_record_without_answers_is_never_right():
    """A solution that gives no value matches nothing that a student can hand in."""
    for broken in ({"unusable": "x"}, {"missing": True}):
        record = RECORD | {"answers": [broken], "variants": [[broken]]}
        for answer in (*cases(1), broken, {}):
            assert not judge(record, [answer]).right


def deep(levels):
    value = 0
    for _ in range(levels):
        value = [value]
    return value


FORGED = [
    [{"error": None}] * 2,
    *(None, True, 3, "correct", {}, {"kind": "correct"}, {"0": cases(1)[0]}),
    *([None, None], [1, 2], ["a", "b"], [[], []], [{}, {}], [True, True]),
    [{"value": {"$array": "object"}}] * 2,
    [{"value": {"$array": "float64", "shape": [0, *[2**31 - 1] * 5], "data": ""}}] * 2,
    [{"value": deep(5000)}] * 2,
    [{"value": encode([1.0]), "error": None}] * 2,
    [{"error": deep(5000), "message": deep(5000), "line": deep(5000)}] * 2,
    [{"error": {"a": 1}, "line": 3}] * 2,
    [{"unusable": deep(5000)}] * 2,
    [{"value": {"$array": "int8", "shape": [], "data": "AA==", "tensor": deep(5000)}}] * 2,
    [{"value": {"$dict": [["right", True]]}, "right": True, "kind": "correct"}] * 2,
    [{"missing": False}] * 2,
    [{"value": 10**400}] * 2,
    [{"value": float("nan")}] * 2,
]


@pytest.mark.parametrize("forged", FORGED, ids=range(len(FORGED)))
def test_forged_cases_get_a_verdict_and_no_points(forged):
    """Whatever a bundle claims, a verdict comes back, with a short text, and it is not right."""
    verdict = judge(RECORD, forged)
    assert not verdict.right and isinstance(verdict.text, str) and len(verdict.text) <= 1000


@settings(deadline=None, max_examples=200, derandomize=True, database=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["value", "error", "message", "line", "missing", "unusable", "$array", "$dict"]
                ),
                inner,
                max_size=3,
            )
        ),
        max_leaves=10,
    )
)
def test_any_json_gets_a_verdict(data):
    """No JSON value makes judge raise, whether it stands for all cases or for each of them."""
    for forged in (data, [data, data]):
        assert not judge(RECORD, forged).right


@settings(deadline=None, max_examples=200, derandomize=True, database=None)
@given(
    st.lists(st.floats(-1e3, 1e3, width=32), min_size=1, max_size=4),
    st.sampled_from([0.0, 1e-9, 1e-6, 1e-4, 1e-3, 0.1, 2.0]),
    st.sampled_from([0.0, 1e-6, 1e-3]),
    st.sampled_from([0.0, 1e-5, 1e-2]),
    st.sampled_from([1, -1]),
)
def test_right_is_what_numpy_calls_close(expected, off, atol, rtol, sign):
    """An answer that is off by so much is right exactly where numpy.isclose says so for every number."""
    numbers = np.array(expected)
    answer = numbers + sign * off
    record = {"question": "q", "points": 1, "rtol": rtol, "atol": atol, "mistakes": [], "variants": []}
    record["answers"] = [{"value": encode(numbers)}] * 2
    close = bool(np.isclose(answer, numbers, rtol=rtol, atol=atol).all())
    assert judge(record, [{"value": encode(answer)}] * 2).right == close
