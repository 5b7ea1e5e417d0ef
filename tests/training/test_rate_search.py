"""Learning rate search: it finds the lowest point of a valley, wherever the valley lies."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.training.rate_search import grid_rate, search_rate


@given(st.integers(-11, 6), st.integers(-8, 3))
def test_the_best_is_never_at_the_edge(bottom, start):
    """For every valley and every start the lowest rate is found, with a worse one on both sides."""
    found = search_rate(lambda lr: 1 + abs(math.log10(lr) - math.log10(grid_rate(bottom))), grid_rate(start))
    assert found.rate == grid_rate(bottom)
    assert list(found.tried) == sorted(found.tried)
    assert min(found.tried) < found.rate < max(found.tried)


def test_rates_that_diverge_are_infinitely_bad():
    """Gradient descent on 4 w² diverges from 0.25 on; the search walks down to where it does not."""

    def loss_after_20_steps(lr):
        w = 1.0
        for _ in range(20):
            w -= lr * 8 * w
        return 4 * w * w if abs(w) < 1 else math.nan

    found = search_rate(loss_after_20_steps, start=100.0)
    assert found.tried[30.0] == found.tried[1.0] == found.tried[0.3] == math.inf
    assert found.rate == 0.1


def test_a_step_back_is_taken_where_it_costs_little():
    """0.3 is best and 0.1 is 5 % worse: 0.1 is taken, with 0.03 tried below it; not if 5 % is too much."""
    losses = {0.01: 3.0, 0.03: 2.0, 0.1: 1.05, 0.3: 1.0, 1.0: math.inf}
    found = search_rate(losses.get)
    assert found.rate == 0.1 and list(found.tried) == [0.03, 0.1, 0.3, 1.0]
    assert search_rate(losses.get, margin=0.01).rate == 0.3
    assert list(search_rate(losses.get, start=0.3).tried) == [0.03, 0.1, 0.3, 1.0]


def test_no_rate_is_tried_twice():
    """Each measurement is a training, so none is repeated."""
    calls = []
    search_rate(lambda lr: calls.append(lr) or abs(lr - 0.001), start=1.0)
    assert sorted(calls) == sorted(set(calls))


def test_a_loss_without_a_lowest_point_is_told():
    """A loss that falls for ever, or is never finite, ends with one line; so does a start off the grid."""
    for loss in (lambda lr: -lr, lambda lr: lr, lambda lr: math.inf):
        with pytest.raises(ValueError, match="loss_at has no lowest point between 1e-07 and 10000"):
            search_rate(loss)
    with pytest.raises(ValueError, match=r"start=0\.2 must be 1 or 3 times a power of ten"):
        search_rate(abs, start=0.2)


def test_the_grid_holds_exact_decimals():
    """1 and 3 times the powers of ten, as they are written."""
    assert [grid_rate(place) for place in range(-4, 4)] == [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0]
