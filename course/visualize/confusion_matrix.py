"""Confusion matrix: which class is taken for which."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from .style import Picture, picture, styled


def confusion_matrix(targets: Tensor, predictions: Tensor, num_classes: int) -> np.ndarray:
    """Count pairs of true and predicted class.

    Args:
        targets: true labels (n,), integers from 0 to num_classes - 1.
        predictions: predicted labels (n,), likewise.
        num_classes: number of classes.

    Returns:
        (num_classes, num_classes): row = true class, column = predicted class.

    Raises:
        TypeError: if the labels are not integers.
        ValueError: if the shapes differ or a label is out of range.
    """
    pairs = {"targets": torch.as_tensor(targets), "predictions": torch.as_tensor(predictions)}
    for name, labels in pairs.items():
        if labels.is_floating_point() or labels.is_complex():
            raise TypeError(f"{name} has dtype {labels.dtype}; labels must be integers")
        if labels.numel() and not 0 <= int(labels.min()) <= int(labels.max()) < num_classes:
            low, high = int(labels.min()), int(labels.max())
            raise ValueError(
                f"{name} has labels from {low} to {high}; they must lie in 0 to {num_classes - 1}"
            )
    targets, predictions = pairs.values()
    if targets.dim() != 1 or targets.shape != predictions.shape:
        raise ValueError(
            f"targets has shape {tuple(targets.shape)}, predictions {tuple(predictions.shape)}; "
            "both must be (n,)"
        )
    cells = targets.long().cpu() * num_classes + predictions.long().cpu()
    return torch.bincount(cells, minlength=num_classes**2).reshape(num_classes, num_classes).numpy()


@styled
def plot_confusion_matrix(counts: np.ndarray, class_names: Sequence[str] | None = None) -> Picture:
    """Draw a confusion matrix: the count in each cell, its share of the row as color.

    Args:
        counts: (classes, classes), row = true class, as `confusion_matrix` gives it.
        class_names: one a class.

    Raises:
        ValueError: if `counts` is not square, or the numbers of names and classes differ.
    """
    counts = np.asarray(counts)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ValueError(f"counts has shape {counts.shape}; it must be (classes, classes)")
    names = [str(name) for name in class_names or range(len(counts))]
    if len(names) != len(counts):
        raise ValueError(f"class_names has {len(names)} entries; counts has {len(counts)} classes")
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)

    side = min(7.0, 1.8 + 0.45 * len(counts))
    figure, axes = picture(width=side, height=0.88 * side)
    panel = axes[0, 0]
    image = panel.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(*counts.shape):
        color = "white" if shares[row, column] > 0.6 else "black"
        panel.text(column, row, f"{counts[row, column]}", ha="center", va="center", color=color, fontsize=9)
    slanted = {"rotation": 45, "ha": "right"} if max(map(len, names)) > 2 else {}
    panel.set_xticks(range(len(names)), names, **slanted)
    panel.set_yticks(range(len(names)), names)
    panel.set(xlabel="predicted class", ylabel="true class")
    panel.spines[:].set_visible(False)
    figure.colorbar(image, label="share of the true class", shrink=0.8)
    figure.alt = f"Confusion matrix of {len(counts)} classes and {counts.sum()} examples."
    return figure
