"""The explorer of depth starts with the lecture's picture and follows its controls."""

from course.visualize import plot_depth_signals
from course.widgets import depth_signal_explorer


def test_the_first_picture_is_the_lectures():
    """27 blocks with batch norm and unscaled residuals."""
    assert depth_signal_explorer().picture().pixels().tobytes() == plot_depth_signals().pixels().tobytes()


def test_the_controls_reach_the_picture():
    """Each control changes the text and the picture."""
    explorer = depth_signal_explorer()
    before = explorer.picture().pixels().tobytes()
    for control, value, text in (
        ("blocks", 5, "5 blocks, 10 convolutions"),
        ("batch_norm", False, "no batch norm"),
        ("scale", 0.15, "residual × 0.15"),
    ):
        explorer.controls[control].value = value
        after = explorer.picture()
        assert text in after.alt and after.pixels().tobytes() != before
        before = after.pixels().tobytes()
