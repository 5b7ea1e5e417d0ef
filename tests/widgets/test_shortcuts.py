"""The explorer of shortcuts starts with option A and follows its controls."""

from course.visualize import plot_shortcut
from course.widgets import shortcut_explorer


def test_the_first_picture_is_option_a():
    """Identity and zeros, no parameters."""
    explorer = shortcut_explorer()
    assert explorer.picture().pixels().tobytes() == plot_shortcut().pixels().tobytes()
    assert "identity and zeros" in explorer.picture().alt


def test_every_option_draws_with_and_without_a_change_of_shape():
    """B projects only where the shape changes, C everywhere."""
    explorer = shortcut_explorer()
    said = {}
    for in_channels, stride in ((8, 1), (8, 2), (1, 1)):
        explorer.controls["in_channels"].value, explorer.controls["stride"].value = in_channels, stride
        for option in "ABC":
            explorer.controls["option"].value = option
            said[option, in_channels, stride] = explorer.picture().alt.split(": ")[1].split(".")[0]
    projects = {key for key, what in said.items() if what == "projection, learned"}
    assert projects == {("B", 8, 2), ("B", 1, 1), ("C", 8, 1), ("C", 8, 2), ("C", 1, 1)}
    assert said["A", 8, 1] == said["B", 8, 1] == "identity"
