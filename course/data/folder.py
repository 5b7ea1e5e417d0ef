"""Image folder: a folder of one's own pictures as a data set, one sub-folder a class.

    FOLDER/cat/1.jpg, FOLDER/cat/2.jpg, …, FOLDER/dog/1.jpg, …      labeled, a folder for each class
    FOLDER/unlabeled/a.jpg, …                                      pictures to predict, if there are any;
                                                                   with two l is right, too

Of each class a tenth of the pictures, at least one, becomes validation data and as many become test data; the
same ones on every machine.
"""

import os
from itertools import chain
from pathlib import Path

import numpy as np

from course.errors import DataError

from .dataset import Dataset, build_dataset, stratified_split
from .pictures import read_pictures

UNLABELED = ("unlabeled", "unlabelled")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp")
LEAST = 3  # pictures of a class: one for each part


def load_folder(path: str | os.PathLike, size: int = 64) -> Dataset:
    """Read a folder of pictures as a data set in three parts.

    Args:
        path: of the folder; its sub-folders' names are the classes, in alphabetical order.
        size: side of the images in pixels; the largest square in the middle of each picture is shown.

    Returns:
        Images (N, 3, size, size).

    Raises:
        DataError: no such folder, fewer than two classes, a class with fewer than three pictures, or a
            picture that cannot be read.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder, and no data set has this name")
    classes = sorted(part.name for part in folder.iterdir() if part.is_dir() and part.name not in UNLABELED)
    pictures = {name: pictures_in(folder / name) for name in classes}
    if len(classes) < 2:
        raise DataError(f"{folder} has {len(classes)} sub-folders with a class each; it needs at least 2")
    for name, paths in pictures.items():
        if len(paths) < LEAST:
            raise DataError(f"{folder / name} has {len(paths)} pictures; a class needs at least {LEAST}")
    images = read_pictures(chain.from_iterable(pictures.values()), (size, size))
    pixels = (images * 255).round().numpy().astype(np.uint8)  # (N, 3, size, size)
    labels = np.repeat(np.arange(len(classes)), [len(paths) for paths in pictures.values()])
    share = max(1, min(len(paths) for paths in pictures.values()) // 10)
    validation, test, train = stratified_split(labels, share, share)
    parts = [(pixels[part], labels[part]) for part in (train, validation, test)]
    return build_dataset(folder.name, classes, *parts)


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder in alphabetical order; none where there is no such folder."""
    entries = folder.iterdir() if folder.is_dir() else ()
    return sorted(
        path for path in entries if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    )
