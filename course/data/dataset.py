"""Data set with its train, validation and test split, and how it is cut into them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

SEED = 0
"""Of every split. RandomState is used for it, as numpy promises that its numbers never change."""


@dataclass(frozen=True, eq=False, repr=False)
class Part:
    """Images with their labels, in an order that is mixed once and for all.

    Shape:
        images: (N, C, H, W), float32, from 0 (black) to 1 (white).
        labels: (N,), int64, an index into the data set's `classes`.
    """

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        return f"Part({len(self)} images of {'x'.join(map(str, self.images.shape[1:]))})"


@dataclass(frozen=True, eq=False)
class Dataset:
    """What `load` returns.

    Choose with `validation`; look at `test` once, at the end. `mean` and `std` hold one number a channel, in
    the unit of the images, and come from `train` alone.
    """

    name: str
    train: Part
    validation: Part
    test: Part
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @property
    def train_and_validation(self) -> Part:
        """Both together, for cross-validation or for a last training once all is chosen."""
        return Part(
            torch.cat([self.train.images, self.validation.images]),
            torch.cat([self.train.labels, self.validation.labels]),
        )

    def normalize(self, images: Tensor) -> Tensor:
        """(images - mean) / std, channel by channel: the training images then have mean 0 and deviation 1.

        Shape:
            images and result: (..., C, H, W), float32.

        Raises:
            ValueError: the images have another number of channels.
        """
        channels = len(self.mean)
        if images.ndim < 3 or images.shape[-3] != channels:
            raise ValueError(f"images of shape {tuple(images.shape)} must be (..., {channels}, H, W)")
        mean = torch.tensor(self.mean, dtype=images.dtype, device=images.device)
        std = torch.tensor(self.std, dtype=images.dtype, device=images.device)
        return (images - mean[:, None, None]) / std[:, None, None]


def build_dataset(
    name: str,
    classes: Sequence[str],
    train: tuple[np.ndarray, np.ndarray],
    validation: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
) -> Dataset:
    """Put a data set together from three pairs of pixels (N, C, H, W), uint8, and labels (N,)."""
    mean, std = channel_statistics(train[0])
    parts = [
        Part(
            torch.from_numpy(np.ascontiguousarray(pixels)).to(torch.float32).div_(255),
            torch.from_numpy(labels.astype(np.int64)),
        )
        for pixels, labels in (train, validation, test)
    ]
    return Dataset(name, *parts, classes=tuple(classes), mean=mean, std=std)


def stratified_split(labels: np.ndarray, *counts: int) -> list[np.ndarray]:
    """Cut indices into parts that hold exactly so many of each class; the last part is what remains.

    Args:
        labels: (N,), the class of each image.
        counts: for each part but the last, how many images of each class.

    Returns:
        Disjoint index arrays that together are 0 .. N - 1, each mixed; the same on every machine.

    Raises:
        ValueError: a class has fewer images than the parts need.
    """
    random = np.random.RandomState(SEED)
    pieces = [[] for _ in range(len(counts) + 1)]
    for label in np.unique(labels):
        indices = random.permutation(np.flatnonzero(labels == label))
        if len(indices) < sum(counts):
            raise ValueError(
                f"counts={counts!r} must add up to at most {len(indices)}, the images of class {label}"
            )
        for part, piece in zip(pieces, np.split(indices, np.cumsum(counts)), strict=True):
            part.append(piece)
    return [random.permutation(np.concatenate(part)) for part in pieces]


def channel_statistics(pixels: np.ndarray) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each channel of (N, C, H, W) uint8 pixels, in units of 255.

    How often each of the 256 values occurs is counted in whole numbers, so that the result has the same
    bits on every processor; a sum of floats would not. A constant channel has deviation 1, as in
    StandardScaler of scikit-learn, so that one can divide by it.
    """
    values = np.arange(256)
    mean, std = [], []
    for channel in range(pixels.shape[1]):
        counts = np.bincount(pixels[:, channel].ravel(), minlength=256)
        n, total, squares = (int(s) for s in (counts.sum(), counts @ values, counts @ values**2))
        mean.append(total / n / 255)
        std.append((n * squares - total**2) ** 0.5 / n / 255 or 1.0)
    return tuple(mean), tuple(std)
