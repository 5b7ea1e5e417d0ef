"""Right answers in other forms: what is rewritten, and that it still gives the same."""

import ast

import numpy as np
import pytest

from course.mutants.forms import rewritten
from course.mutants.results import RESULTS, ResultAs

MOMENTUM = "def f(w, dw, v, lr, mu):\n    v = mu * v + dw\n    return w - lr * v, v"
PASSED = {"w": np.ones(3), "dw": np.arange(3.0), "v": np.full(3, 0.5), "lr": 0.1, "mu": 0.9}


@pytest.fixture
def forms(answer_cell):
    """The forms of an answer, each as code."""

    def forms(code, passed, unchanged=()):
        calls = [("f", passed)]
        return {name: ast.unparse(tree) for name, tree in rewritten(answer_cell(code), calls, unchanged)}

    return forms


def test_in_place_is_what_students_write(forms):
    """One student in six writes an optimizer like this."""
    assert forms(MOMENTUM, PASSED)["in place"] == (
        "def f(w, dw, v, lr, mu):\n    v *= mu\n    v += dw\n    w -= lr * v\n    return (w, v)"
    )


def test_what_must_stay_unchanged_is_not_changed(forms):
    """A parameter that the question declares keeps its array."""
    assert "w -=" not in forms(MOMENTUM, PASSED, unchanged=("w", "v")).get("in place", "")


def test_an_array_that_somebody_else_holds_is_not_changed(forms):
    """The old value is needed below, so in place would be another answer."""
    code = "def f(w, dw):\n    before = w\n    w = w - dw\n    return w + before"
    assert "in place" not in forms(code, PASSED)


def test_a_fresh_result_is_changed_in_place(forms):
    """As in `out = branch(x); out += shortcut`."""
    text = forms("def f(branch, x):\n    return relu(branch(x) + x)", {"x": np.ones(2)})[
        "in place on a result"
    ]
    assert "part_3 = branch(x)\n    part_3 += x\n    return relu(part_3)" in text


def test_functions_and_methods(forms):
    """np. for the method, and back."""
    code = "def f(x):\n    return np.sum(x, axis=0) + x.mean()"
    found = forms(code, {"x": np.ones((2, 2))})
    assert "x.sum(axis=0) + x.mean()" in found["methods"]
    assert "np.sum(x, axis=0) + np.mean(x)" in found["functions"]


def test_every_form_gives_the_same_numbers(forms):
    """Run on copies, all forms of momentum agree."""
    right = np.ones(3) - 0.1 * (0.9 * 0.5 + np.arange(3.0))
    found = forms(MOMENTUM, PASSED)
    assert {"in place", "local copy"} <= set(found)
    for code in found.values():
        namespace = {"np": np}
        exec(code, namespace)
        passed = {name: np.array(value) for name, value in PASSED.items()}
        np.testing.assert_allclose(namespace["f"](**passed)[0], right)


@pytest.mark.parametrize(
    ("form", "given", "kind"),
    [
        ("float32", np.ones(2), np.ndarray),
        ("list for array", np.ones((2, 2)), list),
        ("tuple for list", [1, 2], tuple),
        ("list for tuple", (1, 2), list),
        ("numpy scalar", 1.5, np.float64),
        ("python scalar", np.float64(1.5), float),
        ("0-d array", 1.5, np.ndarray),
        ("other storage", np.arange(6.0).reshape(2, 3), np.ndarray),
        ("read-only array", np.ones(2), np.ndarray),
    ],
)
def test_results_have_another_form_and_the_same_numbers(form, given, kind):
    """What comes out is of the other kind and holds the same."""
    wrapped = ResultAs(lambda: given, RESULTS[form], whole=False)
    result = wrapped()
    assert wrapped.changed and type(result) is kind
    np.testing.assert_array_equal(np.asarray(result), np.asarray(given))


def test_other_storage_is_really_other():
    """Neither C nor Fortran order: what reads memory straight fails."""
    array = ResultAs(lambda: np.arange(6.0).reshape(2, 3), RESULTS["other storage"], whole=False)()
    assert not array.flags.c_contiguous and not array.flags.f_contiguous


def test_what_a_function_hands_to_itself_stays():
    """A recursive answer sees its own results as they are."""

    def halved(n):
        return [n] if n < 2 else [n, *names["halved"](n // 2)]

    names = {}
    names["halved"] = ResultAs(halved, RESULTS["generator for list"], whole=True)
    assert list(names["halved"](8)) == [8, 4, 2, 1]
