"""Geometric transforms against torchvision's kernels, for fixed parameters."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as F

from course.transforms import (
    RandomAffine,
    RandomCrop,
    RandomHorizontalFlip,
    RandomRotation,
    RandomScale,
    RandomTranslation,
)

BILINEAR = InterpolationMode.BILINEAR
SIDES = st.integers(1, 17)


def pictures(N=5, C=3, H=19, W=26, dtype=torch.float32, seed=0):
    """Random images; float values from 0 to 1, uint8 from 0 to 255."""
    values = torch.rand(N, C, H, W, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return (255 * values).round().byte() if dtype == torch.uint8 else values.to(dtype)


def one_by_one(images, params, kernel):
    """The kernel applied to each image with its own parameters, as Python numbers."""
    each = [
        dict(zip(params, values, strict=True))
        for values in zip(*(p.tolist() for p in params.values()), strict=True)
    ]
    return torch.stack([kernel(image, **own) for image, own in zip(images, each, strict=True)])


@settings(deadline=None, max_examples=25)
@given(
    H=SIDES,
    W=SIDES,
    C=st.integers(1, 4),
    seed=st.integers(0, 99),
    dtype=st.sampled_from([torch.uint8, torch.float32]),
)
def test_crop_is_that_of_torchvision(H, W, C, seed, dtype):
    """For random sizes, windows and four different paddings, each image is F.pad and F.crop, exactly."""
    generator = torch.Generator().manual_seed(seed)
    padding = torch.randint(0, 5, (4,), generator=generator).tolist()
    height = 1 + seed % (H + padding[1] + padding[3])
    width = 1 + seed % (W + padding[0] + padding[2])
    images = pictures(4, C, H, W, dtype, seed)
    crop = RandomCrop((height, width), padding, fill=1)
    params = crop.sample(images, generator)
    expected = one_by_one(
        images,
        params,
        lambda image, top, left: F.crop(F.pad(image, padding, fill=1), top, left, height, width),
    )
    assert torch.equal(crop.apply(images, params), expected)


@settings(deadline=None, max_examples=20)
@given(
    H=SIDES,
    W=SIDES,
    C=st.integers(1, 4),
    seed=st.integers(0, 99),
    dtype=st.sampled_from([torch.uint8, torch.float32]),
)
def test_flip_is_that_of_torchvision(H, W, C, seed, dtype):
    """For random sizes, each image is F.horizontal_flip or as before, exactly."""
    images = pictures(6, C, H, W, dtype, seed)
    flip = RandomHorizontalFlip()
    params = flip.sample(images, torch.Generator().manual_seed(seed))
    expected = one_by_one(images, params, lambda image, flip: F.horizontal_flip(image) if flip else image)
    assert torch.equal(flip.apply(images, params), expected)


@settings(deadline=None, max_examples=25)
@given(H=SIDES, W=SIDES, seed=st.integers(0, 99))
def test_affine_is_that_of_torchvision(H, W, seed):
    """For random sizes, angles, shifts and factors, each image is F.affine, and zero outside."""
    images = pictures(4, 2, H, W, torch.float64, seed)
    affine = RandomAffine(180, translate=(0.5, 0.3), scale=(0.5, 2))
    params = {
        name: value.double()
        for name, value in affine.sample(images, torch.Generator().manual_seed(seed)).items()
    }
    expected = one_by_one(
        images,
        params,
        lambda image, angle, translate, scale: F.affine(image, angle, translate, scale, [0.0, 0.0], BILINEAR),
    )
    torch.testing.assert_close(affine.apply(images, params), expected, rtol=0, atol=1e-9)


def test_rotation_is_that_of_torchvision():
    """RandomRotation turns counter-clockwise, as F.rotate does."""
    images = pictures()
    rotation = RandomRotation((10, 80))
    params = rotation.sample(images, torch.Generator().manual_seed(0))
    expected = torch.stack(
        [F.rotate(x, a.item(), BILINEAR) for x, a in zip(images, params["angle"], strict=True)]
    )
    torch.testing.assert_close(rotation.apply(images, params), expected, rtol=0, atol=1e-4)
    quarter = {**params, "angle": torch.full((5,), 90.0)}
    square = images[..., :19]
    torch.testing.assert_close(rotation.apply(square, quarter), square.rot90(1, (2, 3)), rtol=0, atol=1e-4)


def test_scale_is_that_of_torchvision():
    """A factor above 1 enlarges about the centre, as F.affine does."""
    images = pictures()
    transform = RandomScale((0.6, 1.7))
    params = transform.sample(images, torch.Generator().manual_seed(0))
    expected = torch.stack(
        [
            F.affine(x, 0, [0, 0], s.item(), [0.0], BILINEAR)
            for x, s in zip(images, params["scale"], strict=True)
        ]
    )
    torch.testing.assert_close(transform.apply(images, params), expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32, torch.float16])
def test_translation_moves_whole_pixels(dtype):
    """Exactly, to the right and down, as F.affine does; the rest is filled."""
    images = pictures(dtype=dtype)
    transform = RandomTranslation((0.3, 0.4), fill=1)
    params = transform.sample(images, torch.Generator().manual_seed(0))
    moved = transform.apply(images, params)
    for image, (dx, dy), result in zip(images, params["translate"].int().tolist(), moved, strict=True):
        expected = F.crop(F.pad(image, [10, 10], fill=1), 10 - dy, 10 - dx, 19, 26)
        assert torch.equal(result, expected)


def test_uint8_is_resampled_as_by_torchvision():
    """Rounded to whole numbers; a value halfway between two may fall to either side."""
    images = pictures(dtype=torch.uint8)
    affine = RandomAffine(40, scale=(0.7, 1.4))
    params = affine.sample(images, torch.Generator().manual_seed(0))
    expected = one_by_one(
        images,
        params,
        lambda image, angle, translate, scale: F.affine(image, angle, translate, scale, [0.0, 0.0], BILINEAR),
    )
    result = affine.apply(images, params)
    assert result.dtype == torch.uint8
    difference = (result.int() - expected.int()).abs()
    assert difference.max() <= 1
    assert (difference > 0).float().mean() < 0.001


@pytest.mark.parametrize("fill", [0.25, 1])
def test_fill_is_what_lies_outside(fill):
    """A constant image in the colour of the fill stays as it is; far outside there is nothing else."""
    affine = RandomAffine(45, translate=(0.5, 0.5), scale=(0.3, 2), fill=fill)
    constant = torch.full((8, 3, 9, 12), float(fill))
    torch.testing.assert_close(affine(constant, torch.Generator().manual_seed(0)), constant)
    away = {"angle": torch.zeros(1), "translate": torch.full((1, 2), 500.0), "scale": torch.ones(1)}
    assert torch.equal(affine.apply(torch.zeros(1, 3, 9, 12), away), torch.full((1, 3, 9, 12), float(fill)))


def test_crop_reaches_every_place_equally_often():
    """With padding 1 there are nine windows: 1,800 draws spread evenly, within six standard deviations."""
    params = RandomCrop(4, padding=1).sample(torch.zeros(1800, 1, 4, 4), torch.Generator().manual_seed(0))
    counts = torch.bincount(3 * params["top"] + params["left"], minlength=9)
    assert len(counts) == 9
    assert ((counts - 200).abs() < 6 * 200**0.5).all()


def test_draws_stay_in_their_range_and_fill_it():
    """Angle, shift and factor lie between the ends, and come close to both."""
    affine = RandomAffine((-10, 30), translate=(0.25, 0.5), scale=(0.5, 3))
    params = affine.sample(torch.zeros(4000, 1, 12, 20), torch.Generator().manual_seed(0))
    dx, dy = params["translate"].unbind(1)
    for values, low, high in [
        (params["angle"], -10, 30),
        (dx, -5, 5),
        (dy, -6, 6),
        (params["scale"], 0.5, 3),
    ]:
        slack = 0.01 * (high - low)
        assert low <= values.min() <= low + slack
        assert high - slack <= values.max() <= high
    assert torch.equal(dx, dx.round())


def test_p_is_the_share_of_mirrored_images():
    """A quarter of 4,000, within six standard deviations."""
    flip = RandomHorizontalFlip(0.25).sample(torch.zeros(4000, 1, 1, 1), torch.Generator().manual_seed(0))[
        "flip"
    ]
    assert abs(int(flip.sum()) - 1000) < 6 * (4000 * 0.25 * 0.75) ** 0.5


def test_crop_without_chance_takes_the_middle():
    """p = 0 with padding is the image itself; without padding it is the centre crop."""
    images = pictures()
    assert torch.equal(RandomCrop((19, 26), padding=4, p=0)(images), images)
    assert torch.equal(RandomCrop((9, 12), p=0)(images), F.center_crop(images, [9, 12]))


def test_padding_as_in_torchvision():
    """One number, (left and right, top and bottom), or (left, top, right, bottom)."""
    assert RandomCrop(3, padding=2).padding == [2, 2, 2, 2]
    assert RandomCrop(3, padding=(1, 2)).padding == [1, 2, 1, 2]
    assert RandomCrop(3, padding=(1, 2, 3, 4)).padding == [1, 2, 3, 4]
    assert RandomCrop(3).size == RandomCrop((3, 3)).size == [3, 3]


IMAGE = torch.zeros(1, 3, 8, 8)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: RandomHorizontalFlip(1.5), ValueError, r"p=1.5 must be between 0 and 1"),
        (lambda: RandomHorizontalFlip(float("nan")), ValueError, r"p=nan must be between 0 and 1"),
        (lambda: RandomCrop(0), ValueError, r"size=0 must hold numbers of at least 1"),
        (lambda: RandomCrop(2.5), TypeError, r"size=2.5 must hold whole numbers"),
        (lambda: RandomCrop((1, 2, 3)), ValueError, r"size=\(1, 2, 3\) must hold 1 or 2 numbers"),
        (lambda: RandomCrop(8, padding=-1), ValueError, r"padding=-1 must hold numbers of at least 0"),
        (
            lambda: RandomCrop(11, padding=1)(IMAGE),
            ValueError,
            r"size=\(11, 11\) must fit.*\(10, 10\) with its pad",
        ),
        (
            lambda: RandomRotation(-5),
            ValueError,
            r"degrees=-5 must be a number of at least 0 or \(min, max\)",
        ),
        (lambda: RandomRotation((20, 10)), ValueError, r"degrees=\(20, 10\) must be"),
        (lambda: RandomScale((0, 1)), ValueError, r"scale=\(0, 1\) must be \(min, max\) with 0 < min <= max"),
        (lambda: RandomScale(0.5), ValueError, r"scale=0.5 must be \(min, max\)"),
        (
            lambda: RandomTranslation((0.1, 1.5)),
            ValueError,
            r"translate=\(0.1, 1.5\) must be two numbers between 0",
        ),
        (lambda: RandomAffine(10, translate=0.1), ValueError, r"translate=0.1 must be two numbers"),
        (lambda: RandomAffine(10, p=-1), ValueError, r"p=-1 must be between 0 and 1"),
    ],
)
def test_bad_arguments_are_named(call, error, text):
    """The line names the argument, its value and what is allowed."""
    with pytest.raises(error, match=text):
        call()


@pytest.mark.parametrize("fill", [-1, 300, 0.5])
def test_a_fill_that_no_pixel_can_have(fill):
    """Images of uint8 are filled with whole numbers from 0 to 255; others with any."""
    images = torch.zeros(1, 1, 4, 4, dtype=torch.uint8)
    for transform in (RandomCrop(5, padding=1, fill=fill), RandomRotation(30, fill=fill)):
        with pytest.raises(ValueError, match=f"fill={fill} must be a whole number from 0 to 255"):
            transform(images)
        transform(images.float())
    assert (RandomCrop(6, padding=1, fill=255)(images) == 255).sum() == 20


def test_texts_are_no_numbers():
    """An angle, a factor, a fraction or a probability that is a text is named with its argument."""
    for make in (
        lambda: RandomRotation(("a", "b")),
        lambda: RandomScale(("a", "b")),
        lambda: RandomTranslation(("a", "b")),
        lambda: RandomRotation(10, p="a"),
    ):
        with pytest.raises((ValueError, TypeError), match=r"(degrees|scale|translate|p)=.*must be"):
            make()
