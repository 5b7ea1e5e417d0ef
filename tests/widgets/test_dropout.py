"""The dropout visualizer: its picture follows p, step and mode."""

import pytest

from course.widgets.dropout import STEPS, draw_dropout, dropout_explorer


def test_the_picture_follows_its_controls():
    """Another step, another p and evaluation each give another picture, the same values the same bytes."""
    first = draw_dropout(0.5, 10).pixels().tobytes()
    assert draw_dropout(0.5, 10).pixels().tobytes() == first
    others = [draw_dropout(0.5, 11), draw_dropout(0.2, 10), draw_dropout(0.5, 10, training=False)]
    assert all(other.pixels().tobytes() != first for other in others)


def test_every_position_of_the_controls_can_be_drawn():
    """The ends of all sliders are allowed values."""
    controls = dropout_explorer().controls
    for p in (controls["p"].min, controls["p"].max):
        for step in (controls["step"].min, controls["step"].max):
            assert draw_dropout(p, step).alt


def test_a_step_out_of_range():
    """One line says which steps there are."""
    with pytest.raises(ValueError, match=f"step=0 must be from 1 to {STEPS}"):
        draw_dropout(step=0)
