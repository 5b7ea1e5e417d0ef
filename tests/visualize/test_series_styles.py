"""A name has one look through all sessions, and no two series of one picture look alike."""

import pytest

from course.optim import OPTIMIZERS
from course.visualize.series_styles import STYLES, known_style, series_style, series_styles


def test_settings_do_not_change_a_look():
    """What stands behind a known name does not matter, nor do capitals; the longest name decides."""
    for name in ("momentum 0.9, lr 0.02", "Momentum", "MOMENTUM"):
        assert series_style(name) == series_style("momentum")
    assert (
        series_style("Inception-ResNet-v2")
        == series_style("Inception-ResNet")
        != series_style("Inception-v3")
    )
    assert series_style("Leaky ReLU, slope 0.1") == series_style("leaky ReLU") != series_style("ReLU")


def test_a_name_that_only_begins_alike_is_another():
    """A letter goes on with the word: SGDR is not SGD, ResNeXt is not ResNet."""
    assert known_style("SGDR") is None and known_style("ResNeXt-50") is None and known_style("") is None
    assert known_style("ResNet-50") == known_style("resnet50") == STYLES["ResNet"]


def test_all_optimizers_of_the_course_are_known_and_differ():
    """Eight rules, eight colours, eight markers."""
    assert all(known_style(name) is not None for name in OPTIMIZERS)
    found = series_styles(OPTIMIZERS)
    assert found == [series_style(name) for name in OPTIMIZERS]
    for part in ("color", "marker"):
        assert len({style[part] for style in found}) == len(OPTIMIZERS) == 8


@pytest.mark.parametrize(
    "names",
    [
        [str(number) for number in range(64)],
        ["Adam"] * 8,
        ["plain 8", "plain 56", "residual 8", "residual 56", "something", "VGG-16", "ResNet-50"],
        ["standard", "dropout 0.5", "weight decay 0.003", "weight decay 0.01", "both (0.5, 0.01)"],
        [*OPTIMIZERS, "ours", "yours"],
    ],
)
def test_no_two_series_of_a_picture_look_alike(names):
    """They differ in colour, or in marker and, up to four of a colour, line style."""
    found = series_styles(names)
    assert len({tuple(style.values()) for style in found}) == len(names)
    assert len({(style["color"], style["marker"]) for style in found}) == len(names)


def test_a_second_one_of_a_family_keeps_the_colour():
    """The first has the family's look; the second its colour with another marker and line style."""
    first, second = series_styles(["ReLU, lr 0.01", "ReLU, its best rate"])
    assert first == series_style("ReLU") and second["color"] == first["color"]
    assert second["marker"] != first["marker"] and second["linestyle"] != first["linestyle"]


def test_a_stranger_takes_no_known_colour_of_the_picture():
    """In front of a known name or behind it; alone it has the first look."""
    for names in (["ours", "ReLU"], ["ReLU", "ours"]):
        assert len({style["color"] for style in series_styles(names)}) == 2
    assert series_styles(["ours"]) == [series_style("ours")] == [series_style("anything", 0)]
    assert series_style("ours", 3) != series_style("ours", 0)
