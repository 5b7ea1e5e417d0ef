"""Bubbles stand where accuracy and cost put them, and their areas are proportional to what they show."""

import numpy as np
import pytest

from course.visualize.bubbles import (
    QUANTITIES,
    Net,
    information_density,
    overlap,
    place_labels,
    plot_bubbles,
    quantity_of,
)

NETS = [
    Net("small", "one", 0.6, 1e9, 10e6, 0.010, 64 * 2**20),
    Net("large", "two", 0.7, 20e9, 140e6, 0.200, 600 * 2**20),
    Net("unmeasured", "two", 0.65, 5e9, 70e6, memory=300 * 2**20),
]


def test_values_come_in_the_unit_of_the_axis():
    """10⁹ multiply-adds, millions of parameters, MiB, milliseconds; what was not measured is NaN."""
    np.testing.assert_allclose(quantity_of(NETS, "operations"), [1, 20, 5])
    np.testing.assert_allclose(quantity_of(NETS, "parameters"), [10, 140, 70])
    np.testing.assert_allclose(quantity_of(NETS, "memory"), [64, 600, 300])
    np.testing.assert_allclose(quantity_of(NETS, "time"), [10, 200, np.nan])


def test_density_is_points_per_million():
    """60 points with 10 million parameters are 6 a million."""
    assert information_density(NETS[0]) == pytest.approx(6.0)


@pytest.mark.parametrize("x", QUANTITIES)
@pytest.mark.parametrize("area", QUANTITIES)
def test_places_and_areas_are_the_values(x, area):
    """Every bubble has its cost and accuracy as centre, and its area follows the other cost."""
    figure = plot_bubbles(NETS, x, area)
    (panel,) = figure.axes
    bubbles = panel.collections[0]
    drawn = dict(
        zip(map(tuple, np.asarray(bubbles.get_offsets()).round(6)), bubbles.get_sizes(), strict=True)
    )
    across, sizes = quantity_of(NETS, x), quantity_of(NETS, area)
    expected = {
        (round(across[i], 6), round(100 * net.accuracy, 6)): sizes[i]
        for i, net in enumerate(NETS)
        if np.isfinite(across[i]) and np.isfinite(sizes[i])
    }
    assert drawn.keys() == expected.keys()
    ratios = [drawn[place] / value for place, value in expected.items()]
    np.testing.assert_allclose(ratios, ratios[0])
    assert {text.get_text() for text in panel.texts} == {
        net.title for net in NETS if net.seconds or "time" not in (x, area)
    }
    assert panel.get_xlabel() == QUANTITIES[x].label and QUANTITIES[area].label in panel.get_title()
    assert list(bubbles.get_sizes()) == sorted(bubbles.get_sizes(), reverse=True)


def test_a_family_keeps_its_colour():
    """The colour of a family does not change when another family is left out."""
    colors = [
        {
            text.get_text(): tuple(color)
            for text, color in zip(panel.texts, panel.collections[0].get_edgecolors(), strict=True)
        }["large"]
        for panel in (plot_bubbles(NETS, x).axes[0] for x in ("operations", "time"))
    ]
    assert colors[0] == colors[1]


def test_names_do_not_lie_on_each_other():
    """Three bubbles in a heap: their names go to different sides, and stay in the axes."""
    centres = np.array([[0.5, 0.5], [0.52, 0.5], [0.95, 0.5]])
    radii, widths = np.full((3, 2), 0.02), np.array([0.15, 0.15, 0.15])
    corners = place_labels(centres, radii, widths, 0.04)
    boxes = [(*corner, corner[0] + 0.15, corner[1] + 0.04) for corner in corners]
    for index, box in enumerate(boxes):
        assert box[0] >= 0 and box[2] <= 1
        assert all(overlap(box, other) == 0 for other in boxes[index + 1 :])
        assert all(overlap(box, (*(c - 0.02), *(c + 0.02))) == 0 for c in centres)


def test_a_far_name_is_tied_to_its_bubble():
    """Eleven bubbles in a heap: no name lies on another, and some stand so far that a line leads to them."""
    rng = np.random.default_rng(0)
    heap = [Net(f"net {i}", "one", 0.7 + rng.uniform(0, 0.02), rng.uniform(1e9, 3e9), 5e6) for i in range(11)]
    figure = plot_bubbles([*heap, Net("far", "two", 0.5, 20e9, 50e6)])
    (panel,) = figure.axes
    lines = [line for line in panel.lines if len(line.get_xdata())]
    assert lines and all(line.get_transform() == panel.transAxes for line in lines)
    figure.png()
    frames = [text.get_window_extent() for text in panel.texts]
    for index, frame in enumerate(frames):
        assert not any(frame.overlaps(other) for other in frames[index + 1 :])


def test_alt_text_has_names_but_no_measured_number():
    """Stored texts are compared between machines, so times stay out of them."""
    alt = plot_bubbles(NETS, "time", "operations").alt
    assert "small" in alt and "large" in alt and "unmeasured" not in alt
    assert "200" not in alt and "measured time for one image" in alt


def test_what_cannot_be_drawn_is_refused():
    """Unknown quantities, and nets of which none was measured."""
    with pytest.raises(ValueError, match="quantity='energy' is unknown; choose from operations, parameters"):
        plot_bubbles(NETS, "energy")
    with pytest.raises(ValueError, match="nets must hold at least one net with time and parameters"):
        plot_bubbles(NETS[2:], "time")
