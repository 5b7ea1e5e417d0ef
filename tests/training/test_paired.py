"""McNemar's test agrees with SciPy's binomial test."""

import pytest
from scipy.stats import binomtest

from course.training.paired import mcnemar_test


@pytest.mark.parametrize("first, second", [(0, 0), (1, 0), (5, 5), (3, 14), (41, 20), (0, 60), (700, 640)])
def test_it_is_the_exact_binomial_test_of_the_examples_on_which_two_differ(first, second):
    """Heads and tails of a fair coin, in both directions; the order of the two does not matter."""
    expected = binomtest(first, first + second).pvalue if first + second else 1.0
    assert mcnemar_test(first, second) == pytest.approx(expected, rel=1e-9)
    assert mcnemar_test(second, first) == mcnemar_test(first, second)


def test_equal_classifiers_are_called_different_as_rarely_as_promised():
    """Among all outcomes of 40 fair tosses, at most 5 % of the probability has a p-value of 5 % or less."""
    from math import comb

    chance = sum(comb(40, heads) / 2**40 for heads in range(41) if mcnemar_test(heads, 40 - heads) <= 0.05)
    assert 0.02 < chance <= 0.05


@pytest.mark.parametrize("first, second, name", [(-1, 3, "first_only"), (2, 0.5, "second_only")])
def test_a_count_is_a_whole_number(first, second, name):
    """The line names the argument and its value."""
    with pytest.raises(ValueError, match=f"{name}=.*must be a count"):
        mcnemar_test(first, second)
