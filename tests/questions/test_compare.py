"""Two answers are equal when their numbers are; the sentence about a difference says where it is."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.questions.compare import difference

HUGE = 2**200


def differ(expected, answer, rtol=1e-5, atol=1e-7):
    return difference(expected, answer, rtol, atol)


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        (3, 3.0),
        (3.0, np.array(3)),
        (np.float32(3).item(), 3),
        ([1, 2], np.array([1.0, 2.0])),
        (np.arange(6).reshape(2, 3), [[0, 1, 2], [3, 4, 5]]),
        ([[1, 2], [3]], [np.array([1, 2]), np.array([3.0])]),
        ([1, 0.5], np.array([1, 0.5], np.float32)),
        ([], np.zeros(0, np.int64)),
        ([[], []], np.zeros((2, 0))),
        ([1, "a", None], [1, "a", None]),
        ({"a": [1, 2]}, {"a": np.array([1, 2])}),
        ({1: 2, "b": None}, {"b": None, 1: 2}),
        (True, 1),
        ([True, False], np.array([1, 0], np.uint8)),
        (1 + 2j, np.array(1 + 2j, np.complex64)),
        (HUGE, HUGE),
        ([HUGE, 1], [HUGE, 1]),
        ([2**64, 0.5], np.array([2.0**64, 0.5])),
        (math.nan, np.array(np.nan, np.float16)),
        ([math.inf, -math.inf], np.array([np.inf, -np.inf])),
        (0.0, -0.0),
        (1.0, 1.0 + 1e-5),
        (0.0, 1e-7),
        (1e-3 + 1j, 1e-3 + 1j * (1 + 1e-6)),
        ("text", "text"),
        (None, None),
        ([np.arange(3), np.arange(2)], [[0, 1, 2], [0, 1]]),
    ],
    ids=str,
)
def test_containers_and_dtypes_do_not_matter(expected, answer):
    """A list equals its array, a number its 0-d array, True equals 1, NaN equals NaN; in both directions."""
    assert differ(expected, answer) is None
    assert differ(answer, expected) is None


NUMBERS = [
    (1.0, 1.00003, "the number differs; the largest difference is 3e-05"),
    (1, 2, "the number differs; the largest difference is 1"),
    (0, math.nan, "the number differs; nan stands"),
    (0.0, math.inf, "the number differs; inf stands"),
    (math.inf, -math.inf, "the number differs; -inf stands"),
    (math.nan, 0.0, "the number differs; the largest difference is infinite"),
    (math.inf, 0.0, "the number differs; the largest difference is infinite"),
    (True, False, "the number differs; the largest difference is 1"),
    (2**60, 2**60 + 1, "the number differs; the largest difference is 1"),
    (2**63, -1, "the number differs; the largest difference is 9.22e+18"),
    (61_100_840, 61_100_841.0, "the number differs; the largest difference is 1"),
    (1 + 1j, 1 - 1j, "the number differs; the largest difference is 2"),
    (
        np.float16(60000).item(),
        np.array(-60000, np.float16),
        "the number differs; the largest difference is 1.2e+05",
    ),
    ([1.0, 2.0, 3.0], [1.0, 2.5, 2.0], "2 of 3 numbers differ; the largest difference is 1 at index [2]"),
    (np.eye(2), np.eye(2)[::-1], "4 of 4 numbers differ; the largest difference is 1 at index [0, 0]"),
    ([1.0, 2.0], [5.0, math.nan], "2 of 2 numbers differ; nan stands at index [1]"),
    ([2**63 + 1, -1], [2**63, -1], "the number at [0] differs; the largest difference is 1"),
    ([10**6, 0.5], [10**6 + 1, 0.5], "the number at [0] differs; the largest difference is 1"),
    (
        [[10**6], [0.5]],
        [[10**6 + 1], [0.5]],
        "the number at [0] differs; the largest difference is 1 at index [0]",
    ),
    (HUGE, HUGE + 1, "the answer is a number, expected another"),
    (HUGE, 1, "the answer is a number, expected another"),
]
SHAPES = [
    (np.zeros((2, 3)), np.zeros((3, 2)), "the shape is (3, 2), expected (2, 3)"),
    (np.zeros(1), 0.0, "the shape is (), expected (1,)"),
    ([1.0], np.ones((1, 1)), "the shape is (1, 1), expected (1,)"),
    ([], 0.0, "the shape is (), expected (0,)"),
]
KINDS = [
    (1.0, None, "the answer is None (is a return missing?), expected a number"),
    (None, 1.0, "the answer is a number, expected None"),
    (1.0, "1.0", "the answer is text, expected a number"),
    ("a", "b", "the answer is text, expected another"),
    (np.ones(3), "a", "the answer is text, expected an array of shape (3,)"),
    ("a", np.ones(3), "the answer is an array of shape (3,), expected text"),
    ([1, "a"], 1.0, "the answer is a number, expected a list"),
    (1.0, {"a": 1}, "the answer is a dict, expected a number"),
    ({"a": 1}, None, "the answer is None (is a return missing?), expected a dict"),
    ([1, None], [1, 2], "the answer at [1] is a number, expected None"),
    (["a", 1], ["a", 1, 2], "the answer has length 3, expected 2"),
    ({"a": 1}, {"b": 1}, "the keys differ: missing 'a' and unexpected 'b'"),
    ({1: 1}, {"1": 1}, "the keys differ: missing 1 and unexpected '1'"),
    ({"a": 1, "b": 2}, {"a": 1}, "the keys differ: missing 'b'"),
    (
        {"a": {"b": [1, "x"]}},
        {"a": {"b": [2, "x"]}},
        "the number at ['a']['b'][0] differs; the largest difference is 1",
    ),
    ({"w": np.ones(2)}, {"w": np.ones(3)}, "the shape at ['w'] is (3,), expected (2,)"),
]


@pytest.mark.parametrize(("expected", "answer", "words"), [*NUMBERS, *SHAPES, *KINDS], ids=str)
def test_a_difference_is_one_sentence_that_says_where(expected, answer, words):
    """The sentence is the same on every run, names place, shape or kind, and shows no expected value."""
    assert differ(expected, answer) == words


def test_ragged_lists_compare_row_by_row():
    """A row of another length is named; the rows before it are compared as arrays."""
    assert differ([[1, 2], [3], "x"], [[1, 2], [3, 4], "x"]) == "the shape at [1] is (2,), expected (1,)"
    assert differ([[1, 2], [3]], [[1, 9], [3]]) == (
        "1 of 2 numbers at [0] differ; the largest difference is 7 at index [1]"
    )


def test_nan_is_right_only_where_it_is_expected():
    """Filling everything with NaN is not a way to pass, nor is infinity."""
    for filler in (np.nan, np.inf, -np.inf):
        assert differ(np.zeros(3), np.full(3, filler)) is not None
        assert differ([1.0, np.nan], np.full(2, filler)) is not None
    assert differ([1.0, np.nan], [np.nan, 1.0]) is not None


def test_integers_are_equal_only_when_they_are_the_same():
    """No tolerance between integers, nor for a float where an integer is expected."""
    assert difference(10**6, 10**6 + 1, rtol=0.5, atol=0) is not None
    assert difference(np.arange(5), [0, 1, 2, 3, 5], rtol=0.9, atol=0.9) is not None
    assert differ(10**6, 10**6 + 1.0) is not None
    assert differ(10**6, 10**6 + 1e-8) is None
    assert differ(float(10**6), 10**6 + 1) is None  # a float was expected, so its tolerance holds


def test_the_tolerance_is_relative_to_the_expected_value():
    """|answer - expected| <= atol + rtol * |expected|, and not of the answer."""
    assert difference(100.0, 110.0, rtol=0.1, atol=0) is None
    assert difference(110.0, 100.0, rtol=0.1, atol=0) is None
    assert difference(100.0, 111.0, rtol=0.1, atol=0) is not None
    assert difference(0.0, 0.05, rtol=0.9, atol=0) is not None
    assert difference(0.0, 0.05, rtol=0, atol=0.05) is None


def test_a_long_list_of_wrong_keys_is_cut():
    """A forged dict of thousands of keys does not fill the page."""
    assert len(differ({"a": 1}, {f"key {i}": 1 for i in range(5000)})) < 300


leaf = st.integers(-5, 5) | st.floats(-5, 5) | st.booleans() | st.none() | st.text(max_size=2)
nested = st.recursive(
    leaf, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.integers(0, 3), x, max_size=3)
)


@settings(deadline=None, max_examples=100)
@given(nested, nested)
def test_any_two_answers_compare(expected, answer):
    """Comparing never raises, an answer equals itself, and being equal is symmetric without a tolerance."""
    assert differ(expected, expected) is None
    found = difference(expected, answer, 0, 0)
    assert found is None or ("\n" not in found and len(found) < 400)
    assert (found is None) == (difference(answer, expected, 0, 0) is None)
