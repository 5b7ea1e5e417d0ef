"""Compose: the order of things, and geometric transforms as one resample."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from course.transforms import (
    Compose,
    GaussianNoise,
    RandomAffine,
    RandomCrop,
    RandomHorizontalFlip,
    RandomRotation,
    RandomScale,
    RandomTranslation,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def disc(N=4, side=65):
    """Smooth images: a bright hill, off the centre, that is far from the border."""
    axis = torch.linspace(-1, 1, side)
    x, y = torch.meshgrid(axis, axis, indexing="xy")
    return torch.exp(-40 * ((x - 0.2) ** 2 + (y + 0.1) ** 2)).expand(N, 1, side, side)


def one_by_one(compose, images, params):
    for transform, drawn in zip(compose.transforms, params, strict=True):
        images = transform.apply(images, drawn)
    return images


class Resamples(TorchDispatchMode):
    """Notes how torch looks up pixels, each time that it does."""

    def __init__(self):
        super().__init__()
        self.modes = []

    def __torch_dispatch__(self, operation, types, arguments=(), options=None):
        if operation is torch.ops.aten.grid_sampler_2d.default:
            self.modes.append(("bilinear", "nearest")[arguments[2]])
        return operation(*arguments, **(options or {}))


def test_geometric_transforms_in_a_row_are_one_resample():
    """Five of them look up pixels once, and show what five resamples show, up to their blur."""
    compose = Compose(
        [
            RandomRotation(20),
            RandomScale((0.8, 1.2)),
            RandomHorizontalFlip(),
            RandomTranslation((0.1, 0.1)),
            RandomCrop((61, 57), padding=2),
        ]
    )
    images = disc()
    params = compose.sample(images, generator())
    expected = one_by_one(compose, images, params)
    with Resamples() as resamples:
        merged = compose.apply(images, params)
    assert resamples.modes == ["bilinear"]
    assert merged.shape == (4, 1, 61, 57)
    torch.testing.assert_close(merged, expected, rtol=0, atol=0.03)


def test_exact_transforms_in_a_row_copy_pixels():
    """Crop, flip and shift stay exact together, where each step keeps the whole image."""
    images = torch.rand(16, 3, 10, 14, generator=generator())
    compose = Compose(
        [RandomCrop((30, 34), padding=10), RandomHorizontalFlip(), RandomTranslation((0.1, 0.1))]
    )
    params = compose.sample(images, generator())
    expected = one_by_one(compose, images, params)
    with Resamples() as resamples:
        merged = compose.apply(images, params)
    assert torch.equal(merged, expected)
    assert resamples.modes == ["nearest"]


def test_one_resample_loses_less():
    """Turned by 30 degrees and back, images are nearly as before, corners too; step by step they are not."""
    images = torch.rand(2, 3, 32, 32, generator=generator())
    compose = Compose([RandomRotation((30, 30)), RandomRotation((-30, -30))])
    params = compose.sample(images, generator())
    torch.testing.assert_close(compose.apply(images, params), images, rtol=0, atol=1e-4)
    assert (one_by_one(compose, images, params) - images).abs().mean() > 0.05


def test_others_in_between_keep_their_place():
    """Noise between two rotations makes two resamples, and is turned by the second one only."""
    compose = Compose([RandomRotation(20), GaussianNoise(), RandomRotation(20)])
    images = disc()
    params = compose.sample(images, generator())
    with Resamples() as resamples:
        merged = compose.apply(images, params)
    assert resamples.modes == ["bilinear", "bilinear"]
    assert torch.equal(merged, one_by_one(compose, images, params))


def test_different_fills_are_not_mixed():
    """A transform with another fill starts a new resample; a flip has no fill and joins any."""
    compose = Compose(
        [RandomHorizontalFlip(), RandomRotation(20, fill=1), RandomHorizontalFlip(), RandomScale((1, 2))]
    )
    images = disc()
    params = compose.sample(images, generator())
    with Resamples() as resamples:
        compose.apply(images, params)
    assert resamples.modes == ["bilinear", "bilinear"]
    far = {"angle": torch.zeros(4), "translate": torch.full((4, 2), 999.0), "scale": torch.ones(4)}
    filled = compose.apply(images, [params[0], far, params[2], params[3]])
    torch.testing.assert_close(filled, torch.ones_like(images))


def test_later_transforms_see_the_size_that_earlier_ones_make():
    """A crop to 20 x 10 first: shifts are fractions of that, and crops of more than that do not fit."""
    images = torch.zeros(500, 1, 40, 40)
    compose = Compose([RandomCrop((20, 10)), RandomTranslation((0.5, 0.5))])
    shifts = compose.sample(images, generator())[1]["translate"]
    assert shifts.abs().amax(dim=0).tolist() == [5, 10]
    assert compose.output_size(40, 40) == (20, 10)
    with pytest.raises(ValueError, match=r"size=\(15, 15\) must fit into the image, \(20, 10\)"):
        Compose([RandomCrop((20, 10)), RandomCrop(15)])(images)


def test_merging_changes_no_draw():
    """The parameters are those of the transforms one by one, drawn in order from one generator."""
    images = torch.zeros(3, 1, 8, 8)
    transforms = [RandomAffine(10, (0.1, 0.1)), RandomHorizontalFlip(), GaussianNoise()]
    one_generator = generator()
    expected = [transform.sample(images, one_generator) for transform in transforms]
    for drawn, own in zip(Compose(transforms).sample(images, generator()), expected, strict=True):
        assert all(torch.equal(drawn[name], own[name]) for name in own)


def test_a_compose_may_hold_another():
    """And an empty one changes nothing."""
    images = torch.rand(3, 1, 8, 8, generator=generator())
    flat = Compose([RandomCrop(5), GaussianNoise(), RandomHorizontalFlip()])
    nested = Compose([RandomCrop(5), Compose([GaussianNoise(), RandomHorizontalFlip()]), Compose([])])
    assert torch.equal(nested(images, generator()), flat(images, generator()))
    assert nested.output_size(8, 8) == (5, 5)


def test_a_transform_shows_its_values():
    """The line that a notebook prints is the same on every machine."""
    compose = Compose([RandomHorizontalFlip(), RandomCrop(5)])
    assert repr(compose) == (
        "Compose(transforms=[RandomHorizontalFlip(p=0.5), "
        "RandomCrop(size=[5, 5], padding=[0, 0, 0, 0], fill=0, p=1.0)])"
    )


def test_other_functions_are_refused():
    """The line names the place and the type."""
    with pytest.raises(TypeError, match=r"transforms\[1\] is of type type; it must be a Transform"):
        Compose([RandomHorizontalFlip(), float])
