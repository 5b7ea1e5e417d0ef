"""Precision–recall curves: what a detector finds, and how much of what it reports is right.

Manning, Raghavan, Schütze, "Introduction to Information Retrieval" (2008), section 8.4. The area is the
average precision of scikit-learn, without interpolation.
"""

from collections.abc import Mapping

import numpy as np

from .line_labels import label_lines
from .series_styles import series_styles
from .style import Picture, headline, listing, picture, styled, told


def precision_recall(positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Precision and recall of a detector that reports the highest scores, for each number of reports.

    Equal scores are reported together.

    Args:
        positive: (n,), whether each example is one of those looked for.
        scores: (n,), the higher, the surer.

    Returns:
        Precision, recall and threshold, each (different scores,), the highest threshold first.

    Raises:
        ValueError: other shapes, or nothing to find.
    """
    positive, scores = np.asarray(positive, dtype=bool), np.asarray(scores, dtype=float)
    if positive.ndim != 1 or positive.shape != scores.shape or not positive.any():
        raise ValueError(
            f"positive has shape {positive.shape}, {positive.sum()} of them true, scores {scores.shape}; "
            "they must be (n,) both, and one true at least"
        )
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.diff(scores[order], append=-np.inf))  # the last of each group of equal scores
    hits = positive[order].cumsum()[last]
    return hits / (last + 1), hits / positive.sum(), scores[order][last]


def average_precision(precision: np.ndarray, recall: np.ndarray) -> float:
    """Area below the curve: each precision, weighted by the recall that is gained there."""
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


@styled
def plot_precision_recall(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray]],
    share: float | None = None,
    points: Mapping[str, tuple[float, float]] | None = None,
    title: str = "",
) -> Picture:
    """Draw precision against recall, one line a detector.

    Args:
        curves: name to precision and recall, as `precision_recall` gives them first.
        share: of positive examples, drawn as the line of a detector that guesses.
        points: name to (precision, recall), thresholds that are marked.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: there is no curve.
    """
    if not curves:
        raise ValueError("curves={} must hold at least one curve")
    figure, ((axes,),) = picture(height=3.4)
    lines = []
    for (name, (precision, recall, *_)), style in zip(curves.items(), series_styles(curves), strict=True):
        lines += axes.plot(recall, precision, label=name, **(style | {"marker": ""}))
    alt_text = [f"{name} with an area of {average_precision(*pair[:2]):.2f}" for name, pair in curves.items()]
    if share is not None:
        axes.axhline(share, color="#555555", linestyle=":", linewidth=1.2)
        axes.annotate("guessing", (0.01, share), (0, 3), textcoords="offset points", fontsize=9)
    for name, (precision, recall) in (points or {}).items():
        axes.plot(recall, precision, "o", color="#1A1A1A", markersize=6, zorder=5)
        axes.annotate(name, (recall, precision), (7, 4), textcoords="offset points", fontsize=9)
        alt_text.append(f"marked: {name}, precision {precision:.2f}, recall {recall:.2f}")
    axes.set(xlabel="recall: share of what is there that is found", xlim=(0, 1.01), ylim=(0, 1.03))
    axes.set_ylabel("precision: share of\nreports that are right")
    axes.grid(True)
    label_lines(figure, axes, lines)
    headline(figure, title)
    figure.alt = told(title, f"Precision against recall: {listing(alt_text)}.")
    return figure
