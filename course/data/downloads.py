"""Downloads of MNIST, Fashion-MNIST and CIFAR-10, once, by torchvision, which checks each file's MD5.

A set is downloaded beside its place in the cache folder and moved there when it is whole, so that a broken
download leaves nothing behind and two processes may begin at once.
"""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from course.errors import DataError

from .dataset import Dataset, build_dataset, stratified_split

VALIDATION_PER_CLASS = 500
SILENCE_S = 20
"""How long a server may say nothing before the download is given up."""


def load_mnist(cache: Path) -> Dataset:
    """MNIST, 70,000 handwritten digits: 55,000 to train, 5,000 to validate, the official 10,000 to test.

    Source: LeCun, Cortes, Burges, http://yann.lecun.com/exdb/mnist/; 11 MB through torchvision's mirror.
    License: CC BY-SA 3.0, © Yann LeCun and Corinna Cortes.
    Shape: images (N, 1, 28, 28), white digit on black; 500 of each class to validate.
    Units: brightness as a fraction of full white, k / 255 for k = 0 .. 255.
    """
    return load_from_torchvision("mnist", "MNIST", cache)


def load_fashion_mnist(cache: Path) -> Dataset:
    """Fashion-MNIST, 70,000 articles of clothing: 55,000 to train, 5,000 to validate, 10,000 to test.

    Source: Xiao, Rasul, Vollgraf 2017, https://github.com/zalandoresearch/fashion-mnist; 31 MB.
    License: MIT, © Zalando SE.
    Shape: images (N, 1, 28, 28), bright article on black; 500 of each class to validate.
    Units: brightness as a fraction of full white, k / 255 for k = 0 .. 255.
    """
    return load_from_torchvision("fashion_mnist", "FashionMNIST", cache)


def load_cifar10(cache: Path) -> Dataset:
    """CIFAR-10, 60,000 small photos: 45,000 to train, 5,000 to validate, the official 10,000 to test.

    Source: Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html; 170 MB.
    License: none is stated; the photos were collected from the web.
    Shape: images (N, 3, 32, 32), channels red, green, blue; 500 of each class to validate. In memory the
        three parts take 0.7 GB.
    Units: brightness of each channel as a fraction of the full one, k / 255 for k = 0 .. 255.
    """
    return load_from_torchvision("cifar10", "CIFAR10", cache)


def load_from_torchvision(name: str, torchvision_name: str, cache: Path) -> Dataset:
    """Load torchvision's class of that name from `cache`/`name`, fetching it first if it is not there.

    Raises:
        DataError: it is not there and cannot be fetched, or what is there is damaged.
    """
    from torchvision import datasets  # takes longer to import than the digits to load

    source = getattr(datasets, torchvision_name)
    folder = cache / name
    if not folder.exists():
        fetch(name, source, folder)
    try:
        official, test = source(folder, train=True), source(folder, train=False)
    except Exception as error:  # torchvision stumbles over damaged files in many ways
        raise DataError(
            f"{name} in {folder} is damaged ({line(error)}); delete the folder, load again"
        ) from None
    pixels, labels = channels_first(official.data), np.asarray(official.targets)
    validation, train = stratified_split(labels, VALIDATION_PER_CLASS)
    return build_dataset(
        name,
        [text.split(" - ")[0] for text in official.classes],  # torchvision's "7 - seven" is our "7"
        (pixels[train], labels[train]),
        (pixels[validation], labels[validation]),
        (channels_first(test.data), np.asarray(test.targets)),
    )


def fetch(name: str, source: Callable, folder: Path) -> None:
    """Download a set with a progress bar, all of it or nothing."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with limited_silence(SILENCE_S), TemporaryDirectory(dir=folder.parent, prefix=f"{name}-") as beside:
            whole = Path(beside) / name
            source(whole, train=True, download=True)
            move(whole, folder)
    except (OSError, RuntimeError, HTTPException, EOFError) as error:
        raise DataError(
            f"{name} is not in {folder} and could not be downloaded ({line(error)}); "
            f'without the internet use load("digits")'
        ) from None


def move(whole: Path, folder: Path) -> None:
    """Give a finished download its place, unless another process was quicker."""
    try:
        os.replace(whole, folder)
    except OSError:
        if not folder.exists():
            raise


@contextmanager
def limited_silence(seconds: float) -> Iterator[None]:
    """Give up on a silent server; urllib, as torchvision uses it, would wait for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def line(error: Exception) -> str:
    """The last line of an error's text: the reason, where torchvision gives a list of attempts."""
    return (str(error).splitlines() or [type(error).__name__])[-1]


def channels_first(pixels) -> np.ndarray:
    """torchvision's (N, H, W) or (N, H, W, C) as (N, C, H, W)."""
    pixels = np.asarray(pixels)
    return pixels[:, None] if pixels.ndim == 3 else pixels.transpose(0, 3, 1, 2)
