"""Cutting a set into parts, its statistics, and what a Dataset offers."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from course.data.dataset import build_dataset, channel_statistics, stratified_split


def make_dataset(channels=3):
    """Nine random images, three of each class; three for each part."""
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (9, channels, 4, 5), dtype=np.uint8)
    labels = np.repeat(np.arange(3, dtype=np.uint8), 3)
    parts = [(pixels[i::3], labels[i::3]) for i in range(3)]
    return pixels, labels, build_dataset("tiny", ["a", "b", "c"], *parts)


@given(
    sizes=st.lists(st.integers(5, 40), min_size=1, max_size=6),
    first=st.integers(0, 3),
    second=st.integers(0, 2),
)
@settings(deadline=None, max_examples=25)
def test_a_split_is_disjoint_complete_and_exact(sizes, first, second):
    """Whatever the class sizes, each part has exactly its count of each class and no index is lost."""
    labels = np.random.default_rng(1).permutation(np.repeat(np.arange(len(sizes)), sizes))
    parts = stratified_split(labels, first, second)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(labels)))
    counts = [np.bincount(labels[part], minlength=len(sizes)).tolist() for part in parts]
    rest = [size - first - second for size in sizes]
    assert counts == [[first] * len(sizes), [second] * len(sizes), rest]


def test_a_split_is_the_same_every_time_and_mixes_classes():
    """The indices of this split are written down: another machine or version must find the same."""
    labels = np.repeat([0, 1], 6)
    first, rest = stratified_split(labels, 3)
    assert first.tolist() == [7, 10, 2, 1, 9, 5]
    assert rest.tolist() == [11, 4, 6, 8, 0, 3]


def test_a_split_that_asks_too_much_is_refused():
    """A class with fewer images than the parts need is named."""
    with pytest.raises(ValueError, match=r"counts=\(2, 2\) must add up to at most 3, the images of class 1"):
        stratified_split(np.array([0, 0, 0, 0, 0, 1, 1, 1]), 2, 2)


@pytest.mark.parametrize("channels", [1, 3])
def test_statistics_equal_numpys(channels):
    """Mean and deviation of each channel are those of the float images."""
    pixels = np.random.default_rng(2).integers(0, 256, (50, channels, 7, 6), dtype=np.uint8)
    mean, std = channel_statistics(pixels)
    assert mean == pytest.approx((pixels / 255).mean((0, 2, 3)), rel=1e-12)
    assert std == pytest.approx((pixels / 255).std((0, 2, 3)), rel=1e-12)


def test_a_constant_channel_can_be_normalized():
    """Its deviation is 1, as scikit-learn has it, so that pictures without one color train."""
    pixels = np.full((4, 1, 3, 3), 10, dtype=np.uint8)
    scaler = StandardScaler().fit(pixels.reshape(-1, 1))
    assert channel_statistics(pixels)[1] == tuple(scaler.scale_) == (1.0,)


def test_images_are_fractions_and_labels_whole_numbers():
    """255 becomes 1.0 and every pixel k the float32 nearest to k / 255; labels become int64."""
    pixels = np.arange(256, dtype=np.uint8).reshape(1, 1, 16, 16)
    part = (pixels, np.zeros(1, dtype=np.uint8))
    dataset = build_dataset("ramp", ["only"], part, part, part)
    expected = (np.arange(256) / 255).astype(np.float32).reshape(1, 1, 16, 16)
    assert torch.equal(dataset.train.images, torch.from_numpy(expected))
    assert dataset.train.labels.dtype == torch.int64


def test_statistics_come_from_the_training_part_alone():
    """mean and std are those of train and of no other part."""
    _, _, dataset = make_dataset()
    assert dataset.mean == pytest.approx(dataset.train.images.mean((0, 2, 3)).tolist(), rel=1e-5)
    assert dataset.mean != pytest.approx(dataset.test.images.mean((0, 2, 3)).tolist(), rel=1e-2)


def test_normalize_centres_each_channel():
    """Normalised training images have mean 0 and deviation 1 in each channel; a single image works too."""
    _, _, dataset = make_dataset()
    images = dataset.normalize(dataset.train.images)
    assert images.dtype == torch.float32
    assert images.mean((0, 2, 3)).tolist() == pytest.approx([0, 0, 0], abs=1e-6)
    assert images.std((0, 2, 3), correction=0).tolist() == pytest.approx([1, 1, 1], rel=1e-5)
    assert torch.equal(dataset.normalize(dataset.train.images[0]), images[0])


def test_normalize_refuses_other_channels():
    """Images without the channels of the set would be broadcast silently, so they are an error."""
    _, _, dataset = make_dataset(channels=1)
    for shape in ((2, 3, 4, 5), (4, 5)):
        with pytest.raises(ValueError, match=r"must be \(\.\.\., 1, H, W\)"):
            dataset.normalize(torch.zeros(shape))


def test_train_and_validation_are_joined():
    """The joined part is train followed by validation, images beside their labels."""
    pixels, labels, dataset = make_dataset()
    both = dataset.train_and_validation
    expected = np.concatenate([pixels[0::3], pixels[1::3]]).astype(np.float32) / 255
    assert torch.equal(both.images, torch.from_numpy(expected))
    assert both.labels.tolist() == [*labels[0::3], *labels[1::3]]
    assert len(both) == 6


def test_a_dataset_is_read_only_and_short_to_print():
    """Parts cannot be swapped by mistake, and printing one does not print its pixels."""
    _, _, dataset = make_dataset()
    with pytest.raises(dataclasses.FrozenInstanceError):
        dataset.train = dataset.test
    assert repr(dataset.train) == "Part(3 images of 3x4x5)"
    assert len(repr(dataset)) < 400
