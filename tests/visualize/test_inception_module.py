"""The drawing of an inception module shows the layers that the module has."""

import pytest

from course.models.googlenet import INCEPTION, Inception
from course.visualize import plot_inception_module


def texts(axes):
    """What stands in the boxes, in one line each."""
    return [text.get_text().replace("\n", " ") for text in axes.texts if text.get_text()]


def test_the_example_of_cs231n():
    """Six boxes in the naive module, nine with reductions, with the channels that each layer gives."""
    naive, reduced = plot_inception_module(256, (128, 192, 96), (64, 32, 16)).axes
    assert texts(naive) == [
        "input: 256 channels",
        "joined: 672 channels",
        "1×1 128",
        "3×3 192",
        "5×5 96",
        "pool 3×3 256",
    ]
    assert texts(reduced) == [
        "input: 256 channels",
        "joined: 432 channels",
        "1×1 128",
        *("1×1 64", "3×3 192"),
        *("1×1 32", "5×5 96"),
        *("pool 3×3 256", "1×1 16"),
    ]


@pytest.mark.parametrize("name", INCEPTION)
def test_channels_are_those_of_googlenet(name):
    """The sum above the branches is what the module gives."""
    ch1, red3, ch3, red5, ch5, pool = INCEPTION[name]
    figure = plot_inception_module(480, (ch1, ch3, ch5), (red3, red5, pool))
    channels = Inception(480, *INCEPTION[name]).out_channels
    assert f"joined: {channels} channels" in texts(figure.axes[1])
    assert f"reduce {channels}." in figure.alt


def test_a_layer_without_channels_is_refused():
    """The checks are those of the count."""
    with pytest.raises(ValueError, match=r"outputs=\(0, 1, 1\) must be at least 1"):
        plot_inception_module(8, (0, 1, 1), (1, 1, 1))
