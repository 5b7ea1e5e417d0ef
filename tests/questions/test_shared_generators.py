"""Whoever draws from a generator that everybody shares is noticed, as by the generators' own states."""

import random

import numpy as np
import pytest

from course.questions.shared_generators import SIZE, _of_numpy, shared_state

DRAWS = {
    "a number": np.random.random,
    "a normal number": np.random.normal,
    "as many as the twister has": lambda: np.random.bytes(4 * 624),
    "a seed": lambda: np.random.seed(7),
    "Python's own": random.random,
}


@pytest.fixture(autouse=True)
def kept():
    """The generators are left as they were."""
    states = np.random.get_state(), random.getstate()
    yield
    np.random.set_state(states[0])
    random.setstate(states[1])


@pytest.mark.parametrize("draw", DRAWS)
def test_who_draws_changes_the_state(draw):
    """And who does not leaves it."""
    np.random.seed(1)
    before = shared_state()
    assert shared_state() == before
    DRAWS[draw]()
    assert shared_state() != before


def test_the_second_of_two_normal_numbers_is_noticed():
    """NumPy draws two and keeps one: the twister does not move for it."""
    np.random.seed(1)
    np.random.normal()
    before, numbers = shared_state(), np.random.get_state()[1]
    np.random.normal()
    assert (np.random.get_state()[1] == numbers).all() and shared_state() != before


def test_the_numbers_are_those_of_get_state():
    """They lie where they are looked for: 624 numbers, then the place."""
    _, numbers, place, *_ = np.random.get_state()
    read = _of_numpy()[0]
    assert read == numbers.tobytes() + place.to_bytes(4, "little") and len(read) == SIZE


def test_another_kind_of_generator_is_read_as_well():
    """Whoever sets one keeps the questions going."""
    kind = np.random.get_bit_generator()
    np.random.set_bit_generator(np.random.PCG64(0))
    try:
        before = shared_state()
        assert shared_state() == before
        np.random.random()
        assert shared_state() != before
    finally:
        np.random.set_bit_generator(kind)
