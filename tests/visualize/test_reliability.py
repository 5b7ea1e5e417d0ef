"""A reliability diagram counts as scikit-learn does, and its error is the one of Guo et al."""

import numpy as np
import pytest
import torch
from sklearn.calibration import calibration_curve

from course.visualize import expected_calibration_error, plot_reliability, reliability_bins


def answers(count=2000, classes=5, sharpness=2.0, seed=0):
    generator = torch.Generator().manual_seed(seed)
    logits = sharpness * torch.randn(count, classes, generator=generator)
    return torch.softmax(logits, dim=1), torch.randint(classes, (count,), generator=generator)


@pytest.mark.parametrize("bins", [1, 7, 10, 15])
def test_bins_are_those_of_scikit_learn(bins):
    """Mean confidence and accuracy of each bin that holds an answer."""
    probabilities, labels = answers()
    confidence, accuracy, count = reliability_bins(probabilities, labels, bins)
    most, said = probabilities.max(dim=1)
    theirs = calibration_curve((said == labels).numpy(), most.double().numpy(), n_bins=bins)
    filled = count > 0
    np.testing.assert_allclose(accuracy[filled], theirs[0])
    np.testing.assert_allclose(confidence[filled], theirs[1])
    assert np.isnan(accuracy[~filled]).all() and count.sum() == 2000


def test_the_error_is_the_mean_distance_weighted_by_the_answers():
    """Four answers by hand, in bins of a half: 0.9 right, 0.8 wrong and 0.6 right above, 0.4 wrong below."""
    probabilities = torch.tensor([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.6, 0.4, 0.0], [0.4, 0.3, 0.3]])
    labels = torch.tensor([0, 0, 0, 1])
    _, _, count = reliability_bins(probabilities, labels, 2)
    assert count.tolist() == [1, 3]
    above, below = abs(2 / 3 - (0.9 + 0.8 + 0.6) / 3), abs(0 - 0.4)
    assert expected_calibration_error(probabilities, labels, 2) == pytest.approx((3 * above + below) / 4)


def test_a_calibrated_model_has_almost_no_error_and_a_boaster_a_large_one():
    """Labels drawn from the very probabilities, and the same model with its scores tripled."""
    generator = torch.Generator().manual_seed(1)
    logits = torch.randn(20_000, 4, generator=generator)
    labels = torch.multinomial(torch.softmax(logits, dim=1), 1, generator=generator)[:, 0]
    assert expected_calibration_error(torch.softmax(logits, dim=1), labels) < 0.02
    assert expected_calibration_error(torch.softmax(3 * logits, dim=1), labels) > 0.2


def test_the_diagram_shows_the_bins_and_names_the_error():
    """Each panel holds the points, and the shares of the answers as bars."""
    probabilities, labels = answers()
    figure = plot_reliability({"first": (probabilities, labels), "second": answers(seed=3)}, title="Two")
    confidence, accuracy, count = reliability_bins(probabilities, labels)
    first = figure.axes[0]
    np.testing.assert_allclose([bar.get_height() for bar in first.patches], count / 2000)
    points = next(line for line in first.lines if len(line.get_xdata()) == 10)
    np.testing.assert_allclose(points.get_xdata(), confidence)
    np.testing.assert_allclose(points.get_ydata(), accuracy)
    error = expected_calibration_error(probabilities, labels)
    assert (
        first.get_title() == f"first: ECE {error:.3f}" and "Two. Reliability diagram of first" in figure.alt
    )


def test_what_is_no_distribution_is_refused():
    """Scores in place of probabilities, other shapes, no bin, no model."""
    probabilities, labels = answers(count=4)
    with pytest.raises(ValueError, match="no distribution"):
        reliability_bins(3 * probabilities, labels)
    with pytest.raises(ValueError, match=r"labels \(3,\); they must be"):
        reliability_bins(probabilities, labels[:3])
    with pytest.raises(ValueError, match="bins=0 must be at least 1"):
        expected_calibration_error(probabilities, labels, 0)
    with pytest.raises(ValueError, match="models has 0 entries"):
        plot_reliability({})
