"""The explorer of costs starts with the lecture's example and follows its controls."""

from course.widgets import draw_inception_cost, inception_cost_explorer


def test_the_first_picture_is_the_example():
    """854.2 against 271.4 million."""
    explorer = inception_cost_explorer()
    assert explorer.picture().pixels().tobytes() == draw_inception_cost().pixels().tobytes()
    assert "Naive: 854.2 million" in explorer.picture().alt
    assert "271.4 million and 480 channels" in explorer.picture().alt


def test_without_reductions_both_are_the_same():
    """All controls at 0 give the naive module; a control at 256 costs more than none."""
    explorer = inception_cost_explorer()
    for control in explorer.controls.values():
        control.value = 0
    assert explorer.picture().alt.endswith("(0, 0, 0): 854.2 million and 672 channels.")
    explorer.controls["before_5x5"].value = 256
    assert explorer.picture().alt.endswith("905.6 million and 672 channels.")
