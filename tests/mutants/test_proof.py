"""The check on planted questions: what is let through is named, what is right passes."""

import pytest

STEP = """
def sgd_step(w, dw, lr):
    return w - lr * dw
"""
ASKED = """
@question("sgd")
def _(rng):
    w, dw = rng.normal(size=(2, 3))
    return sgd_step(w, dw, {lr})
"""
DRAWN = "rng.uniform(0.1, 1)"


def test_an_argument_that_may_be_ignored_is_a_fault(planted):
    """With lr=0.1 in all cases a function that ignores lr survives, and is named with its cell and line."""
    report = planted(STEP, ASKED.format(lr=0.1))
    figures = report.figures["sgd"]
    assert figures.survivors == 1 and figures.flaky == figures.refused == 0
    [fault] = report.faults
    assert "sgd: `lr` → `0.1` is right (parameter ignored, line 3 of cell" in fault


def test_a_solution_that_fails_itself_is_told(planted):
    """Else its error would be what is asked for, and every answer wrong."""
    report = planted("def sgd_step(w, dw, lr):\n    raise ValueError('no step')", ASKED.format(lr=DRAWN))
    assert report.faults == ["01_test: question sgd: the solution's answer fails: no step"]


def test_a_question_that_varies_its_arguments_is_well(planted):
    """Once lr is drawn, every mutant is killed and every form is right, in place too."""
    report = planted(STEP, ASKED.format(lr=DRAWN))
    figures = report.figures["sgd"]
    assert report.faults == [] and figures.survivors == figures.refused == 0
    assert figures.mutants == figures.hint + figures.diagnosis + figures.error + figures.difference > 8
    assert figures.forms >= 5


def test_a_survivor_may_be_named_as_equivalent(planted):
    """Then it counts as equivalent, and no longer as a survivor; `fixed` names what is never varied."""
    report = planted(
        "def double(x):\n    return 2 * x.sum(axis=-1)",
        '@question("double")\ndef _(rng):\n    return double(rng.normal(size=4))',
        "- `double`: `-1` → `0`: a row has one axis\n"
        "- `double`: `x.sum(axis=-1)` → `x.sum()`: a row has one axis\n",
    )
    assert report.faults == []
    assert report.figures["double"].equivalent == 2 and report.figures["double"].survivors == 0


def test_a_name_for_what_is_killed_is_stale(planted):
    """A line that no mutant, form or argument needs any more is a fault of its own."""
    report = planted(
        STEP,
        ASKED.format(lr=DRAWN),
        "- `sgd`: `lr * dw` → `dw`: so\n- `sgd`: refuses `in place`: so\n"
        "- `sgd`: fixed `lr`: so\n- `nag`: fixed `lr`: so",
    )
    assert [fault.split("names ")[1] for fault in report.faults] == [
        "`lr * dw` → `dw`, which is no longer so; delete the line",
        "refuses `in place`, which is no longer so; delete the line",
        "fixed `lr`, which is no longer so; delete the line",
        "question 'nag', which it does not ask",
    ]


def test_luck_is_flaky(planted):
    """Where the inputs meet the border by chance only, a mutant is right for some seeds."""
    report = planted(
        "def above(x):\n    return x >= 2",
        '@question("above", cases=1)\ndef _(rng):\n    return above(rng.integers(0, 5))',
    )
    assert report.figures["above"].flaky >= 1
    assert any("is right for seeds" in fault for fault in report.faults)


def test_one_seed_is_one(planted):
    """Where luck helps on a single seed, the line says so without a plural."""
    report = planted(
        "def above(x):\n    return x >= 2",
        '@question("above", cases=1)\ndef _(rng):\n    return above(rng.integers(0, 5))',
        seeds=(0, 1),
    )
    assert any("is right for seed 0 only" in fault for fault in report.faults)
    assert not any("seeds 0 only" in fault for fault in report.faults)


def test_the_line_that_is_offered_names_it(planted):
    """Who copies what a fault says into such a cell, and why, has no fault left."""
    answer, asked = STEP, ASKED.format(lr=0.1)
    [fault] = planted(answer, asked).faults
    assert "Markdown cell tagged equivalent and solution" in fault and "sgd-equivalent" in fault
    line = fault.splitlines()[-1].split(": ", 1)[1]
    report = planted(answer, asked, line.replace("WHY", "the text says 0.1"))
    assert report.faults == [] and report.figures["sgd"].equivalent == 1


@pytest.mark.nightly("waits for a time limit")
def test_a_loop_without_end_is_killed(planted):
    """Processor time ends it, and the next mutant is asked."""
    report = planted(
        """
        def count(n):
            total = 0
            while n > 0:
                total, n = total + 1, n - 1
            return total
        """,
        '@question("count")\ndef _(rng):\n    return count(int(rng.integers(3, 9)))',
    )
    assert report.figures["count"].error >= 2 and report.figures["count"].survivors == 0


def test_a_recursion_without_end_is_killed(planted):
    """As an error, like memory that is not there."""
    report = planted(
        """
        def countdown(n):
            if n == 0:
                return [0]
            return [n, *countdown(n - 1)]
        """,
        '@question("countdown")\ndef _(rng):\n    return countdown(int(rng.integers(3, 9)))',
    )
    assert report.figures["countdown"].error >= 2 and report.faults == []


def test_a_right_form_that_is_refused_is_a_fault(planted):
    """A question that asks for a list by its type wrongs who returns a tuple."""
    question = """
    @question("pair")
    def _(rng):
        result = pair(rng.normal(size=2))
        return [result, isinstance(result, tuple)]
    """
    answer = "def pair(x):\n    return x[0] + 1, x[1]"
    report = planted(answer, question)
    assert report.figures["pair"].refused == 1
    assert any("refuses the right answer 'list for tuple'" in fault for fault in report.faults)


def test_hints_are_counted_apart(planted):
    """A mutant that is a registered mistake is killed by its hint; variants are right."""
    version = """
    @mistake("sgd", "Against the gradient.")
    def sgd_step(w, dw, lr):
        return w + lr * dw


    @variant("sgd")
    def sgd_step(w, dw, lr):
        return -lr * dw + w
    """
    report = planted(STEP, ASKED.format(lr=DRAWN), cells=[version])
    assert report.figures["sgd"].hint == 1 and report.faults == []


def test_cells_that_nobody_needs_do_not_run(planted):
    """Pictures and claims below are left out; what the question needs runs."""
    report = planted(
        STEP, "SIZE = 3\n\n\n" + ASKED.format(lr=DRAWN), cells=["useless = 1 / 0", "SCALE = 2.0"]
    )
    assert report.faults == []


def test_a_notebook_that_does_not_run_is_a_fault(planted):
    """With the cell and the error."""
    report = planted(STEP, ASKED.format(lr="rate"), cells=["rate = 1 / 0"])
    [fault] = report.faults
    assert "ZeroDivisionError: division by zero" in fault


def test_coincidences_are_advised_against(planted):
    """Equal numbers, symmetric pairs, square images."""
    report = planted(
        "def f(x, a, b, stride):\n    return x.sum() * a + b * stride[0] + stride[1]",
        """
        @question("f")
        def _(rng):
            a = rng.normal()
            return f(rng.normal(size=(4, 4)), a, a, (2, 2))
        """,
    )
    advice = [line.split(": ", 2)[2] for line in report.advice]
    assert advice == [
        "f: a and b are equal in every call",
        "f: x has two axes of the same length in every call",
        "f: stride is a pair of equal numbers in every call",
    ] or set(advice) >= {"f: a and b are equal in every call"}
    assert any("`stride` → `(2, 2)` is right" in fault for fault in report.faults)


def test_a_sample_stays_the_same(planted):
    """So many mutants of a question, no forms, and nothing is called stale."""
    report = planted(STEP, ASKED.format(lr=DRAWN), "- `sgd`: `lr * dw` → `dw`: so", sample=3)
    figures = report.figures["sgd"]
    assert (figures.mutants, figures.forms, report.faults) == (3, 0, [])
