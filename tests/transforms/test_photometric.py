"""Noise and colour: their statistics, their formula, their ranges."""

import pytest
import torch
from torchvision.transforms.v2 import functional as F

from course.transforms import GaussianNoise, PCAColor
from course.transforms.color import rgb_components


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_noise_is_that_of_torchvision():
    """With torchvision's own draws as parameters, the result is F.gaussian_noise."""
    images = torch.rand(4, 3, 9, 7, generator=generator())
    with torch.random.fork_rng():
        torch.manual_seed(0)
        expected = F.gaussian_noise(images, mean=0.1, sigma=0.3)
        torch.manual_seed(0)
        params = {"apply": torch.ones(4, dtype=torch.bool), "noise": torch.randn_like(images)}
    torch.testing.assert_close(GaussianNoise(0.1, 0.3).apply(images, params), expected)


@pytest.mark.parametrize(("dtype", "one"), [(torch.float32, 1), (torch.uint8, 255)])
def test_noise_has_its_mean_and_sigma(dtype, one):
    """On grey images, where nothing is clipped; for uint8 on its own scale."""
    grey = torch.full((8, 3, 32, 32), 0.5 * one).to(dtype)
    added = (GaussianNoise(mean=0.05, sigma=0.1)(grey, generator()).float() - grey.float()) / one
    assert abs(added.mean().item() - 0.05) < 0.005
    assert abs(added.std().item() - 0.1) < 0.005


def test_noise_differs_between_images_and_values():
    """Each value has its own draw."""
    added = GaussianNoise()(torch.full((2, 3, 4, 4), 0.5), generator())
    assert len(added.unique()) == 96


def test_noise_is_clipped_unless_told_otherwise():
    """Floating point to 0 and 1, uint8 to 0 and 255 always, without wrapping around."""
    images = torch.tensor([0.0, 1.0]).view(1, 2, 1, 1).expand(64, 2, 8, 8)
    clipped = GaussianNoise(sigma=0.5)(images, generator())
    assert clipped.min() == 0 and clipped.max() == 1
    free = GaussianNoise(sigma=0.5, clip=False)(images, generator())
    assert free.min() < -0.5 and free.max() > 1.5
    small = GaussianNoise(mean=-0.2, sigma=0, clip=False)((255 * images).byte(), generator())
    assert small[:, 0].unique().tolist() == [0]
    assert small[:, 1].unique().tolist() == [204]


def test_components_are_those_of_the_covariance():
    """Against torch.cov and its defining equation, over more images than are read at a time."""
    images = torch.rand(600, 3, 2, 3, generator=generator())
    images[:, 1] += 0.7 * images[:, 0]
    values, vectors = rgb_components(images)
    covariance = torch.cov(images.double().transpose(0, 1).flatten(1), correction=0)
    assert (values[:-1] >= values[1:]).all()
    torch.testing.assert_close(covariance @ vectors, vectors * values)
    torch.testing.assert_close(vectors.T @ vectors, torch.eye(3, dtype=torch.float64))


def test_components_of_uint8_count_it_as_zero_to_one():
    """The same photographs give the same components in both dtypes."""
    images = torch.randint(0, 256, (20, 3, 4, 4), generator=generator(), dtype=torch.uint8)
    from_bytes, from_floats = rgb_components(images)[0], rgb_components(images.double() / 255)[0]
    torch.testing.assert_close(from_bytes, from_floats)


def test_color_is_the_formula_of_the_paper():
    """[p1, p2, p3] [a1 l1, a2 l2, a3 l3]^T, the same for all pixels of an image."""
    values, vectors = (
        torch.tensor([0.2, 0.05, 0.01]),
        torch.linalg.qr(torch.rand(3, 3, generator=generator()))[0],
    )
    color = PCAColor(values, vectors)
    images = torch.rand(5, 3, 4, 6, generator=generator())
    params = color.sample(images, generator())
    added = color.apply(images, params) - images
    for image, alpha in zip(added, params["alpha"], strict=True):
        expected = sum(vectors[:, i] * alpha[i] * values[i] for i in range(3))
        torch.testing.assert_close(image, expected[:, None, None].expand(3, 4, 6), rtol=0, atol=1e-6)


def test_color_moves_along_the_components():
    """Seen in the components, the shifts have standard deviation 0.1 times the eigenvalue."""
    images = torch.rand(64, 3, 4, 4, generator=generator()) * torch.tensor([1.0, 0.5, 0.1]).view(3, 1, 1)
    color = PCAColor.fit(images)
    black = torch.zeros(4000, 3, 1, 1)
    shifts = color(black, generator())[:, :, 0, 0].double() @ color.eigenvectors
    torch.testing.assert_close(shifts.std(dim=0), 0.1 * color.eigenvalues, rtol=0.05, atol=0)
    assert (shifts.mean(dim=0).abs() < 0.01 * color.eigenvalues).all()


def test_color_on_uint8_is_rounded_and_kept_in_range():
    """The same shift as on floating point images, in 255ths."""
    images = torch.randint(0, 256, (50, 3, 4, 4), generator=generator(), dtype=torch.uint8)
    color = PCAColor(torch.tensor([3.0, 1.0, 0.5]), torch.eye(3))
    params = color.sample(images, generator())
    expected = (255 * color.apply(images.float() / 255, params)).round().clamp(0, 255).byte()
    assert torch.equal(color.apply(images, params), expected)
    assert not torch.equal(expected, images)


def test_p_leaves_the_others_as_they_are():
    """Also values outside 0 to 1, which the noise would clip."""
    images = 3 * torch.randn(400, 3, 2, 2, generator=generator())
    for transform in (GaussianNoise(p=0.5), PCAColor.fit(images, p=0.5)):
        same = (transform(images, generator()) == images).flatten(1).all(dim=1)
        assert 140 < same.sum() < 260


COLOR = PCAColor(torch.ones(3), torch.eye(3))


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: GaussianNoise(sigma=-0.1), ValueError, r"sigma=-0.1 must be a finite number of at least 0"),
        (lambda: GaussianNoise(sigma=float("inf")), ValueError, r"sigma=inf must be a finite number"),
        (lambda: GaussianNoise(p=2), ValueError, r"p=2 must be between 0 and 1"),
        (
            lambda: PCAColor(torch.ones(3), torch.eye(3), std=-1),
            ValueError,
            r"std=-1 must be a finite number",
        ),
        (
            lambda: PCAColor(torch.ones(2), torch.eye(3)),
            ValueError,
            r"have shapes \(2,\) and \(3, 3\); they need \(3,\)",
        ),
        (
            lambda: COLOR(torch.zeros(1, 4, 4)),
            ValueError,
            r"images has shape \(1, 4, 4\); PCAColor needs 3 channels",
        ),
        (
            lambda: PCAColor.fit(torch.zeros(0, 3, 4, 4)),
            ValueError,
            r"the components need at least one image",
        ),
    ],
)
def test_bad_arguments_are_named(call, error, text):
    """The line names the argument, its value and what is allowed."""
    with pytest.raises(error, match=text):
        call()
