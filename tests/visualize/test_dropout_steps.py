"""A small net under dropout, against torch and against a count of all masks."""

import numpy as np
import pytest
import torch

from course.visualize.dropout_steps import SIZES, draw_dropout_step, dropout_steps


def test_without_dropout_every_step_is_the_evaluation():
    """With p = 0 no unit is dropped, and each output is the one of evaluation."""
    run = dropout_steps(0.0, 5)
    assert np.allclose(run.outputs, run.evaluated)
    assert all((mask == 1).all() for step in run.masks for mask in step)


def test_masks_have_their_rates():
    """Hidden units are dropped with p, inputs with p / 2, the output never; kept ones are scaled up."""
    run = dropout_steps(0.4, 1500)
    for layer, rate in enumerate((0.2, 0.4, 0.4, 0.0)):
        masks = torch.stack([step[layer] for step in run.masks])
        assert masks.shape[1] == SIZES[layer]
        assert abs((masks == 0).double().mean().item() - rate) < 0.02
        assert all(value in (0, pytest.approx(1 / (1 - rate))) for value in masks.unique().tolist())


def test_the_mean_of_many_masks_is_near_the_evaluation():
    """The mean settles; it is close to the evaluation, but not equal, for ReLU is not linear."""
    run = dropout_steps(0.3, 2000)
    spread = run.outputs.std()
    assert abs(run.running_mean()[-1] - run.evaluated) < 0.5 * spread
    assert run.running_mean()[-1] == pytest.approx(run.outputs.mean())


def test_the_same_seed_draws_the_same_masks():
    """A run can be repeated, and another seed gives another."""
    assert np.array_equal(dropout_steps(0.5, 20, seed=1).outputs, dropout_steps(0.5, 20, seed=1).outputs)
    assert not np.array_equal(dropout_steps(0.5, 20, seed=1).outputs, dropout_steps(0.5, 20, seed=2).outputs)


def test_the_picture_tells_what_is_dropped():
    """The alternative text counts the dropped units of the drawn step; evaluation drops none."""
    run = dropout_steps(0.5, 20)
    dropped = ", ".join(f"{int((mask == 0).sum())} of {len(mask)}" for mask in run.masks[6][:-1])
    assert f"from the input up: {dropped}." in draw_dropout_step(run, 7).alt
    assert "0 of 5, 0 of 6, 0 of 6." in draw_dropout_step(run, 7, training=False).alt


@pytest.mark.parametrize(("p", "steps", "line"), [(1.0, 5, "p=1.0 must be"), (0.5, 0, "steps=0 must be")])
def test_bad_arguments(p, steps, line):
    """One line names the argument, its value and what is allowed."""
    with pytest.raises(ValueError, match=line):
        dropout_steps(p, steps)
