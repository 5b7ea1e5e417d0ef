"""Curves: the mean and the range over seeds, and nothing where a seed diverged."""

import numpy as np
import pytest

from course.training.history import History
from course.visualize import (
    band,
    plot_history,
    plot_learning_rate_sensitivity,
    plot_training_curves,
    sweep_learning_rates,
)


def test_band_is_mean_lowest_and_highest():
    """Of (seeds, points), column by column."""
    mean, low, high = band([[1, 5, 3], [3, 1, 3], [5, 3, 9]])
    np.testing.assert_array_equal(mean, [3, 3, 5])
    np.testing.assert_array_equal(low, [1, 1, 3])
    np.testing.assert_array_equal(high, [5, 5, 9])


def test_band_of_one_run_has_no_width():
    """(points,) is a single run."""
    for edge in band([2.0, 4.0]):
        np.testing.assert_array_equal(edge, [2, 4])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_band_has_a_gap_where_one_seed_diverged(bad):
    """One seed that is not finite takes the point away from all three; the others stay."""
    for edge in band([[1, bad], [1, 2]]):
        assert edge[0] == 1 and np.isnan(edge[1])


def test_band_refuses_other_shapes():
    """A cube or no seed at all is an error that names the shape."""
    with pytest.raises(ValueError, match=r"runs has shape \(2, 2, 2\); it must be \(points,\) or"):
        band(np.zeros((2, 2, 2)))
    with pytest.raises(ValueError, match=r"runs has shape \(0, 4\)"):
        band(np.zeros((0, 4)))


def test_sweep_puts_seeds_in_rows_and_rates_in_columns():
    """The value at (seed, rate) is the run of that seed and rate."""
    values = sweep_learning_rates(lambda rate, seed: 100 * rate + seed, rates=[0.1, 0.2, 0.3], seeds=[1, 2])
    np.testing.assert_allclose(values, [[11, 21, 31], [12, 22, 32]])


def test_training_curves_draw_the_mean_and_the_band():
    """Each line is a mean, each band reaches from the lowest to the highest seed; each name ends its line."""
    runs = np.array([[4.0, 2, 1], [6, 4, 1]])
    figure = plot_training_curves({"SGD": runs, "Adam": runs / 2}, y_label="validation loss")
    (axes,) = figure.axes
    np.testing.assert_array_equal(axes.lines[0].get_xydata(), [(1, 5), (2, 3), (3, 1)])
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), [2.5, 1.5, 0.5])
    corners = {tuple(corner) for corner in axes.collections[0].get_paths()[0].vertices}
    assert {(1, 4), (1, 6), (2, 2), (2, 4), (3, 1)} <= corners
    assert [text.get_text() for text in axes.texts] == ["SGD", "Adam"]
    assert figure.alt == "validation loss by epoch for SGD and Adam, mean and range over 2 seeds."


def test_curves_differ_by_more_than_colour():
    """No two of eight curves share colour, line style or marker with each other alone."""
    figure = plot_training_curves({str(i): [1.0, 2.0] for i in range(8)})
    looks = [(line.get_color(), line.get_marker()) for line in figure.axes[0].lines]
    assert len({color for color, _ in looks}) == len({marker for _, marker in looks}) == 8


def test_curves_need_matching_points():
    """No curve, or another number of points than x, is an error that names the curve."""
    with pytest.raises(ValueError, match=r"curves=\{\} must hold at least one curve"):
        plot_training_curves({})
    with pytest.raises(ValueError, match=r"'SGD' has 3 points; x has 2"):
        plot_training_curves({"SGD": [1, 2, 3]}, x=[1, 2])


def test_sensitivity_leaves_a_gap_where_a_rate_diverges():
    """The drawn means are NaN for the rate at which one seed diverged; the axis is logarithmic."""
    figure = plot_learning_rate_sensitivity([0.01, 0.1, 1], {"SGD": [[3, 1, np.nan], [1, 1, 2]]})
    (axes,) = figure.axes
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), [2, 1, np.nan])
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), [0.01, 0.1, 1])
    assert axes.get_xscale() == "log"
    assert "from 0.01 to 1" in figure.alt and "2 seeds" in figure.alt


def test_sensitivity_refuses_rates_that_a_logarithm_cannot_show():
    """A learning rate of zero has no place on the axis."""
    with pytest.raises(ValueError, match=r"rates=\[0.0, 0.1\] must all be above 0"):
        plot_learning_rate_sensitivity([0, 0.1], {"SGD": [1, 2]})


@pytest.mark.parametrize(("low", "labels"), [(0.2, {"0.2", "0.5", "1"}), (1e-6, {"0.0001", "1"})])
def test_log_axis_is_labelled_in_plain_numbers(low, labels):
    """Also a range of less than a factor of ten has labels."""
    figure = plot_training_curves({"SGD": np.geomspace(1, low, 5)}, log_y=True)
    figure.png()
    assert labels <= {text.get_text() for text in figure.axes[0].get_yticklabels()}


def test_history_draws_training_and_validation():
    """Loss and accuracy stand side by side; a column that was not measured is left out."""
    rows = [{"epoch": n, "loss": 1 / n, "accuracy": n / 4, "val_loss": 2 / n} for n in (1, 2, 3)]
    figure = plot_history(History(rows), title="LeNet-5")
    loss, accuracy = figure.axes
    np.testing.assert_array_equal(
        [line.get_ydata() for line in loss.lines], [[1, 1 / 2, 1 / 3], [2, 1, 2 / 3]]
    )
    assert [text.get_text() for text in loss.texts] == ["training", "validation"]
    assert [text.get_text() for text in accuracy.texts] == ["training"]
    np.testing.assert_array_equal(accuracy.lines[0].get_xydata(), [(1, 0.25), (2, 0.5), (3, 0.75)])
    assert len(accuracy.lines) == 1
    assert figure.alt == "Loss and accuracy over 3 epochs. LeNet-5"
    assert len(plot_history(History([{"epoch": 1, "loss": 1.0}])).axes) == 1


def test_history_without_epochs_is_refused():
    """There is nothing to draw before training."""
    with pytest.raises(ValueError, match=r"history has no epoch; train first"):
        plot_history(History())


def test_epochs_are_whole_numbers():
    """Without an x of its own a curve counts 1, 2, 3, and the axis has no ticks between."""
    axes = plot_training_curves({"net": [3.0, 2.0, 1.0]}).axes[0]
    assert all(tick == round(tick) for tick in axes.get_xticks())


def test_a_title_says_what_is_to_be_seen():
    """It stands above the picture, and begins the alternative text."""
    figure = plot_training_curves({"net": [3.0, 2.0]}, title="The loss falls")
    assert figure.get_suptitle() == "The loss falls"
    assert figure.alt == "The loss falls. training loss by epoch for net, one seed."
    sweep = plot_learning_rate_sensitivity([0.1, 1], {"SGD": [1.0, 2.0]}, title="Slow is better")
    assert sweep.get_suptitle() == "Slow is better" and sweep.alt.startswith(
        "Slow is better. final training loss"
    )


def test_a_logarithmic_axis_has_plain_numbers():
    """x from 1 to 100: equal factors are equal distances, and 1, 2, 5, 10 stand below."""
    figure = plot_training_curves({"error": [3, 2, 1]}, [1, 10, 100], "k", "error", log_x=True)
    (axes,) = figure.axes
    a, b, c = axes.transAxes.inverted().transform(axes.transData.transform([(1, 2), (10, 2), (100, 2)]))[:, 0]
    assert b - a == pytest.approx(c - b)
    figure.finish()
    assert {"1", "2", "5", "10", "100"} <= {label.get_text() for label in axes.get_xticklabels()}
