"""The chart of depths shows the numbers it is given."""

import pytest

from course.data.ilsvrc import ILSVRC, on_chart
from course.visualize import depth_labels, plot_depth_chart


def test_bars_and_line_are_the_table():
    """Each bar is as high as its error, and the line goes through the layers of the deep nets."""
    chart = on_chart()
    errors, depth = plot_depth_chart(chart).axes
    heights = {round(bar.get_x() + bar.get_width() / 2): bar.get_height() for bar in errors.patches}
    assert [heights[place] for place in range(7)] == [result.top5 for result in chart]
    assert list(depth.lines[0].get_xdata()) == [2, 3, 4, 5, 6]
    assert list(depth.lines[0].get_ydata()) == [8, 8, 19, 22, 152]
    assert sum(bar.get_hatch() == "//" for bar in errors.patches) == 5


def test_labels_say_shallow_where_no_net_is():
    """Methods without a net are called shallow, nets have their layers."""
    assert depth_labels(on_chart())[1:3] == ["XRCE\n2011\nshallow", "AlexNet\n2012\n8 layers"]


def test_the_alternative_text_tells_the_numbers():
    """All errors are in the text, with their kind."""
    single = [result for result in ILSVRC if result.kind == "single"]
    alt = plot_depth_chart(single).alt
    assert "ResNet 2015: 4.49 %, 152 layers, single" in alt and "ensemble" not in alt


def test_nothing_to_draw_is_refused():
    """An empty table is an error."""
    with pytest.raises(ValueError, match=r"results=\[\] must hold at least one result"):
        plot_depth_chart([])
