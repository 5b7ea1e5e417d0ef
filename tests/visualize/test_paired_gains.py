"""Paired gains: the mean of the differences, and its standard error by NumPy."""

import numpy as np
import pytest

from course.visualize import plot_paired_gains

GAINS = {"harm": [-0.02, -0.05, -0.03], "help": [0.04, 0.08], "nothing": [0.01, -0.01, 0.0, 0.0]}


def test_means_and_whiskers_are_numpys():
    """The largest mean stands on top, each whisker is one standard error long on both sides."""
    axes = plot_paired_gains(GAINS, "gain").axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["help", "nothing", "harm"] and axes.yaxis_inverted()
    for place, (name, bar) in enumerate(zip(names, axes.containers, strict=True)):
        values = np.array(GAINS[name])
        mean, _, (whisker,) = bar
        assert mean.get_xydata().tolist() == [[pytest.approx(values.mean()), place]]
        error = values.std(ddof=1) / len(values) ** 0.5
        ends = whisker.get_segments()[0][:, 0]
        assert ends.tolist() == pytest.approx([values.mean() - error, values.mean() + error])


def test_every_run_is_a_dot():
    """The small dots are the runs themselves."""
    axes = plot_paired_gains(GAINS, "gain").axes[0]
    small = [line for line in axes.lines if line.get_markersize() == 3]
    assert [line.get_xdata().tolist() for line in small] == [GAINS["help"], GAINS["nothing"], GAINS["harm"]]


def test_its_text_says_the_numbers():
    """Who does not see the picture reads means and errors."""
    assert "help 0.06 ± 0.02, nothing 0.000 ± 0.004" in plot_paired_gains(GAINS, "gain").alt


def test_one_run_has_no_error():
    """A single difference cannot be drawn with a whisker, nor nothing at all."""
    with pytest.raises(ValueError, match="at least two measurements"):
        plot_paired_gains({"once": [0.1]}, "gain")
    with pytest.raises(ValueError, match="at least one name"):
        plot_paired_gains({}, "gain")
