"""Reliability diagram (calibration): of answers given with probability 0.9, are nine of ten right?

Answers fall into bins of equal width by their confidence, the probability of the most probable class. The
reliability diagram shows the accuracy of each bin, and the expected calibration error is its mean distance
from the confidence, weighted by the number of answers (Guo et al. 2017, On calibration of modern neural
networks, Section 2, equations 2 and 3).
"""

from collections.abc import Mapping

import numpy as np
from torch import Tensor

from .series_styles import series_styles
from .style import Picture, headline, listing, picture, styled, told

Answers = tuple[Tensor, Tensor]


def reliability_bins(
    probabilities: Tensor, labels: Tensor, bins: int = 10
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Confidence, accuracy and number of the answers in each bin of a reliability diagram.

    Args:
        probabilities: (N, C), each row adds up to 1.
        labels: (N,), the right classes.
        bins: how many, of equal width; bin m holds confidences above m / bins, up to (m + 1) / bins.

    Returns:
        Mean confidence, accuracy and count, each (bins,); the first two are NaN where a bin is empty.

    Raises:
        ValueError: the shapes do not belong together, a row is no distribution, or there is no bin.
    """
    probabilities, labels = probabilities.detach().cpu().double(), labels.cpu()
    if probabilities.dim() != 2 or labels.shape != probabilities.shape[:1] or not len(labels):
        raise ValueError(
            f"probabilities has shape {tuple(probabilities.shape)}, labels {tuple(labels.shape)}; "
            "they must be (N, C) and (N,), N > 0"
        )
    if not ((probabilities >= 0).all() and ((probabilities.sum(dim=1) - 1).abs() < 1e-3).all()):
        raise ValueError("probabilities holds a row that is no distribution; take the softmax of scores")
    if bins < 1:
        raise ValueError(f"bins={bins} must be at least 1")
    confidence, answers = (part.numpy() for part in probabilities.max(dim=1))
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    count = np.bincount(place, minlength=bins)
    right = np.bincount(place, weights=answers == labels.numpy(), minlength=bins)
    total = np.bincount(place, weights=confidence, minlength=bins)
    each = np.where(count, count, np.nan)
    return total / each, right / each, count


def expected_calibration_error(probabilities: Tensor, labels: Tensor, bins: int = 10) -> float:
    """ECE: the mean distance of accuracy from confidence over the bins, weighted by their answers.

    Args and errors as for `reliability_bins`.

    Returns:
        A number from 0 (calibrated) to 1. It depends a little on the number of bins.
    """
    return _mean_distance(*reliability_bins(probabilities, labels, bins))


def _mean_distance(confidence: np.ndarray, accuracy: np.ndarray, count: np.ndarray) -> float:
    return float(np.nansum(count * np.abs(accuracy - confidence)) / count.sum())


@styled
def plot_reliability(models: Mapping[str, Answers], bins: int = 10, title: str = "") -> Picture:
    """Draw the reliability diagram of one model or several, side by side.

    A point shows confidence and accuracy of a bin, with one standard error of the accuracy; below the dashed
    diagonal a model is surer than it should be. Bars show which share of all answers is in the bin.

    Args:
        models: name to probabilities (N, C) and right classes (N,); at most 4.
        bins: as for `reliability_bins`.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: there is no model or more than 4; or as for `reliability_bins`.
    """
    if not 1 <= len(models) <= 4:
        raise ValueError(f"models has {len(models)} entries; 1 to 4 can stand side by side")
    width, height = {1: (3.8, 3.6), 2: (7, 3.6), 3: (7, 2.9), 4: (7, 2.6)}[len(models)]
    figure, axes = picture(1, len(models), height, width, sharey=True)
    edges = np.arange(bins) / bins
    errors = {}
    for panel, (name, answers), style in zip(axes[0], models.items(), series_styles(models), strict=True):
        confidence, accuracy, count = reliability_bins(*answers, bins)
        errors[name] = _mean_distance(confidence, accuracy, count)
        error = np.sqrt(accuracy * (1 - accuracy) / np.maximum(count, 1))
        panel.bar(edges, count / count.sum(), 1 / bins, align="edge", color="#DDDDDD", edgecolor="white")
        panel.plot([0, 1], [0, 1], "--", color="black", linewidth=1)
        panel.errorbar(confidence, accuracy, error, linewidth=1.4, markersize=5, **style)
        panel.set(xlim=(0, 1), ylim=(0, 1.02), title=f"{name}: ECE {errors[name]:.3f}", xlabel="confidence")
        panel.set_box_aspect(1)
    axes[0, 0].set_ylabel("accuracy")
    headline(figure, title)
    alt_text = listing([f"{name} (expected calibration error {error:.2f})" for name, error in errors.items()])
    figure.alt = told(title, f"Reliability diagram of {alt_text}: accuracy by confidence in {bins} bins.")
    return figure
