"""A claim prints its sentence when the numbers bear it out, and ends the run when they do not."""

import numpy as np
import pytest
import torch

from course.claims import ClaimError, claim, plus_minus, short, standard_error
from course.tables import Table


@pytest.mark.parametrize("holds", [True, np.bool_(True), torch.tensor(True), np.array([True])])
def test_a_claim_that_holds_prints_its_sentence(capsys, holds):
    """One line with a tick, whatever library the truth value comes from."""
    claim("tanh saturates", holds, share=0.5)
    assert capsys.readouterr().out == "✓ tanh saturates\n"


@pytest.mark.parametrize("holds", [False, np.bool_(False), torch.tensor(False)])
def test_a_claim_that_fails_names_sentence_and_numbers(capsys, holds):
    """The line says which numbers speak against it; nothing is printed."""
    with pytest.raises(ClaimError) as failed:
        claim("A beats B", holds, a=0.91234, b=torch.tensor([0.95, 0.96]), runs={"SGD": 1e-7}, n=3)
    assert str(failed.value) == (
        "✗ A beats B: it does not hold with a = 0.912, b = [0.95, 0.96], runs = {SGD: 1e-07}, n = 3"
    )
    assert isinstance(failed.value, AssertionError) and capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "holds", [np.array([True, True]), torch.tensor([True, False]), 1, 0.0, None, "yes", []]
)
def test_what_is_no_truth_value_is_refused(holds):
    """A list that is not empty would be true, and a row of comparisons is no single answer."""
    with pytest.raises(TypeError, match="one truth value"):
        claim("A beats B", holds, a=1)


def test_a_claim_needs_a_sentence_and_numbers():
    """Without them the line would teach nothing."""
    with pytest.raises(TypeError, match="must name the numbers"):
        claim("A beats B", True)
    for text in ("", " . ", "True", "equal: True."):
        with pytest.raises(ValueError, match="must be a sentence"):
            claim(text, True, a=1)


def test_standard_error_is_that_of_numpy():
    """Standard deviation with n - 1, over the root of n; one value has no spread."""
    values = np.random.default_rng(0).normal(size=17)
    assert standard_error(values) == pytest.approx(values.std(ddof=1) / 17**0.5)
    assert standard_error(torch.from_numpy(values)) == pytest.approx(standard_error(list(values)))
    with pytest.raises(ValueError, match="at least two"):
        standard_error([1.0])


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.93412, 0.0081, "0.934 ± 0.008"),
        (0.93412, 0.0141, "0.934 ± 0.014"),
        (0.93412, 0.096, "0.93 ± 0.10"),
        (12.34, 3.0, "12 ± 3"),
        (1234.5, 160.0, "1234 ± 160"),
        (1e-3, 2e-5, "0.00100 ± 0.00002"),
        (0.5, 0.0, "0.5 ± 0"),
        (float("nan"), float("nan"), "nan ± nan"),
    ],
)
def test_a_number_ends_where_its_error_does(value, error, text):
    """One digit of the error, two when it begins with a 1."""
    assert plus_minus(value, error) == text
    assert plus_minus(np.float64(value), error) == plus_minus(torch.tensor(value, dtype=torch.float64), error)


def test_several_measurements_give_mean_and_error():
    """Of a list, an array or a tensor; a number needs its error, a list must not have one."""
    assert plus_minus([0.92, 0.94, 0.96]) == plus_minus(torch.tensor([0.92, 0.94, 0.96])) == "0.940 ± 0.012"
    for arguments in ((0.9,), ([0.9, 0.8], 0.1)):
        with pytest.raises(ValueError, match="several measurements, or one and its error"):
            plus_minus(*arguments)
    for arguments in (([],), ([0.9],), (0.9, -0.1)):
        with pytest.raises(ValueError, match="at least"):
            plus_minus(*arguments)


def test_short_keeps_three_digits_and_whole_numbers():
    """Floats lose digits, integers and words do not."""
    assert (
        short([0.123456, 1234567, "Adam", np.float32(2.5), {"a": 1e-9}])
        == "[0.123, 1234567, Adam, 2.5, {a: 1e-09}]"
    )


@pytest.mark.parametrize(
    "number, text",
    [(3621.5, "3,620"), (-25_460.0, "-25,500"), (999.6, "1,000"), (999_700.0, "1e+06"), (5.65e8, "5.65e+08")],
)
def test_thousands_are_written_out(number, text):
    """A reader of a table should not have to multiply by a power of ten below a million."""
    assert short(number) == text


def test_no_number_is_minus_zero():
    """A mean that rounds to zero has no sign."""
    assert plus_minus(-0.0001, error=0.013) == "0.000 ± 0.013"


def test_a_table_is_the_same_in_text_and_html():
    """Numbers to the right, three digits; the text is what a notebook stores beside the HTML."""
    table = Table(
        ["rule", "loss"], {"SGD": 0.12345, "<b>": 2}.items(), footer=["both", 3], caption="Two rules"
    )
    lines = ["Two rules", "-----------", "rule   loss", "-----------", "SGD   0.123", "<b>       2"]
    assert repr(table).splitlines() == [*lines, "-----------", "both      3"]
    page = table._repr_html_()
    assert "<caption>Two rules</caption>" in page and "&lt;b&gt;" in page and page.count("<tr>") == 4
    assert '<td style="text-align: right">0.123</td>' in page


def test_a_table_refuses_ragged_rows():
    """The line names the row."""
    with pytest.raises(ValueError, match=r"row \('SGD',\) has 1 cells; header has 2"):
        Table(["rule", "loss"], [["SGD"]])
