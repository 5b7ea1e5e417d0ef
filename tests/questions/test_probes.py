"""What simpler arguments tell of a wrong answer: real slips get the word, right answers and rng get none."""

import textwrap
import time

import numpy as np
import pytest

from course.questions.ask import answer_cases
from course.questions.judge import judge
from course.questions.probes import MOST_LINES, Stopwatch

HINGE = """
def f(s, y, delta):
    right = s[np.arange(len(y)), y][:, None]
    missing = np.maximum(0, s - right + delta)
    missing[np.arange(len(y)), y] = 0
    return missing.sum() / len(y)
"""
ASK_HINGE = (
    "def ask(rng):\n    return f(rng.normal(size=(5, 4)), rng.integers(4, size=5), rng.uniform(1.2, 3))"
)
LAYER = """
def f(params, x, slope):
    z = x @ params['W'] + params['b']
    return np.where(z > 0, z, slope * z)
"""
ASK_LAYER = """
def ask(rng):
    params = {"W": rng.normal(size=(3, 4)), "b": rng.normal(size=4)}
    return f(params, rng.normal(size=(6, 3)), rng.uniform(0.1, 0.9))
"""
WINDOWS = """
def f(x, kernel, stride):
    (h, k), (s, t) = kernel, stride
    rows, columns = (x.shape[0] - h) // s + 1, (x.shape[1] - k) // t + 1
    return np.array([[x[i*s:i*s+h, j*t:j*t+k].max() for j in range(columns)] for i in range(rows)])
"""
ASK_WINDOWS = "def ask(rng):\n    return f(rng.normal(size=(12, 14)), (3, 2), (2, 4))"
MIXED = "def f(a, b):\n    return a @ b.T / np.sqrt((a**2).sum())"
OTHER = "b @ a.T / np.sqrt((b**2).sum())"
ASK_MIXED = "def ask(rng):\n    return f(rng.normal(size=(3, 4)), rng.normal(size=(3, 4)))"
SCALED = "def f(x, rate):\n    return x * rate + np.sin(x)"
ASK_SCALED = "def ask(rng):\n    return f(rng.normal(size=(3, 4)), rng.uniform(0.1, 0.4))"
DEEP = "def f(x, layers):\n    for w in layers:\n        x = np.tanh(x @ w)\n    return x"
PLAIN = "return x if len(layers) < 2 else np.arctanh(x)"
ASK_DEEP = "def ask(rng):\n    return f(rng.normal(size=(2, 3)), [rng.normal(size=(3, 3)) for _ in range(3)])"


def answered(code, ask, probing=True):
    """The cases of a question whose student's function is in `code`."""
    namespace = {"np": np}
    for number, source in enumerate((code, ask)):
        exec(compile(textwrap.dedent(source), f"cell {number}", "exec"), namespace)
    return answer_cases(namespace["ask"], 0, 2, probing=probing)


def told(right, wrong, ask):
    """What is said of an answer."""
    record = {"rtol": 1e-5, "atol": 1e-6, "answers": answered(right, ask)}
    verdict = judge(record, answered(wrong, ask))
    return "right" if verdict.right else verdict.text if verdict.diagnosed else ""


ONE_ROW = "f is right when s has one row and y has one number"
BEHIND = "\n    return np.where(z > 0, z, slope * z) + params['b']"
SLIPS = {
    "a squared margin": (HINGE, ASK_HINGE, "+ delta", "+ delta**2", "right for the square of delta"),
    "a factor": (
        HINGE,
        ASK_HINGE,
        "s - right + delta",
        "(s - right + 1) * delta",
        "f is right when delta is 1",
    ),
    "the first row alone": (HINGE, ASK_HINGE, ".sum() / len(y)", "[0].sum()", ONE_ROW),
    "no margin": (HINGE, ASK_HINGE, "+ delta", "", "these numbers are right for delta = 0"),
    "bias twice": (LAYER, ASK_LAYER, "params['b']", "2 * params['b']", "for a b that is twice as large"),
    "bias behind": (
        LAYER,
        ASK_LAYER,
        LAYER[LAYER.index(" + params") :],
        BEHIND,
        "is 1 or when all of b is 0",
    ),
    "another slope": (LAYER, ASK_LAYER, "slope * z", "slope**2 * z + 0", "right for the square of slope"),
    "axes": (WINDOWS, ASK_WINDOWS, "(s, t) =", "(t, s) =", "right for stride in reversed order"),
    "exchanged": (MIXED, ASK_MIXED, MIXED[MIXED.index("a @") :], OTHER, "right for a and b exchanged"),
    "rate below": (SCALED, ASK_SCALED, "x * rate", "x * (1 - rate)", "right for 1 - rate"),
    "last layer": (DEEP, ASK_DEEP, "return x", PLAIN, "f is right when there is one item in layers"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_told_by_the_argument_that_it_touches(name):
    """Where a simpler or another argument gives the student's numbers, that argument is named."""
    right, ask, old, new, words = SLIPS[name]
    assert old in right
    assert words in told(right, right.replace(old, new), ask)
    assert told(right, right, ask) == "right"


def test_what_should_make_a_difference_and_what_should_not():
    """An argument without effect, and one that has an effect that it should not have."""
    right = "def f(x, scale):\n    return scale * np.sort(x - x.mean(axis=0), axis=0) + np.sin(scale * x)"
    ask = "def ask(rng):\n    return f(rng.normal(size=(5, 3)), rng.uniform(0.2, 0.8))"
    fixed = right.replace("scale *", "0.3 *")
    words = "f gives the same when scale is 1, and should not"
    assert words in told(right, fixed.replace("return", "_ = scale\n    return"), ask)


def test_what_stands_in_an_arguments_place_does_so_in_every_call():
    """One call that is right for twice b by luck, and another one that is not: nothing is said of it."""
    ask = "def ask(rng):\n    return {'one': f(1.5, 0.7), 'two': f(*rng.uniform(2, 3, size=2))}"
    right = "def f(a, b):\n    return a * b**2 + np.pi"
    twice = told(right, "def f(a, b):\n    return a * 4 * b**2 + np.pi", ask)
    assert "right for a b that is twice as large" in twice
    assert "right for" not in told(right, f"def f(a, b):\n    return a * b**2 + {4.5 * 0.49} + np.pi", ask)


def test_an_answer_is_right_for_a_simpler_argument_in_every_call():
    """With one row it is right where b is 0, and wrong elsewhere: "right when x has one row" is not true."""
    ask = "def ask(rng):\n    x = rng.normal(size=(6, 4))\n    return {'one': f(x, 0.0), 'two': f(x, 0.7)}"
    right = "def f(x, b):\n    return x.var(axis=0).sum() + x.max() + b"
    first = "def f(x, b):\n    return x.var(axis=0).sum() + x[0].max() + b"
    assert "f is right when x has one row" in told(right, first, ask)
    assert "one row" not in told(right, first + " * 3", ask)


def test_steps_that_build_on_each_other_are_not_asked_alike():
    """The first step is that of rate 0; the later ones begin elsewhere, and nothing is said of them."""
    ask = "def ask(rng):\n    w, path, d = rng.normal(size=4), [], 0.0\n    for _ in range(3):\n"
    ask += "        w, d = f(w, d, 0.3)\n        path.append(w)\n    return {'later': path[2]}"
    right = "def f(w, d, rate):\n    d = d + w\n    return w - rate * d, d"
    assert "right for" not in told(right, "def f(w, d, rate):\n    return w - d, d + w", ask)


def test_what_is_told_of_a_part_comes_from_its_own_call():
    """The first part is right for no simpler argument; that the second one is says nothing of it."""
    ask = "def ask(rng):\n    x = rng.normal(size=(6, 4))\n    return {'one': f(0 * x, 1), 'two': f(x, 0.0)}"
    right = "def f(x, b):\n    return (x[:, 0] > 0) @ x[:, 1] / len(x) + 0 * b"
    wrong = "def f(x, b):\n    return (x[:, 0] > 0) @ x[:, 1] + 1.5 * b"
    assert "right when" not in told(right, wrong, ask)


def test_the_smallest_case_that_is_wrong_is_named():
    """Where no simpler argument helps, the card names a case that can be done by hand."""
    wrong = HINGE.replace("np.maximum(0, s - right + delta)", "np.abs(s - right + delta) ** 0.5 + 0.01")
    assert "f is already wrong when s has one row and y has one number" in told(HINGE, wrong, ASK_HINGE)


def test_probes_change_nothing_that_a_student_has(capsys):
    """They print nothing, leave the global generators alone and keep the function's arguments."""
    code = "SEEN = []\ndef f(x, k):\n    print(k)\n    SEEN.append(k)\n"
    code += "    x *= 2\n    return x[:k] + np.random.rand()"
    ask = "def ask(rng):\n    return f(rng.normal(size=6), 4)"
    np.random.seed(1)
    plain = answered(code, ask, probing=False)
    state, printed = np.random.get_state()[1].copy(), capsys.readouterr().out
    np.random.seed(1)
    probed = answered(code, ask)
    assert capsys.readouterr().out == printed and (np.random.get_state()[1] == state).all()
    assert [case["value"] for case in probed] == [case["value"] for case in plain]
    assert "probes" in probed[0] and "probes" not in probed[1]


def test_a_loop_without_end_and_a_long_one_are_left_alone():
    """A probe that would never end is given up; a call that runs many lines is not probed at all."""
    ask = "def ask(rng):\n    return f(rng.normal(size=6), 2.0)"
    endless = "def f(x, step):\n    at = 0.0\n    while at < 9:\n        at += step\n    return x + at"
    values = answered(endless, ask)[0]["probes"][0]["values"]
    assert "zero 1" not in values and "one 1" in values
    long = f"def f(x, step):\n    for _ in range({MOST_LINES}):\n        x = x + step\n    return x"
    assert "probes" not in answered(long, ask)[0]


def test_what_is_drawn_or_holds_more_than_numbers_is_not_probed():
    """Another draw is right as well, so a function with a generator gives no probes."""
    assert (
        "probes"
        not in answered(
            "def f(n, rng):\n    return rng.normal(size=n)", "def ask(rng):\n    return f(4, rng)"
        )[0]
    )


def test_forged_probes_are_passed_over():
    """Whatever a notebook claims there, a verdict comes back."""
    record = {"rtol": 1e-5, "atol": 1e-6, "answers": answered(HINGE, ASK_HINGE)}
    wrong = answered(HINGE.replace("+ delta", "- delta"), ASK_HINGE)
    good = wrong[0]["probes"][0]
    for forged in (
        3, [], [3], [{}], [good | {"values": 3}], [good | {"values": {"asked": {"$array": 1}}}],
        [good | {"names": [1]}], [good | {"inputs": ["x"] * 3}], [good | {"inputs": [1e999] * 3}],
        [good | {"values": {name: [] for name in good["values"]}}], [good | {"names": []}],
        [good | {"values": {"asked": 1.0, "zero x": 1.0, "cut 0": 2.0, "": 1.0, "zero 99": 3.0}}],
    ):  # fmt: skip
        wrong[0]["probes"] = forged
        assert not judge(record, wrong).right


def test_a_slow_function_is_not_asked_again(monkeypatch):
    """Where the answer itself takes long, nothing is asked beside it; slow probes end in between."""
    lazy = "import time\n" + HINGE.replace("    return", "    time.sleep(0.02)\n    return", 1)
    assert "probes" in answered(lazy, ASK_HINGE)[0]
    monkeypatch.setattr("course.questions.probes.MOST_SECONDS", 0.002)
    assert "probes" not in answered(lazy, ASK_HINGE)[0]
    monkeypatch.setattr("course.questions.probes.MOST_SECONDS", -1)
    assert "probes" not in answered(HINGE, ASK_HINGE)[0]


def test_seconds_are_those_of_the_processor(monkeypatch):
    """A busy machine gives the same words: what counts is work, and on the clock only what is slept."""
    watch = Stopwatch()
    monkeypatch.setattr("course.questions.probes.MOST_SECONDS", time.process_time() - watch.begun[0] + 3600)
    assert not watch.over()
    monkeypatch.setattr("course.questions.probes.MOST_SECONDS", 0.01)
    while time.process_time() - watch.begun[0] <= 0.01:
        pass
    assert watch.over()


def test_a_share_that_is_equal_by_luck_stands_for_nothing():
    """Some of 8 rows lie above a threshold for many reasons; a mean of decimals is equal to none by luck."""
    share = "def f(x, k):\n    return (x > k).mean()"
    ask = "def ask(rng):\n    return f(rng.normal(size=8), 1.0)"
    assert "these numbers" not in told(share, share.replace("x > k", "x > 2 * k"), ask)
    mean = share.replace("(x > k)", "np.exp(x * k)")
    assert "right for a x that is twice as large" in told(mean, mean.replace("x * k", "2 * x * k"), ask)


def test_an_array_is_named_once():
    """Several of its axes, or rows and columns, in few words."""
    ask = "def ask(rng):\n    return f(rng.normal(size=(3, 4)))"
    said = told("def f(x):\n    return x.cumsum(0) + x.cumsum(1)", "def f(x):\n    return 2 * x", ask)
    assert "f is right when x has one row and one column" in said, said
    cube = "def ask(rng):\n    return f(rng.normal(size=(2, 3, 4)))"
    said = told("def f(x):\n    return x.sum(axis=(0, 1))", "def f(x):\n    return x[0, 0]", cube)
    assert "f is right when axes 0 and 1 of x have length 1" in said, said
