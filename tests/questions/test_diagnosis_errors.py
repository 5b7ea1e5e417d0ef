"""What a card says of an error: Python's words, what they mean, and the shapes on the student's line."""

import linecache

import numpy as np
import pytest

from course.questions.ask import answer_cases
from course.questions.judge import ERROR, WRONG, judge

ASK = "def ask(rng):\n    return f(rng.normal(size=(4, 3)), rng.integers(3, size=4)) * 1.0"
RIGHT = "def f(x, y):\n    return x[np.arange(4), y]"
ERRORS = [
    ("x + y", "do not fit each other, axis by axis; x has shape (4, 3), y has shape (4,)"),
    ("x @ x", "for A @ B, the last axis of A is as long as the first of B; x has shape (4, 3)"),
    ("x[:, 5]", "an index runs from 0 to one less than the length"),
    ("x[y / 1]", "an index or a size is a whole number: // divides to one, / does not"),
    ("1 if x > 0 else 2", "if, and, or take one yes or no, not an array of them"),
    ("x.sum(axis=2)", "an array has fewer axes than needed; x has shape (4, 3)"),
    ("x[:0].max()", "nothing is left there: is a window or a mask empty?"),
    (
        "__import__('torch').nn.Conv2d(4, 1, 1)(__import__('torch').zeros(1, 4, 2, 2).double())",
        "two types: do layers stand in a plain list, where nn.ModuleList is needed?",
    ),
    ("x(0)", "round brackets call a function; what stands before them is none"),
    ("y ^ x", "a power is written **; ^ is another operation"),
    ("x.reshape(5, 2)", "a reshape keeps the number of numbers"),
    ("[1, 2] - 3", "a list is no array: np.array(...)"),
    ("x.argmx()", "has no attribute 'argmx': did you mean argmax?; x has shape (4, 3)"),
    ("np.argmx(x)", "has no attribute 'argmx': did you mean argmax?"),
    ("y.tolist().appendd(1)", "did you mean append?"),
    ("x.sqrt()", "did you mean np.sqrt(...)?"),
    ("y.tolist().mean()", "did you mean np.mean(...)?"),
    ("y.tolist().shape", "'list' object has no attribute 'shape': another type is needed before the dot"),
    ("x.append(1)", "another type is needed before the dot"),
]  # fmt: skip


def told(code, right=RIGHT, ask=ASK):
    """The verdict on an answer that ends in an error."""
    cases = []
    for source in (right, code):
        namespace = {"np": np}
        lines = source if "def " in source else f"def f(x, y):\n    return {source}"
        linecache.cache["a student"] = (len(lines), None, lines.splitlines(True), "a student")
        exec(compile(lines, "a student", "exec"), namespace)
        exec(compile(ask, "a question", "exec"), namespace)
        cases.append(answer_cases(namespace["ask"], 0, 2))
    return judge({"rtol": 1e-5, "atol": 1e-6, "answers": cases[0]}, cases[1])


@pytest.mark.parametrize(("code", "words"), ERRORS, ids=[case[0] for case in ERRORS])
def test_an_error_is_explained(code, words):
    """The meaning and the shapes stand behind Python's own words."""
    verdict = told(code)
    assert verdict.kind == ERROR and verdict.diagnosed and words in verdict.text


def test_where_nothing_is_meant_nothing_is_said():
    """A name that is like no other, and a class that answers nonsense when it is asked for its names."""
    assert "'zzz', in the line" not in told("x.zzz()").text and told("x.zzz()").text.startswith(
        "AttributeError: 'numpy.ndarray' object has no attribute 'zzz'; x has shape (4, 3)"
    )
    odd = "class Odd:\n    def __dir__(self):\n        return 1 / 0\ndef f(x, y):\n    return Odd().argmx"
    assert told(odd).text == (
        "AttributeError: 'Odd' object has no attribute 'argmx', in the line: return Odd().argmx"
    )
    own = "class Own:\n    gamma = 1\ndef f(x, y):\n    return Own().gama * x"
    assert "'gama': did you mean gamma?; x has shape" in told(own).text


def test_what_comes_back_is_compared_with_what_should():
    """Where the question cannot go on with a result, its shape and the right one are told."""
    verdict = told("def f(x, y):\n    return 'a', x")
    assert verdict.text.startswith("f returned 2 values: a str, an array of shape (4, 3)")
    assert verdict.text.endswith("; expected an array of shape (4,) and dtype float64") and verdict.diagnosed


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        ("x[0, 0]", "a number; expected an array of shape (4,) and dtype float64"),
        ("float(x[0, 0])", "a number; expected an array of shape (4,) and dtype float64"),
        ("len(x)", "a whole number; expected an array of shape (4,) and dtype float64"),
        ("x[:, :1]", "an array of shape (4, 1) and dtype float64; expected an array of shape (4,)"),
    ],
)
def test_where_only_the_question_cannot_go_on_nothing_has_stopped(returned, words):
    """The student's function came to its end: the answer is wrong, and a number is called so."""
    ask = "def ask(rng):\n    return np.ones(4) @ np.diag(f(rng.normal(size=(4, 3)), [2, 0, 1, 1]))"
    verdict = told(f"def f(x, y):\n    return {returned}", ask=ask)
    assert (verdict.kind, verdict.diagnosed) == (WRONG, True), verdict
    assert verdict.text.startswith(f"f returned {words}"), verdict


def test_a_whole_number_is_a_number():
    """Where any number will do, no other is said to be expected; where a whole one is needed, it is."""
    ask = "def ask(rng):\n    return ['a', 'b', 'c'][f(rng.normal(size=(4, 3)), rng.integers(3, size=4))]"
    verdict = told("def f(x, y):\n    return 1.0", "def f(x, y):\n    return 1", ask)
    assert verdict.text == "f returned a number; expected a whole number"
    ask = "def ask(rng):\n    return f(rng.normal(size=(4, 3)), np.arange(4)) / int(0)"
    own, right = "def f(x, y):\n    return 3", "def f(x, y):\n    return np.float64(3)"
    verdict = told(own, right, ask)
    assert verdict.kind == ERROR and verdict.text.startswith(
        "f returned a whole number; then ZeroDivisionError"
    )


def test_forged_words_are_passed_over():
    """Facts of any type in a case: a verdict comes back."""
    record = {"rtol": 1e-5, "atol": 1e-6, "answers": [{"value": 1.0, "returns": {"f": 3}}]}
    for there in (3, None, ["x"], {"x": 1}):
        case = {
            "error": "ValueError",
            "message": "no",
            "line": "",
            "there": there,
            "returned": "f returned 3",
        }
        assert judge(record, [case]).kind == ERROR
