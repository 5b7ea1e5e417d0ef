"""The cost of a module is what the network itself costs when it runs."""

import pytest

from course.models import describe
from course.models.googlenet import INCEPTION, Inception
from course.visualize import inception_channels, inception_cost, inception_layers, plot_inception_cost

EXAMPLE = 256, 28, (128, 192, 96)


@pytest.mark.parametrize(("name", "in_channels", "size"), [("3a", 192, 28), ("4b", 512, 14), ("5b", 832, 7)])
def test_cost_is_that_of_the_running_module(name, in_channels, size):
    """`describe` runs the module and counts: the same multiply-adds, weights and channels."""
    ch1, red3, ch3, red5, ch5, pool = INCEPTION[name]
    numbers = in_channels, (ch1, ch3, ch5), (red3, red5, pool)
    found = describe(Inception(in_channels, *INCEPTION[name]), (in_channels, size, size))
    costs = inception_cost(numbers[0], size, *numbers[1:])
    assert sum(costs.values()) == found.multiply_adds
    rows = [row for row in found.rows if row.layer.startswith("branch3.")]
    assert costs["5×5"] == sum(row.multiply_adds for row in rows)
    layers = inception_layers(*numbers)
    biases = sum(layer.out_channels for layer in layers)
    assert sum(layer.weights for layer in layers) + biases == found.parameters
    assert inception_channels(*numbers) == Inception(in_channels, *INCEPTION[name]).out_channels


def test_the_example_of_cs231n():
    """854.2 million naive with 672 channels; 271.4 million with reductions of 64, with 480."""
    assert sum(inception_cost(*EXAMPLE, (0, 0, 0)).values()) == 854_196_224
    assert sum(inception_cost(*EXAMPLE, (64, 64, 64)).values()) == 271_351_808
    assert inception_channels(256, EXAMPLE[2], (0, 0, 0)) == 672
    assert inception_channels(256, EXAMPLE[2], (64, 64, 64)) == 480


def test_bars_are_the_branches():
    """The pieces of each branch add up to its cost; both panels share one scale."""
    figure = plot_inception_cost(*EXAMPLE, (64, 32, 16))
    assert "input of 28×28×256" in figure.alt and "(64, 32, 16)" in figure.alt
    for axes, reductions in zip(figure.axes, ((0, 0, 0), (64, 32, 16)), strict=True):
        ends = dict.fromkeys(range(4), 0)
        for bar in axes.patches:
            ends[round(bar.get_y() + bar.get_height() / 2)] += bar.get_width() * 1e6
        costs = inception_cost(*EXAMPLE, reductions)
        assert list(ends.values()) == pytest.approx(list(costs.values()))
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim()


def test_wrong_numbers_are_refused():
    """Negative reductions and missing outputs are errors of one line."""
    with pytest.raises(ValueError, match=r"reductions=\(64, -1, 64\) must be three numbers, 0 for none"):
        inception_cost(*EXAMPLE, (64, -1, 64))
    with pytest.raises(ValueError, match=r"outputs=\(128, 0, 96\) must be at least 1"):
        inception_layers(256, (128, 0, 96), (0, 0, 0))
