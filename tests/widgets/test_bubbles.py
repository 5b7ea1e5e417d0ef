"""The explorer of bubbles offers the costs that are known, and draws each of them."""

from itertools import cycle

from course.visualize.bubbles import Net, plot_bubbles
from course.widgets import bubble_explorer

NETS = [Net("small", "one", 0.6, 1e9, 10e6), Net("large", "two", 0.7, 20e9, 140e6)]
TIMED = [net._replace(seconds=net.multiply_adds / 1e11) for net in NETS]


def test_time_is_offered_only_where_it_was_measured():
    """Without measurements there are operations and parameters; with them also time, and memory."""
    controls = bubble_explorer(NETS).controls
    assert list(controls["x"].options) == list(controls["area"].options) == ["operations", "parameters"]
    assert "time" in bubble_explorer(TIMED).controls["x"].options
    counted = [net._replace(memory=4 * net.parameters) for net in NETS]
    assert list(bubble_explorer(counted).controls["x"].options) == ["operations", "parameters", "memory"]


def test_the_first_picture_is_that_of_the_paper():
    """Operations along x, parameters as area: `plot_bubbles` without further arguments."""
    assert bubble_explorer(NETS).picture().pixels().tobytes() == plot_bubbles(NETS).pixels().tobytes()


def test_every_choice_draws():
    """Each quantity as axis and as area gives the picture of the function."""
    explorer = bubble_explorer(TIMED)
    areas = cycle(explorer.controls["area"].options)
    for x, area in zip(explorer.controls["x"].options, areas, strict=False):
        explorer.controls["x"].value, explorer.controls["area"].value = x, area
        assert explorer.picture().pixels().tobytes() == plot_bubbles(TIMED, x, area).pixels().tobytes()
