"""Forged and huge answers: a verdict comes back whatever they hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.questions.judge import judge
from course.questions.values import LIMIT_BYTES, encode


def cases(*values, **facts):
    return [{"value": encode(value), **facts} for value in values]


VALUES = [{"loss": 2.0, "gradient": [[1.0, -2.0], [3.0, 4.0]], "text": "a\nb", "list": [1, "x", None]}] * 2
RECORD = {
    "rtol": 1e-5,
    "atol": 1e-6,
    "answers": cases(*VALUES, draws={"f": 2}, sizes={"x": [2, 2]}),
    "mistakes": [
        {"hint": "a", "answers": cases(*[value | {"loss": 4.0} for value in VALUES])},
        {"hint": "b", "answers": cases(*[value | {"gradient": np.full((2, 2), np.nan)} for value in VALUES])},
        {"hint": "c", "answers": cases(*VALUES, changed=["x of f"], strays=["f"])},
    ],
    "variants": [cases(*VALUES, draws={"f": 3})],
    "says": {"text": "the text is wrong"},
}
leaf = st.none() | st.booleans() | st.integers(-3, 300) | st.floats() | st.text(max_size=3)
nested = st.recursive(
    leaf,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["loss", "gradient", "text", "list", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)
parts = st.fixed_dictionaries(
    {}, optional={"loss": nested, "gradient": nested, "text": nested, "list": nested}
)
facts = st.dictionaries(
    st.sampled_from(["changed", "draws", "strays", "returns_argument", "sizes", "returned", "first", "line"]),
    nested,
    max_size=5,
)


@settings(deadline=None, max_examples=100)
@given(parts | nested, facts)
def test_no_answer_and_no_fact_makes_judge_raise(value, noted):
    """Any value with any facts gets a verdict with a text of bounded length."""
    right = dict(VALUES[0])
    for answer in (value, right | value if isinstance(value, dict) else [value]):
        verdict = judge(RECORD, [{**noted, "value": encode(answer)}] * 2)
        assert isinstance(verdict.text, str) and len(verdict.text) <= 1000


many = LIMIT_BYTES // 8 - 4
HUGE = {
    "numbers": np.arange(float(many)),
    "a list": list(range(many)),
    "a mixed list": [0.5, *range(many - 1)],
    "nothing": [None] * (LIMIT_BYTES - 3),
    "empty lists": [[]] * (LIMIT_BYTES // 2 - 2),
    "lists of nothing": [[[], [None]]] * (LIMIT_BYTES // 8 - 4),
    "keys": {f"{n:07}": None for n in range(LIMIT_BYTES // 17)},
    "text": "a\n" * (LIMIT_BYTES // 2 - 1),
    "one line": "a" * (LIMIT_BYTES - 1),
}


later = pytest.mark.nightly("takes seconds to read; lists of nothing stand for it by day", early=True)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=later if name == "empty lists" else ()) for name in HUGE]
)
def test_huge_answers_get_a_short_text(name):
    """As the whole answer, and as one of its parts."""
    encoded = encode(HUGE[name])
    pairs = RECORD["answers"][0]["value"]["$dict"]
    answers = [encoded] + [
        {"$dict": [[key, encoded if key == part else value] for key, value in pairs]}
        for part in ("gradient",)
    ]
    for answer in answers:
        verdict = judge(RECORD, [{"value": answer}, *RECORD["answers"][1:]])
        assert not verdict.right and 0 < len(verdict.text) <= 1000


def test_a_record_of_very_many_parts_is_judged_as_a_whole():
    """More than a thousand parts are not taken apart."""
    values = {str(n): [float(n), "x"] for n in range(1500)}
    record = RECORD | {"answers": cases(values), "variants": [], "mistakes": []}
    assert judge(record, cases(values)).right
    assert judge(record, cases(values | {"7": [0.0, "x"]})).text.startswith("input 1: the number at ['7'][0]")
