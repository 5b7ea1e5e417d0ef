"""Operators change one thing, where a student writes, and name it."""

import ast

import numpy as np
import pytest

from course.mutants.operators import mutants_of


@pytest.fixture
def labels(answer_cell):
    """The changes of a small function, of one operator or of all."""

    def labels(code, operator=None, calls=(), names=None):
        mutants = mutants_of(answer_cell(code), calls, names)
        return [mutant.label for mutant in mutants if operator in (None, mutant.operator)]

    return labels


def test_all_changes_of_a_small_function_are_these(labels):
    """One line gives twelve mutants."""
    assert labels("def f(a, b):\n    return a - 2 * b") == [
        "`return a - 2 * b` → `pass`",
        "`a - 2 * b` → `a + 2 * b`",
        "`a - 2 * b` → `2 * b - a`",
        "`a - 2 * b` → `a`",
        "`2 * b` → `2 / b`",
        "`2 * b` → `2`",
        "`2 * b` → `b`",
        "`2` → `3`",
        "`2` → `1`",
        "`2` → `0`",
        "`a - 2 * b` → `given_a`",
        "`a - 2 * b` → `given_b`",
    ]


@pytest.mark.parametrize(
    ("line", "operator", "changes"),
    [
        ("return x < 1.5", "comparison", ["`x < 1.5` → `x <= 1.5`", "`x < 1.5` → `x > 1.5`"]),
        ("return x == y", "comparison", ["`x == y` → `x != y`"]),
        ("return x and y", "comparison", ["`x and y` → `x or y`"]),
        ("return 0.5", "constant", ["`0.5` → `5.0`", "`0.5` → `0.25`"]),
        ("return x.sum(axis=1)", "constant", ["`1` → `2`", "`1` → `0`"]),
        ("return x.reshape(-1)", "constant", ["`-1` → `0`"]),
        ("return x[-1]", "constant", ["`-1` → `0`", "`-1` → `-2`"]),
        ("return np.abs(x - y) + (x - y)", "operands exchanged", ["`x - y` → `y - x`"]),
        ("return -x", "sign dropped", ["`-x` → `x`"]),
        ("return x.sum(axis=-1)", "sign dropped", []),
        ("return x[1:]", "off by one", ["`x[1:]` → `x[1:-1]`"]),
        ("return x[:k]", "off by one",
         ["`x[:k]` → `x[1:k]`", "`x[:k]` → `x[:k + 1]`", "`x[:k]` → `x[:k - 1]`"]),
        ("return x[i]", "off by one", ["`x[i]` → `x[i - 1]`"]),
        ("return range(n)", "off by one", ["`range(n)` → `range(n + 1)`", "`range(n)` → `range(n - 1)`"]),
        ("return [i for i in x if i]", "filter left out", ["`[i for i in x if i]` → `[i for i in x]`"]),
        ("return x.mean(axis=0)", "function exchanged", ["`x.mean(axis=0)` → `x.sum(axis=0)`"]),
        ("return np.argmin(x)", "function exchanged", ["`np.argmin(x)` → `np.argmax(x)`"]),
        ("return x.copy()", "function left out", ["`x.copy()` → `x`"]),
        ("return np.sqrt(x)", "function left out", ["`np.sqrt(x)` → `x`"]),
        ("return x.sum(axis=1, keepdims=True)", "argument left out",
         ["`x.sum(axis=1, keepdims=True)` → `x.sum(keepdims=True)`",
          "`x.sum(axis=1, keepdims=True)` → `x.sum(axis=1)`"]),
        ("return zip(x, y, strict=True)", "argument left out",
         ["`zip(x, y, strict=True)` → `zip(y, strict=True)`",
          "`zip(x, y, strict=True)` → `zip(x, strict=True)`"]),
        ("return Sequential(A(), B(), C())", "argument left out",
         ["`Sequential(A(), B(), C())` → `Sequential(B(), C())`",
          "`Sequential(A(), B(), C())` → `Sequential(A(), C())`",
          "`Sequential(A(), B(), C())` → `Sequential(A(), B())`"]),
        ("return [A(), B()]", "element left out", ["`[A(), B()]` → `[B()]`", "`[A(), B()]` → `[A()]`"]),
        ("return round(x)", "function exchanged", ["`round(x)` → `int(x)`"]),
        ("return x, y", "results exchanged", ["`(x, y)` → `(y, x)`"]),
        ("x += y", "plain assignment", ["`x += y` → `x = y`"]),
        ("return rng.integers(3)", "another generator",
         ["`rng` → `np.random.default_rng(0)`", "`rng` → `np.random`"]),
    ],
)  # fmt: skip
def test_each_operator_makes_the_changes_that_it_promises(labels, line, operator, changes):
    """Text and number of the changes of one line."""
    assert labels(f"def f(x, y, i, k, n, rng):\n    {line}", operator) == changes


def test_conditions_are_negated_and_fixed(labels):
    """An if is taken the other way, always, and never."""
    code = "def f(x):\n    if x:\n        return 1\n    return 2"
    assert labels(code, "condition") == ["`x` → `not x`", "`x` → `True`", "`x` → `False`"]


def test_a_parameter_is_fixed_at_what_the_question_passes(labels):
    """Numbers, tuples and functions of the notebook by their names; arrays are no constants."""

    def loss():
        pass

    passed = {"x": np.ones(2), "lr": 0.1, "stride": (2, 1), "loss": loss, "unused": 3}
    code = "def f(x, lr, stride, loss, unused):\n    return loss(x * lr, stride)"
    assert labels(code, "parameter ignored", [("f", passed)], {"loss": lambda: None, "f": None}) == [
        "`lr` → `0.1`",
        "`stride` → `(2, 1)`",
    ]
    known = labels(code, "parameter ignored", [("f", passed)], {"loss": loss})
    assert known == ["`lr` → `0.1`", "`stride` → `(2, 1)`"]  # `loss = loss` would change nothing
    other = labels(
        code, "parameter ignored", [("f", passed | {"loss": mutants_of})], {"mutants_of": mutants_of}
    )
    assert "`loss` → `mutants_of`" in other


def test_only_parameters_of_one_kind_are_exchanged(labels):
    """Two numbers, or two arrays with as many axes."""
    passed = {"w": np.ones(2), "v": np.zeros(2), "x": np.ones((2, 2)), "lr": 0.1, "mu": 0.9, "nag": True}
    code = "def f(w, v, x, lr, mu, nag):\n    return w + v + x + lr + mu + nag"
    assert labels(code, "parameters exchanged", [("f", passed)]) == ["`w, v` → `v, w`", "`lr, mu` → `mu, lr`"]


def test_a_result_is_replaced_by_the_argument_as_it_came(answer_cell):
    """The argument is kept before the answer gives its name another value."""
    mutants = mutants_of(answer_cell("def f(w, v):\n    v = v + 1\n    return w - v, v"))
    code = [ast.unparse(mutant.tree) for mutant in mutants if mutant.operator == "argument returned"]
    assert any("given_v = v\n    v = v + 1\n    return (w - v, given_v)" in text for text in code)


def test_nothing_but_the_students_own_lines_is_changed(answer_cell):
    """Signature, default, docstring and given lines stay in all mutants; so do format strings."""
    source = (
        'def f(x, n=2):\n    """Two plus 3."""\n    given = 1 + 1\n'
        '    ### BEGIN SOLUTION\n    text = f"{x:.3f}"\n    ### END SOLUTION\n    return text + 1 * given\n'
    )
    mutants = mutants_of(source)
    assert [mutant.label for mutant in mutants] == ["`text = f'{x:.3f}'` → `pass`"]
    for mutant in mutants_of(answer_cell("def f(x):\n    return x + 1")):
        assert ast.unparse(mutant.tree).startswith("def f(x):")


def test_no_two_mutants_are_the_same_code(answer_cell):
    """What two operators give alike counts once."""
    mutants = mutants_of(answer_cell("def f(x):\n    return np.maximum(0, x)[:, 0] - x[0] * 1"))
    code = [ast.unparse(mutant.tree) for mutant in mutants]
    assert len(code) == len(set(code))


def test_a_mutant_shows_the_old_and_the_new_line(answer_cell):
    """The statement around the change, before and after."""
    mutant = next(
        m for m in mutants_of(answer_cell("def f(x):\n    y = x + 2\n    return y")) if m.new == "x - 2"
    )
    assert (mutant.line, mutant.before, mutant.after) == (3, "y = x + 2", "y = x - 2")


def test_pairs_are_turned_and_sizes_fixed(labels):
    """What symmetric paddings and equal lengths would hide."""
    passed = {"x": np.ones((3, 5)), "stride": (2, 1)}
    code = "def f(x, stride):\n    return x[:: stride[0]] / len(x) / x.shape[1]"
    assert labels(code, "pair turned", [("f", passed)]) == ["`stride` → `stride[::-1]`"]
    assert labels(code, "size fixed", [("f", passed)]) == ["`len(x)` → `3`", "`x.shape[1]` → `5`"]


def test_what_must_not_be_changed_is_changed():
    """The docstring says so; the result stays right, so only a question that looks can tell."""
    code = (
        'def f(w, v, x):\n    """One step.\n\n    Args:\n        w, v: weights.\n'
        '            Must not be changed.\n        x: input.\n    """\n'
        "    ### BEGIN SOLUTION\n    return w + v + x\n    ### END SOLUTION\n"
    )
    passed = {name: np.ones(2) for name in "wvx"}
    mutants = [
        mutant for mutant in mutants_of(code, [("f", passed)]) if mutant.operator == "argument changed"
    ]
    assert [mutant.label for mutant in mutants] == [
        "`w[...], w` → `w + 1, w + 0`",
        "`v[...], v` → `v + 1, v + 0`",
    ]
    namespace, arguments = {}, {name: np.ones(2) for name in "wvx"}
    exec(compile(mutants[0].tree, "cell", "exec"), namespace)
    assert namespace["f"](**arguments).tolist() == [3, 3] and arguments["w"].tolist() == [2, 2]


def test_what_hangs_on_a_shared_node_is_not_copied(answer_cell):
    """All trees share one `Load`; IPython notes there what it has read, which may be whole notebooks."""

    class Noted:
        def __deepcopy__(self, memo):
            raise AssertionError("copied")

    shared = ast.parse("x").body[0].value.ctx
    shared.noted = Noted()
    try:
        assert len(mutants_of(answer_cell("def f(w, v):\n    return w - v, v"))) > 3
    finally:
        del shared.noted
