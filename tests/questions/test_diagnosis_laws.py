"""Laws that right numbers obey and wrong ones break: told of real slips, and of no right answer."""

import numpy as np
import pytest

from course.questions.diagnosis_laws import told_by_laws

rng = np.random.default_rng(0)
z = rng.normal(size=(5, 4))
powers = np.exp(z)
softmax = powers / powers.sum(axis=1, keepdims=True)
route = (z == z.max(axis=1, keepdims=True)).astype(float)
distances = np.linalg.norm(z[:, None] - z, axis=2)
moved = z + np.array([0.3, -0.3, 0.2, -0.2])
signed = np.where(z < 0, 0.1 * z, z)
standard = (z - z.mean(axis=0)) / z.std(axis=0)
LAWS = [
    ("only 0 and 1 belong here", route, softmax),
    ("whole numbers are asked for; yours have decimals", np.round(3 * z), 3 * z + 0.01),
    ("all numbers here lie between 0 and 1", softmax, 3 * softmax),
    ("no number here can be negative", 3 * z**2, 3 * z**2 - 1),
    ("each row should add up to 1", softmax, powers / powers.sum(axis=0)),
    ("each column should add up to 0", z - z.mean(axis=0), z - z.mean(axis=1, keepdims=True)),
    ("each column should have the standard deviation 1", 1 + standard, 1.1 + standard * [1.2, 1.1, 1.3, 0.9]),
    ("it should be symmetric", distances, distances + np.triu(distances)),
    ("each row has the right sum: only how it is shared out is wrong", z, moved),
    ("only numbers that should be negative are wrong", signed, np.where(z < 0, 0.1 + 0.2 * z, z)),
]


@pytest.mark.parametrize(("words", "right", "wrong"), LAWS, ids=[case[0][:30] for case in LAWS])
def test_a_law_that_is_broken_is_named(words, right, wrong):
    """Of two inputs, as a card has them; a right answer breaks none."""
    assert words in told_by_laws([(right, wrong)] * 2, 1e-5, 1e-6)


def test_nothing_is_said_where_luck_may_have_a_hand():
    """Few numbers, other shapes, NaN, text in place of numbers: no law."""
    few = np.array([0.3, 0.7])
    for right, wrong in ((few, 2 * few - 1), (z, z[:3]), (z, np.full_like(z, np.nan)), (z > 0, z < 0)):
        assert told_by_laws([(right, wrong)], 1e-5, 1e-6) is None
