"""Every diagnosis, told of a wrong answer that was really computed; hints of two mistakes at once."""

import re
import textwrap

import numpy as np
import pytest

from course.questions.ask import answer_cases
from course.questions.judge import CORRECT, ERROR, MISTAKE, WRONG, judge

ASK = "def ask(rng):\n    return f(rng.normal(size=(6, 4)))"


def answered(ask, code, unchanged=()):
    """The cases of a question whose student's functions are in `code`, as the harness makes them."""
    namespace = {"np": np}
    exec(compile(textwrap.dedent(code), "a student", "exec"), namespace)
    exec(compile(ask, "a question", "exec"), namespace)
    return answer_cases(namespace["ask"], 0, 3, unchanged)


def told(right, wrong, ask=ASK, unchanged=(), mistakes=(), **settings):
    """The verdict on one answer; codes that are no functions are bodies of f(x)."""
    codes = [code if "def " in code else f"def f(x):\n    return {code}" for code in (right, wrong)]
    record = {"rtol": 1e-5, "atol": 1e-6, "answers": answered(ask, codes[0], unchanged), "variants": []}
    record["mistakes"] = [
        {"hint": hint, "answers": answered(ask, code, unchanged)} for hint, code in mistakes
    ]
    return judge(record | settings, answered(ask, codes[1], unchanged))


LOST = "the digits behind the point are lost (int(), //, an array of integers?)"
SMALL = "4 times too small; x has 4 columns: is something divided once too often?"
ONE = "one number is asked for, not an array of one: the shape is (1,), expected ()"
FEW = "one too few at the end of axis 0; the others are right: the shape is (5, 4), expected (6, 4)"
EMPTIED = "these are running means of the right numbers: is a list or a sum never emptied?"
FLAT = "all numbers of a row are the same: does a sum, a mean or an index run over too much?"
ALL_SUMMED = "abs(x[:, None] - x[:3]).sum(axis=(1, 2))[:, None] + 0 * x[:, :3]"
MULTIPLE = "every column is a multiple of the right one: is a factor of its own wrong?"
ONE_LESS = "5 times too small; x has 6 rows: is something divided by one less than that?"
SQUARES = "the squares of your numbers are all off by the same amount: is a term under a root wrong?"
ROOT = "in each row the squares are off by the same amount: is a term under the root wrong?"
STRETCHED = "every column is right but for a factor and a term of its own"
NUMBERS = [
    ("x.mean(axis=0)", "-x.mean(axis=0)", "the sign is wrong"),
    ("x", "abs(x)", "the signs are lost: these are the absolute values"),
    ("10 * x", "(10 * x).astype(int)", LOST),
    ("10 * x", "np.round(10 * x)", "rounded to whole numbers"),
    ("x", "np.round(x, 2)", "rounded to 2 digits behind the point"),
    ("x * x", "(x.astype(np.float16) ** 2)", "right but for the few digits of float16; compute in float64"),
    ("x.var(axis=0)", "x.std(axis=0)", "these are the square roots of the right numbers"),
    ("x.std()", "x.var()", "these are the squares of the right numbers"),
    ("1 / (1 + np.exp(-x))", "1 / (1 + np.exp(x))", "these are 1 minus the right numbers"),
    ("x.mean(axis=0)", "x.sum(axis=0)", "6 times too large; x has 6 rows: is a mean missing?"),
    ("x.sum(axis=1)", "x.mean(axis=1)", SMALL),
    (
        "x.var(axis=0)",
        "x.var(axis=0, ddof=1)",
        "too large by the factor n / (n - 1); x has 6 rows: is it divided by n - 1 in place of n?",
    ),
    ("x", "2 * x", "twice as large as it should be: is a factor missing or one too many?"),
    ("x", "0.3 * x", "every number is 0.3 times the right one"),
    ("x", "x + x.mean()", "the same number is added to every one, or left out of every one"),
    ("x", "x - x.mean(axis=0)", "every row is off by the same numbers"),
    ("np.argsort(x[0])", "1 + np.argsort(x[0])", "every number is 1 too large: where does counting begin?"),
    ("x[:4]", "x[:4].T", "transposed"),
    ("x", "x.T", "transposed: the shape is (4, 6), expected (6, 4)"),
    ("x", "x[::-1]", "in reversed order along axis 0"),
    ("x[0]", "x[0][::-1]", "in reversed order"),
    ("x", "np.roll(x, 1, axis=1)", "shifted by one along axis 1: every number stands one place too late"),
    ("x[:3, 1:]", "x[:3, :-1]", "shifted by one along axis 1: every number stands one place too late"),
    ("x[:3]", "x[[1, 2, 0]]", "the right numbers in another order along axis 0"),
    ("x.ravel()", "np.sort(x, axis=None)", "the right numbers, in another order"),
    ("x > 0", "x <= 0", "yes and no are exchanged"),
    ("x", "x + 1j * abs(x)", "the numbers are complex; their real parts are right"),
    ("x.sum()", "x.sum().reshape(1)", ONE),
    (
        "x.sum(axis=0)",
        "x.sum(axis=0, keepdims=True)",
        "the numbers are right, but the shape is (1, 4), expected (4,): "
        "an axis of length 1 is too many or too few (keepdims, reshape?)",
    ),
    ("x", "x.ravel()", "the numbers are right, but the shape is (24,), expected (6, 4): reshaped"),
    ("x.mean()", "x.mean(axis=0)", "a mean is missing: the shape is (4,), expected ()"),
    ("x.sum(axis=1)", "x", "a sum over axis 1 is missing: the shape is (6, 4), expected (6,)"),
    ("x", "x[:-1]", FEW),
    (
        "x.ravel()",
        "np.append(0, x)",
        "one too many at the beginning; the others are right: the shape is (25,), expected (24,)",
    ),
    ("x - x.mean(axis=0)", "x", "every row is off by the same numbers"),
    ("x", "x.cumsum(axis=0)", "these are running totals of the right numbers: is a sum never set back to 0?"),
    ("x[0]", "x[0].cumsum() / np.arange(1, 5)", EMPTIED),
    ("x.cumsum(axis=0)", "x", "each number is only what was added last: is what came before it lost?"),
    ("x.sum(axis=0)", "np.full(4, x.sum())", "one and the same number stands everywhere"),
    ("abs(x[:, None] - x[:3]).sum(axis=2)", ALL_SUMMED, FLAT),
    ("x", "np.maximum(x, 0)", "right, but what should be smaller is always 0: is it cut off?"),
    ("x / x.std(axis=0)", "x / x.var(axis=0)", MULTIPLE),
    ("np.sqrt(1 + abs(x))", "np.sqrt(3 + abs(x))", SQUARES),
    ("np.sqrt(x[:, :1] ** 2 + 1 + x**2)", "np.sqrt(1 + x**2)", ROOT),
    ("x", "3 * x + 1", "right but for a factor and a term that are the same for all numbers"),
    ("(x - x.mean(axis=0)) / x.std(axis=0)", "(x - x.min(axis=0)) / np.ptp(x, axis=0)", STRETCHED),
    ("x.mean() + 0 * x[0, 0]", "x.mean() / 5 * 1", ONE_LESS),
    ("x * x * x", "x", "f returns its argument x unchanged"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "words"), NUMBERS, ids=[case[2][:40] for case in NUMBERS])
def test_what_numbers_tell(right, wrong, words):
    """One sentence for all inputs, and it names no expected value."""
    verdict = told(right, wrong)
    assert (verdict.kind, verdict.text, verdict.diagnosed) == (WRONG, words, True)


BORDER = "np.pad(x[1:-1, 1:-1], 1)"
PLACES = [
    ("x", "np.c_[x[:, :-1], x[:, -1] ** 2]", "all of the last column"),
    ("x", BORDER, "the wrong numbers are all 0; only at the border"),
    ("x", "np.where(np.arange(6)[:, None] % 2, x, x * x)", "only in every second row, from 0 on"),
    ("x", "np.where(np.arange(6)[:, None] > 3, x * x, x)", "only from row 4 on"),
    ("x[:4]", "x[:4] * (1 - np.eye(4))", "the wrong numbers are all 0; only on the diagonal"),
    ("x[0]", "np.append(x[0, :-1], 9.0)", "only in the last number"),
    (
        "np.log(abs(x))",
        "np.log(abs(x) * (np.arange(4) > 0))",
        "is something divided by 0, or a root or logarithm taken of a negative number, a logarithm of 0, "
        "a huge exponential?; all of the first column",
    ),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize(("right", "wrong", "words"), PLACES, ids=[case[2][:40] for case in PLACES])
def test_where_wrong_numbers_stand(right, wrong, words):
    """The place follows how many differ, in the first input that is wrong."""
    text = told(right, wrong).text
    assert text.startswith("input 1: ") and text.endswith(f"; {words}")


def test_without_anything_to_tell_the_difference_remains():
    """Other numbers are called different, and nothing more."""
    verdict = told("x", "np.sin(3 * x) * np.arange(1, 7)[:, None]")
    assert verdict.text.startswith("input 1: 24 of 24 numbers differ; the largest difference is")
    assert verdict.text.endswith("]") and not verdict.diagnosed


def test_the_authors_sentence_about_numbers_waits_for_what_the_numbers_tell():
    """A sentence for a part of numbers is said where nothing more particular is known."""
    ask, says = (
        "def ask(rng):\n    return {'slopes': f(rng.normal(size=(6, 4)))}",
        {"slopes": "look at question 3"},
    )
    assert told("x", "-x", ask, says=says).text == "slopes: the sign is wrong"
    assert told("x", "np.sin(3 * x)", ask, says=says).text == "look at question 3"


MOMENTUM = "def ask(rng):\n    w, v = rng.normal(size=(2, 5))\n    return step(w, v)"
SPLIT = "def ask(rng):\n    return {'mixed': f(np.arange(9), rng)}"


def test_parts_are_called_by_their_names():
    """Keys are names, positions are counted from 1; an input is named when only some are wrong."""
    ask = "def ask(rng):\n    return {'training': [f(rng.normal(size=4)), rng.normal(size=3)], 'loss': 1.0}"
    assert told("x", "-x", ask).text == "part 1 of 'training': the sign is wrong"
    ask = "def ask(rng):\n    return {'gradient': {'W': f(rng.normal(size=4) + 3), 'b': 1.0}}"
    assert told("x", "-x", ask).text == "gradient, W: the sign is wrong"
    assert told("x", "x if x[0] > 2.6 else -x", ask).text == "input 3, gradient, W: the sign is wrong"


def test_results_in_each_others_places():
    """Two results that are exchanged, or three in a ring, wherever they stand and whatever else is wrong."""
    right = "def step(w, v):\n    return w * w, v[:3]"
    assert told(right, right.replace("w * w, v[:3]", "v[:3], w * w"), MOMENTUM).text == (
        "right results, but in each other's places: 'part 1' and 'part 2'"
    )
    assert told("(x[0], x[1])", "(x[1], x[0])").text == "in reversed order along axis 0"
    ask = """
def ask(rng):
    answers = {}
    for axes in (2, 3):
        y, mask, slope = f(rng.normal(size=4 * axes))
        answers |= {f"output, {axes}": y, f"slope, {axes}": slope}
        answers[f"mask, {axes}"] = mask
    return answers"""
    right, exchanged = "(x * x, x > 0, abs(x))", "(abs(x), x > 0, x * x)"
    assert told(right, exchanged, ask).text == (
        "right results, but in each other's places: 'output, 2' and 'slope, 2'"
    )
    ring = told("(x * x, x**3, abs(x))", "(x**3, abs(x), x * x)", ask).text
    assert ring.endswith("places: 'output, 2' and 'mask, 2' and 'slope, 2'")


def test_several_values_where_one_is_asked_for():
    """The right one is named, whether the values came as a tuple or were computed on as an array."""
    words = "2 values where one is asked for: value 2 of them is right"
    assert told("x", "(x * x, x)").text == words
    ask = "def ask(rng):\n    return rng.normal(size=(6, 4)) @ np.asarray(f(rng.normal(size=(4, 2))))"
    assert told("x", "(x * x, x)", ask).text == words
    pair = "def ask(rng):\n    return f(rng.normal(size=(6, 4))).sum()"
    assert told("x", "(x, x)", pair).text.startswith(
        "f returned 2 values: an array of shape (6, 4) and dtype"
    )
    assert " (is one value asked for?); expected an array of shape (6, 4)" in told("x", "(x, x)", pair).text


def test_the_number_of_results_is_counted_before_the_error():
    """What came back, and how many results are asked for, in place of what Python says of unpacking."""
    ask = "def ask(rng):\n    a, b, c = step(rng.normal(size=4))\n    return a"
    right = "def step(x):\n    return x, x, x"
    for wrong, returned in (
        ("x", "an array of shape (4,) and dtype float64"),
        ("(3, 'a')", "2 values: a whole number, a str"),
    ):
        verdict = told(right, f"def step(x):\n    return {wrong}", ask)
        assert verdict.text.startswith(f"step returned {returned}; expected 3 values: an array of shape (4,)")


def test_what_came_back_is_compared_with_what_the_same_call_is_to_return():
    """Called twice, the first result is told, or none is expected; each input has its own."""
    ask = (
        "def ask(rng):\n    n = int(rng.integers(3, 99))\n"
        "    small, large = step(np.ones(n)), step(np.ones(100))\n    return small[n - 1] + large[99]"
    )
    right = "def step(x):\n    return 2 * x"
    both = told(right, "def step(x):\n    return x[1:]", ask).text
    shapes = [int(number) for number in re.findall(r"shape \((\d+),\)", both)]
    assert len(shapes) == 2 and shapes[0] == shapes[1] - 1 and "expected" in both
    later = told(right, "def step(x):\n    return x if len(x) < 100 else x[1:]", ask).text
    assert later.startswith("step returned an array of shape (99,)") and "expected" not in later
    once = "def ask(rng):\n    n = int(rng.integers(3, 99))\n    return step(np.ones(n))[n - 1]"
    numbers = [int(np.random.default_rng([0, case]).integers(3, 99)) for case in range(2)]
    second = told(right, f"def step(x):\n    return x if len(x) == {numbers[0]} else x[1:]", once).text
    assert f"shape ({numbers[1] - 1},)" in second and f"expected an array of shape ({numbers[1]},)" in second


def test_other_arguments_than_the_given_ones():
    """A call that does not fit is told as such; what a helper returned before does not matter."""
    ask = "def ask(rng):\n    return step(*sizes(rng))"
    right = "def sizes(rng):\n    return [1, 2]\ndef step(a, b):\n    return a + b"
    assert told(right, right.replace("step(a, b)", "step(a)"), ask).text == (
        "TypeError: step() takes 1 positional argument but 2 were given; "
        "keep its arguments as they were given"
    )


@pytest.mark.parametrize("make", ["int(step(2))", "float(step(2))", "np.asarray(step(2)).astype(int)"])
def test_a_missing_return_is_told_where_python_speaks_of_int(make):
    """int() and float() of None: no matter of the arguments that the student's function takes."""
    ask = f"def ask(rng):\n    return {make}"
    text = told("def step(a):\n    return a", "def step(a):\n    a + 1", ask).text
    assert text.startswith("step returned None (is a return missing?); then TypeError: ")
    assert "keep its arguments" not in text


SHAPES = [
    ("x[1:]", "yours is (5, 4): axis 0 too short"),
    ("np.pad(x, 2)", "yours is (10, 8): axis 0 and 1 too long"),
    ("np.pad(x[1:], [(0, 0), (0, 1)])", "yours is (5, 5): axis 1 too long, axis 0 too short"),
    ("x.T", "yours is (4, 6): the axes stand in another order"),
    ("x.ravel()", "yours is (24,): 1 axis in place of 2"),
]


@pytest.mark.parametrize(("wrong", "words"), SHAPES, ids=[case[0] for case in SHAPES])
def test_a_shape_that_is_the_answer(wrong, words):
    """A part that is called a shape is read as one, not as numbers that differ."""
    ask = "def ask(rng):\n    return {'first layer, shape': list(f(rng.normal(size=(6, 4))).shape)}"
    assert told("x", wrong, ask).text == f"first layer, shape: {words}"


def test_one_count_too_few_is_no_matter_of_means():
    """A number of folds is counted: nothing was divided by n, nor once too often."""
    ask = "def ask(rng):\n    return {'folds': len(f(int(rng.integers(6, 20))))}"
    less = told("list(range(x))", "list(range(x - 1))", ask).text
    assert less == "folds: every number is 1 too small: where does counting begin?"
    first = told("list(range(x))", "[0]", ask).text
    assert first.startswith("folds: ") and "is this factor missing?" in first and "divided" not in first
    more = told("list(range(2 * x))", "list(range(2 * x * x))", ask).text
    assert "is this factor one too many?" in more and "mean" not in more


SAYS = {"means": "yours are other means"}


def test_an_authors_sentence_stands_beside_another_shape():
    """ "Other means" alone leaves out that they are of other rows, or that there is but one."""
    ask = "def ask(rng):\n    return {'means': f(rng.normal(size=(6, 4)))}"
    wrong = told("x.mean(axis=0)", "x.mean(axis=1) ** 2", ask, says=SAYS).text
    assert wrong == "yours are other means; the shape is (6,), expected (4,)"
    assert told("x.mean(axis=0)", "x[0] ** 2", ask, says=SAYS).text == "yours are other means"
    one = told("x.mean()", "x[0] ** 2", ask, says=SAYS).text
    assert one == "yours are other means; one number is asked for: the shape is (4,), expected ()"
    assert told("(x > 0).mean()", "x > 0", ask, says=SAYS).text == (
        "means: a mean is missing: the shape is (6, 4), expected ()"
    )


@pytest.mark.parametrize(
    ("wrong", "kind"), [("str(x.mean())", "text"), ("{'mean': x.mean()}", "a dict")], ids=["text", "dict"]
)
def test_an_authors_sentence_about_numbers_is_not_said_of_other_things(wrong, kind):
    """Text is no other number than the expected one: it is text."""
    ask = "def ask(rng):\n    return {'means': f(rng.normal(size=(6, 4)))}"
    said = told("x.mean()", wrong, ask, says=SAYS).text
    assert said == f"input 1, means: the answer is {kind}, expected a number"


def test_numbers_that_are_all_none_are_a_missing_return():
    """Called once for each number of a list: the author's sentence is not about None."""
    ask = "def ask(rng):\n    return {'means': [f(x) for x in rng.normal(size=4)]}"
    said = told("float(x)", "None", ask, says=SAYS).text
    assert said == "input 1, means: the answer at [0] is None (is a return missing?), expected a number"


def test_a_tuple_is_not_called_a_list():
    """Lists and tuples arrive alike, so both are named."""
    said = told(
        "{'mean': x.mean()}", "(x.mean(), 1.0)", "def ask(rng):\n    return f(rng.normal(size=4))"
    ).text
    assert said == "input 1: the answer is a list or a tuple, expected a dict"


def test_numbers_of_0_and_1_show_no_relation():
    """1 for 0 is no 1 - 0, 1 for 0.9 nothing rounded, 0 and 1 are not exchanged: they are equal by luck."""
    assert "1 minus" not in told("0 * x.sum()", "1.0").text
    assert "rounded" not in told("0.9 + 0 * x.sum()", "1.0").text
    assert told("2.9 + 0 * x.sum()", "3.0").text == "rounded to whole numbers"
    assert told("1 / (1 + np.exp(x))", "1 / (1 + np.exp(-x))").text == "these are 1 minus the right numbers"
    ask = "def ask(rng):\n    return dict(zip(('all', 'none'), f(rng.normal(size=4))))"
    assert "each other's" not in told("(1.0, 0.0)", "(0.0, 1.0)", ask).text
    exchanged = told("(x.sum(), x.std())", "(x.std(), x.sum())", ask).text
    assert exchanged == "right results, but in each other's places: 'all' and 'none'"


def test_a_truth_value_is_no_exchanged_number():
    """True for 0.0 is no yes in place of a no: a number is asked for."""
    assert told("0.0 * x.sum()", "True").text == "True or False came back, and a number is asked for"
    assert told("x + 2", "x > 0").text == "True or False came back, and numbers are asked for"
    assert told("x > 0", "x <= 0").text == "yes and no are exchanged"


def test_a_hint_about_what_is_not_finite_asks_for_the_other_numbers():
    """inf / inf at one end, where all other numbers are right, is not what makes all of them wrong."""
    mistakes = [("infinity divided by infinity", "def f(x):\n    return np.where(x > 1, np.nan, x)")]
    apart = told("x", "np.where(x > 0.5, np.inf, x)", mistakes=mistakes)
    assert apart.hint == "infinity divided by infinity"
    assert told("x", "np.where(x < -1, np.inf, 1 + 2 * x)", mistakes=mistakes).hint is None


def test_a_hint_about_one_blank_does_not_explain_others():
    """Both results are nan: the mistake that makes one of them nan is not the cause."""
    ask = "def ask(rng):\n    return dict(zip(('loss', 'gradient'), f(rng.normal(size=4))))"
    mistakes = [("0 times infinity", "def f(x):\n    return float('nan'), x")]
    right, wrong = "x.sum(), x", "float('nan'), x * float('nan')"
    assert told(right, wrong, ask, mistakes=mistakes).hint is None
    assert told(right, "float('nan'), x", ask, mistakes=mistakes).hint == "0 times infinity"
    assert told(right, "float('nan'), 3 * x ** 3", ask, mistakes=mistakes).hint == "0 times infinity"


def test_counts_are_too_large_or_too_small():
    """A count with an odd factor is not called a multiple of the right one."""
    ask = "def ask(rng):\n    return f(*rng.integers(3, 20, size=2).tolist())"
    right = "def f(n, k):\n    return n * k + k"
    assert told(right, right.replace("+ k", "+ 2 * k"), ask).text == (
        "too large for every input: is there something that does not belong, or twice?"
    )
    assert (
        told(right, right.replace("+ k", ""), ask).text == "too small for every input: is something left out?"
    )
    same = "def ask(rng):\n    return f(8, 9)"
    assert told("def f(n, k):\n    return n * k", "def f(n, k):\n    return n * k + 8", same).text.startswith(
        "too large"
    )


def test_an_author_says_more_than_too_large():
    """A sentence of the question comes before the amount, and ones everywhere are not called rounded."""
    ask = "def ask(rng):\n    return {'cost': int(f(rng.integers(10, 20)))}"
    assert told("x", "x + x % 7 + 1", ask, says={"cost": "count the bias once"}).text == "count the bias once"
    ones = told("1 / (1 + np.exp(-x)) / 2 + 0.4", "np.ones_like(x)").text
    assert "rounded" not in ones


def test_one_part_too_few_or_too_many():
    """Results of different kinds are counted."""
    assert told("(x, x[0], 1)", "(x, x[0])").text == "one part too few"
    assert told("(x, x[0], 1)", "(x, x[0], 1, x)").text == "one part too many"


def test_a_wrong_shape_and_a_missing_result_are_causes():
    """They say more than that numbers differ."""
    for wrong in ("np.sin(9 * x[:, :2])", "None", "'text'", "{'x': x}"):
        assert told("x", wrong).diagnosed, wrong


def test_counts_that_are_off_by_very_little_have_no_factor():
    """Fifty too many of a million are too many, not 1 times the right number."""
    ask = "def ask(rng):\n    return {'cost': int(f(rng.integers(10**6, 2 * 10**6))), 'n': 3}"
    assert told("x", "x + x // 20000", ask, rtol=1e-6).text.startswith("cost: too large for every input")


def test_right_for_the_first_input_alone():
    """A number that is fixed in the code, or kept from the first call."""
    ask = "def ask(rng):\n    return f(rng.normal(size=(6, 4)), rng.uniform(1, 2))"
    right = "def f(x, p):\n    return np.sin(x * p)"
    first = "kept = []\ndef f(x, p):\n    kept.append(p)\n    return np.sin(x * kept[0])"
    assert told(right, first, ask).text.startswith("right for the first input alone: does something stay")


def test_facts_beside_the_value():
    """Arguments changed in place, no draw, a draw from elsewhere: the function is named."""
    right = "def step(w, v):\n    return w - v"
    wrong = "def step(w, v):\n    w -= v\n    return w"
    verdict = told(right, wrong, MOMENTUM, unchanged=("w",))
    assert verdict.kind == WRONG and verdict.text == (
        "step changes its argument w in place (-=, +=, out=, sort() ...); work on a copy"
    )
    assert told(right, wrong, MOMENTUM).kind == CORRECT
    right = "def f(x, rng):\n    return sorted(rng.permutation(x)) == list(x)"
    assert told(right, "def f(x, rng):\n    return True", SPLIT).text.startswith("f draws nothing from rng:")
    shuffled = "def f(x, rng):\n    return rng.permutation(x)"
    stray = "def f(x, rng):\n    rng.random()\n    return np.random.permutation(x)"
    assert told(shuffled, stray, SPLIT).text == (
        "f draws from a global generator (np.random, random, torch); use the one that it is handed"
    )


def test_the_numbers_of_another_part():
    """An argument that is ignored gives the same twice; two results may be mixed up in one place alone."""
    ask = "def ask(rng):\n    x = rng.normal(size=5)\n    return {'wide': f(x, 3.0), 'narrow': f(x, 0.5)}"
    right = "def f(x, width):\n    return np.tanh(x * width)"
    same = "the same numbers as for 'narrow': is an argument ignored, or a result kept?"
    assert told(right, "def f(x, width):\n    return np.tanh(x / 2)", ask).text == f"wide: {same}"
    mixed = "def f(x, width):\n    return np.tanh(x / 2) if width > 1 else np.sin(x)"
    assert told(right, mixed, ask).text == "wide: these numbers are right for 'narrow'"


def test_random_numbers_where_none_are_asked_for():
    """A function draws from a global generator, and nobody hands it one; told of wrong numbers only."""
    rows = "def f(x):\n    return np.cumsum(x[:3] ** 2)"
    drawn = "def f(x):\n    return np.cumsum(x[np.random.permutation(6)[:3]] ** 2)"
    assert told(rows, drawn).text.endswith("; f draws random numbers, and none are asked for")
    own = drawn.replace("np.random.permutation", "np.random.default_rng(1).permutation")
    assert told(rows, own).text.endswith("; f draws random numbers, and none are asked for")
    needless = "def f(x):\n    np.random.random()\n    return np.cumsum(x[:3] ** 2)"
    assert told(rows, needless).kind == CORRECT
    assert "draws" not in told(drawn, "def f(x):\n    return np.cumsum(x[np.random.permutation(6)[:3]])").text


def test_truth_values_in_words():
    """A part that is no number is called yes or no, or what the author says of it."""
    ask = "def ask(rng):\n    return {'scores unchanged': bool(f(rng.normal(size=3)) > 0), 'n': 3}"
    assert told("1", "-1", ask).text == "scores unchanged: no"
    says = {"scores unchanged": "you changed the caller's array"}
    assert told("1", "-1", ask, says=says).text == "you changed the caller's array"
    assert told("1", "x", ask, says=says).text.endswith("; expected a whole number")
    assert told("True", "False").text == "the answer is False"


TEXTS = [
    ("'a,b\\n1,2\\n'", "'a,b\\r\\n1,2\\r\\n'", "line 1 is 'a,b\\r': a line is to end in \\n alone"),
    ("'a,b\\n1,2\\n'", "'a,b\\n1,2'", "the newline at the end of the text is missing"),
    ("'a,b\\n1,2\\n'", "'a,b\\n1,2\\n\\n'", "the text has too many newlines at its end"),
    ("'a,b\\n1,2\\n'", "'a, b\\n1,2\\n'", "line 1 is 'a, b': the spaces are wrong"),
    ("'a,b\\n1,2\\n'", "'a,b\\n1,2\\t\\n'", "line 2 is '1,2\\t': the spaces are wrong"),
    ("'a,b\\n1,2\\n'", "'A,b\\n1,2\\n'", "line 1 is 'A,b': upper and lower case are wrong"),
    ("'a,b\\n1,2\\n'", "'a,b\\n1,3\\n'", "line 2 is '1,3': wrong from character 3 on"),
    ("'a,b\\n1,2\\n'", "'\\ufeffa,b\\n1,2\\n'", "the text begins with a byte order mark"),
    ("'a,b\\n1,2\\n'", "'a,b\\n'", "the text ends too early: after line 1"),
    ("'a,b\\n1,2\\n'", "'a,b\\n1,2\\n3,4\\n'", "the text goes on where it should end: line 3 is '3,4'"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "words"), TEXTS, ids=[case[1] for case in TEXTS])
def test_text_shows_the_students_own_line(right, wrong, words):
    """The first line that differs, with what cannot be seen as an escape; the right line never."""
    assert told(right, wrong).text.startswith(words)


def test_a_dtype_is_named_when_it_may_be_the_cause():
    """At any depth, when the student's holds fewer digits than the solution's."""
    ask = "def ask(rng):\n    return {'a': [f(rng.normal(size=4)), 'text']}"
    wrong = told("x", "(100 * np.sin(9 * x)).astype(np.int8)", ask).text
    assert wrong.startswith("input 1, part 1 of 'a': ") and "(your dtype is int8, expected float64)" in wrong
    assert "dtype" not in told("x.astype(np.float32)", "np.sin(9 * x)", ask).text


def test_a_forgotten_return_comes_before_its_consequence():
    """What the function gave back is said first; the question's own line is not shown."""
    ask = "def ask(rng):\n    a, b = step(rng.normal(size=3))\n    return a"
    verdict = told("def step(x):\n    return x, x", "def step(x):\n    x + 1", ask)
    assert verdict.kind == ERROR and verdict.text == (
        "step returned None (is a return missing?); then TypeError: cannot unpack "
        "non-iterable NoneType object"
    )


def test_a_class_in_place_of_an_object_of_it():
    """make_net returned the class: Python's missing 'self' would tell nobody that brackets are missing."""
    ask = "def ask(rng):\n    return float(make(int(rng.integers(9))).total())"
    net = "class Net:\n    def __init__(self, n):\n        self.n = n\n"
    net += "    def total(self):\n        return self.n\n"
    right, wrong = (f"{net}def make(n):\n    return {what}" for what in ("Net(n)", "Net"))
    assert told(right, wrong, ask).text.startswith(
        "make returned the class Net (is an object of it asked for, with brackets behind the name?); then "
    )


SOFTMAX = """
def ask(rng):
    huge = rng.normal(size=(5, 3)) * 2000
    s, y = rng.normal(size=(5, 3)), huge.argmin(axis=1)
    kept = s.copy()
    loss, gradient = softmax_loss(s, y)
    return {"ordinary": [loss, gradient], "huge": list(softmax_loss(huge, y))}
"""
BODY = """
def softmax_loss(s, y):
    {change}
    n, e = np.arange(len(y)), np.exp(s - {shift})
    p = e / e.sum(axis=1, keepdims=True)
    loss = {loss}
    p[n, y] -= 1
    return loss, p{mean}
"""
ROW, LOG_P = "s.max(axis=1, keepdims=True)", "-np.log(p[n, y]).mean()"
LOSS = f"(np.log(e.sum(axis=1)) - (s - {ROW})[n, y]).mean()"
RIGHT = {"change": "s = s.copy()", "shift": ROW, "loss": LOSS, "mean": " / len(y)"}
KNOWN = {
    "p became 0": RIGHT | {"loss": LOG_P},
    "The scores are changed.": RIGHT | {"change": "s -= 1"},
    "exp overflows": RIGHT | {"shift": "0", "loss": LOG_P},
    "The mean is missing.": RIGHT | {"mean": ""},
    "The loss is capped.": RIGHT | {"loss": "-np.log(p[n, y] + 1e-8).mean()"},
}
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def softmax(**changes):
    mistakes = [(hint, BODY.format(**code)) for hint, code in KNOWN.items()]
    code = BODY.format(**(RIGHT | changes))
    return told(BODY.format(**RIGHT), code, SOFTMAX, ("s",), mistakes)


def test_a_known_mistake_alone():
    """Each mistake of the small softmax question gets its own hint."""
    for hint, code in KNOWN.items():
        verdict = softmax(**code)
        assert (verdict.kind, verdict.hint, verdict.text) == (MISTAKE, hint, "a typical mistake")


def test_two_mistakes_at_once_give_both_hints():
    """A second fault does not hide the first."""
    verdict = softmax(change="s -= 1", loss=LOG_P)
    assert verdict.kind == MISTAKE and verdict.hints == ["p became 0", "The scores are changed."]
    verdict = softmax(mean="", loss="-np.log(p[n, y] + 1e-8).mean()")
    assert verdict.hints == ["The mean is missing.", "The loss is capped."]
    assert verdict.text == "two typical mistakes at once"


def test_a_mistake_beside_something_unknown():
    """The hint explains its parts, the text the first part that is left."""
    verdict = softmax(mean="", loss=f"3.5 * {LOSS}")
    assert (verdict.kind, verdict.hint) == (WRONG, "The mean is missing.")
    assert verdict.text == "part 1 of 'ordinary': every number is 3.5 times the right one"


def test_overflow_is_told_by_kind():
    """Infinity where the mistake has NaN is the same mistake; other numbers that are not finite are not."""
    assert (
        softmax(shift="0", loss="np.nan_to_num(-np.log(p[n, y]), nan=np.inf).mean()").hint == "exp overflows"
    )
    assert softmax(loss="np.nan").hint is None


def test_wrong_truth_values_do_not_choose_among_mistakes():
    """A truth value that two mistakes share names neither; one that a single mistake has names it."""
    ask = (
        "def ask(rng):\n    x = rng.normal(size=4)\n    return {'y': f(x), 'odd': bool(f(x)[0] != 2 * x[0])}"
    )
    mistakes = [("a square", "def f(x):\n    return x * x"), ("a cube", "def f(x):\n    return x ** 3")]
    assert told("2 * x", "np.sin(9 * x)", ask, mistakes=mistakes).hint is None
    assert told("2 * x", "x ** 3", ask, mistakes=mistakes).hint == "a cube"


@pytest.mark.parametrize(("also", "hint"), [(1, "lost"), (3, None)])
def test_little_evidence_beside_much_that_is_wrong_names_no_mistake(also, hint):
    """Zeros in one part are a mistake's, where they are at least half of what is wrong."""
    ask = "def ask(rng):\n    x = rng.normal(size=(3, 4))\n    return {name: f(x, name) for name in 'abcd'}"
    mistake = "def f(x, name):\n    return 0 * x if name == 'd' else x"
    wrong = mistake.replace("else x", f"else np.sin(9 * x) if name in 'abc'[:{also}] else x")
    assert told("def f(x, name):\n    return x", wrong, ask, mistakes=[("lost", mistake)]).hint == hint


def test_labels_that_are_equal_by_luck_name_no_mistake():
    """A few equal labels are no reason for a hint where the mistake's own numbers are others."""
    ask = """
def ask(rng):
    x = rng.normal(size=4)
    loss, labels = f(x)
    return {'loss': loss, 'labels': labels}"""
    right = "def f(x):\n    return x.sum(), np.array([0, 1, 1, 0])"
    mistakes = [("a square", "def f(x):\n    return (x * x).sum(), np.array([1, 1, 1, 0])")]
    other = "def f(x):\n    return abs(x).sum(), np.array([1, 1, 1, 0])"
    assert told(right, other, ask, mistakes=mistakes).hint is None
    only = [("labels", "def f(x):\n    return x.sum(), np.array([1, 1, 1, 0])")]
    assert told(right, other, ask, mistakes=only).hint == "labels"


def test_an_argument_that_is_never_looked_at_is_named():
    """Beside the difference that nothing else explains; one that the solution ignores, too, is not named."""
    ask = "def ask(rng):\n    return f(rng.normal(size=(6, 4)), rng.uniform(1, 2), 7)"
    right = "def f(x, k, unused):\n    return np.exp(x) - k * x**2"
    told_of = [
        told(right, f"def f(x, k, unused):\n    return {code}", ask)
        for code in ("np.exp(x) + 0.3 * x", "k + x * k")
    ]
    assert told_of[0].text.endswith("; f never looks at its argument k") and told_of[0].diagnosed
    assert "never looks" not in told_of[1].text


def test_a_tuple_where_a_dict_is_asked_for():
    """The question cannot go on; the card says what it wants."""
    ask = "def ask(rng):\n    once, _ = f(rng.normal(size=3))\n    return once['W']"
    verdict = told("({'W': x}, 1)", "((x, x), 1)", ask)
    assert (
        verdict.text.startswith("f returned 2 values: a tuple of 2, a whole number")
        and "(a dict with names is asked for)" in verdict.text
    )


def test_one_number_everywhere_is_no_count_that_is_too_small():
    """Labels that are all 0, for example: the card says that they are."""
    verdict = told("3 + np.argsort(x[0])", "0 * np.argsort(x[0])")
    assert verdict.text.endswith("the wrong numbers are all 0")


def test_a_missing_return_is_told_before_all_else():
    """Not what the question makes of None, nor how the function behaves for simpler arguments."""
    ask = (
        "def ask(rng):\n    x = f(rng.random((6, 4)))\n    return {'kept': np.asarray(x) != 0, 'numbers': x}"
    )
    said = told("x * (x > 0)", "None", ask, says={"kept": "others are kept"}).text
    assert said.startswith("input 1, numbers: the answer is None (is a return missing?)"), said
    ask = "def ask(rng):\n    return [f(float(n)) for n in rng.integers(2, 9, size=3)]"
    assert (
        told("2 * x", "None", ask).text
        == "input 1: the answer at [0] is None (is a return missing?), expected a number"
    )


def test_the_call_that_gave_nothing_is_told():
    """Another one that gave an array says nothing about the error."""
    ask = "def ask(rng):\n    return np.sort(f(1)) + np.sort(f(2)) + np.sort(f(1))"
    wrong = "def f(n):\n    if n == 1:\n        return np.ones(4)"
    said = told("n * np.ones(4)".join(("def f(n):\n    return ", "")), wrong, ask).text
    assert said.startswith("f returned None in a later call (is a return missing?); then AxisError"), said


def test_a_shape_stands_behind_the_authors_sentence():
    """No sentence hides another shape, and numbers of another shape are those of no other part."""
    ask = "def ask(rng):\n    x = rng.random((6, 4))\n    return {'one': f(x), 'two': f(2 * x)}"
    says = {"one": "look at question 3"}
    assert told("x / x.sum()", "np.float64(0.3)", ask, says=says).text == (
        "look at question 3; the shape is (), expected (6, 4)"
    )
    same = told("x", "0 * x + 0.3", ask).text
    assert "the same numbers as for 'two'" in same


def test_a_sentence_for_a_list_is_told_of_its_parts():
    """Arrays of unequal lengths are taken apart; the author names the list."""
    ask = "def ask(rng):\n    return {'later losses': [f(rng.normal(size=3)), f(rng.normal(size=5))]}"
    says = {"later losses": "look at the rate"}
    assert told("x", "np.sin(3 * x)", ask, says=says).text == "look at the rate"


def test_counts_and_labels_are_equal_by_luck():
    """6 in place of 7 beside an axis of 7, or of three labels all but the last, are no cause."""
    count = "def ask(rng):\n    return f(rng.normal(size=(7, 2)))"
    assert "n - 1" not in told("def f(x):\n    return len(x)", "def f(x):\n    return len(x) - 1", count).text
    labels = "def ask(rng):\n    return f(np.array([9, 8, 9, 7, 8, 9]))"
    said = told("def f(x):\n    return x", "def f(x):\n    return np.minimum(x, 8)", labels).text
    assert "cut off" not in said


CLASSES = """
class {name}:
    def __call__(self, x):
        {result}

def make():
    return {name}()
"""


def test_a_class_of_the_students_own_is_not_held_against_them():
    """Another name than that of the solution's class; what is wrong is that a call gives nothing."""
    ask = "def ask(rng):\n    return make()(rng.normal(size=3)).sum()"
    right, wrong = CLASSES.format(name="Net", result="return x"), CLASSES.format(name="LeNet", result="x")
    said = told(right, wrong, ask).text
    assert said.startswith(
        "make returned a LeNet; then AttributeError: 'NoneType' object has no attribute 'sum'"
    )
    assert said.endswith("what comes out of it is None: does its forward end in a return?"), said
    assert "expected a Net" in told(right, "def make():\n    return [1, 2]", ask).text


def test_one_number_everywhere_is_no_bound():
    """Not even where rounding makes it a little different from place to place."""
    assert "cut off" not in told("abs(x)", "-0.6 - 1e-12 * (np.arange(24.0).reshape(6, 4) % 2)").text
    assert "cut off" in told("x", "np.minimum(x, 0.5)").text


def test_what_is_right_for_one_input_is_not_called_too_large_for_every_one():
    """All others have larger counts than asked for."""
    sizes = "def ask(rng):\n    n = int(rng.integers(3, 99))\n    return [f(n), f(n + 1)]"
    first = int(np.random.default_rng([0, 0]).integers(3, 99))
    wrong = f"def f(n):\n    return 2 * n + 1 + (1 + n % 7) * (n not in ({first}, {first + 1}))"
    said = told("def f(n):\n    return 2 * n + 1", wrong, sizes).text
    assert (
        said
        == "right for the first input alone: does something stay from it, or is a number fixed in the code?"
    )


def test_a_hint_about_infinity_is_not_given_where_its_mistake_has_more_wrong():
    """Both losses are nan with the mistake; of the answer one is, and the other is right."""
    ask = "def ask(rng):\n    return dict(zip(('near', 'far'), f(rng.normal(size=4))))"
    mistakes = [("1 is subtracted", "def f(x):\n    return float('nan') * x, np.where(x > 0, np.nan, x)")]
    said = told("x, x", "x, np.where(x < 0.3, np.inf, x)", ask, mistakes=mistakes)
    assert said.hint is None
    both = told("x, x", "np.inf * x, np.where(x > 0.1, np.inf, x)", ask, mistakes=mistakes)
    assert both.hint == "1 is subtracted"
