"""What all transforms promise: own draws, seeds, ranks, dtypes, devices, named edges."""

import pytest
import torch

from course.transforms import (
    Compose,
    GaussianNoise,
    PCAColor,
    RandomAffine,
    RandomCrop,
    RandomHorizontalFlip,
    RandomRotation,
    RandomScale,
    RandomTranslation,
    Transform,
)

COLORS = (torch.tensor([0.2, 0.05, 0.01]), torch.eye(3))
ALL = {
    "crop": lambda p: RandomCrop((9, 12), padding=3, p=p),
    "flip": lambda p: RandomHorizontalFlip(p),
    "noise": lambda p: GaussianNoise(p=p),
    "affine": lambda p: RandomAffine(30, (0.2, 0.2), (0.8, 1.2), p=p),
    "rotation": lambda p: RandomRotation((20, 30), p=p),
    "scale": lambda p: RandomScale((1.3, 1.5), p=p),
    "translation": lambda p: RandomTranslation((0.4, 0.4), p=p),
    "color": lambda p: PCAColor(*COLORS, p=p),
    "compose": lambda p: Compose(
        [RandomHorizontalFlip(p), RandomRotation((20, 30), p=p), GaussianNoise(p=p)]
    ),
}
every_transform = pytest.mark.parametrize("build", ALL.values(), ids=ALL)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def pictures(N=6, dtype=torch.float32):
    values = torch.rand(N, 3, 9, 12, generator=generator(1), dtype=torch.float64)
    return (255 * values).round().byte() if dtype == torch.uint8 else values.to(dtype)


@every_transform
def test_one_seed_gives_one_batch(build):
    """The same generator state gives the same images, and another one others."""
    images = pictures()
    assert torch.equal(build(1)(images, generator(3)), build(1)(images, generator(3)))
    assert not torch.equal(build(0.5)(images, generator(3)), build(0.5)(images, generator(4)))


@every_transform
def test_the_global_generator_is_untouched(build):
    """With a generator of its own, a transform draws nothing else."""
    before = torch.random.get_rng_state()
    build(0.5)(pictures(), generator())
    assert torch.equal(torch.random.get_rng_state(), before)


@every_transform
def test_without_a_generator_the_global_one_is_used(build):
    """So torch.manual_seed decides."""
    images = pictures()
    with torch.random.fork_rng():
        torch.manual_seed(5)
        first = build(0.5)(images)
        torch.manual_seed(5)
        assert torch.equal(build(0.5)(images), first)


@every_transform
def test_each_image_has_its_own_draws(build):
    """Of 32 equal images, several different ones come out."""
    same = pictures(1).expand(32, 3, 9, 12)
    out = build(0.5)(same, generator())
    assert len(out.flatten(1).unique(dim=0)) > 1


@every_transform
@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32, torch.float64, torch.float16, torch.bfloat16])
def test_dtypes_stay(build, dtype):
    """Half precision is computed in float32; all dtypes show the same change, to their own precision."""
    images = pictures(dtype=dtype)
    out = build(1)(images, generator())
    assert (out.dtype, out.shape) == (dtype, images.shape)
    expected = build(1)(pictures(dtype=torch.float64), generator())
    if dtype == torch.uint8:
        out, expected = out / 255, expected.clamp(0, 1)
    tolerance = {torch.float64: 1e-9, torch.float32: 1e-5}.get(dtype, 0.01)
    torch.testing.assert_close(out.double(), expected, rtol=0, atol=tolerance)


@every_transform
def test_one_image_is_a_batch_of_one(build):
    """(C, H, W) in, (C, H, W) out, with the same values as (1, C, H, W)."""
    images = pictures(1)
    alone = build(1)(images[0], generator())
    assert torch.equal(alone, build(1)(images, generator())[0])
    transform = build(1)
    params = transform.sample(images[0], generator())
    assert torch.equal(transform.apply(images[0], params), alone)


@every_transform
def test_no_image_is_an_empty_batch(build):
    """(0, C, H, W) in, (0, C, H, W) out."""
    assert build(0.5)(pictures(0), generator()).shape == (0, 3, 9, 12)


@every_transform
@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32, torch.float16])
def test_p_zero_changes_nothing(build, dtype):
    """The values stay (a resample may differ in the last digits), and so do the images given."""
    images = pictures(dtype=dtype)
    before = images.clone()
    torch.testing.assert_close(build(0)(images, generator()), images, rtol=0, atol=1e-5)
    build(1)(images, generator())
    assert torch.equal(images, before)


@every_transform
def test_p_one_changes_every_image(build):
    """Seen on random images; a window or shift that happens to be zero excepted."""
    images = pictures(32)
    changed = (build(1)(images, generator()) != images).flatten(1).any(dim=1)
    assert changed.float().mean() > 0.9


@every_transform
def test_strides_do_not_matter(build):
    """Channels last, a view of every second image, and an expanded image give the same as their copies."""
    images = pictures(8)
    for view in (
        images.contiguous(memory_format=torch.channels_last),
        images[::2],
        images.mT.contiguous().mT,
    ):
        assert torch.equal(build(1)(view, generator()), build(1)(view.contiguous(), generator()))


@every_transform
def test_the_default_dtype_does_not_matter(build):
    """Draws are float32 always: torch.set_default_dtype changes no image."""
    images = pictures()
    expected = build(0.5)(images, generator())
    torch.set_default_dtype(torch.float64)
    try:
        torch.testing.assert_close(build(0.5)(images, generator()), expected)
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an accelerator")
@every_transform
def test_a_device_changes_nothing(build):
    """With a generator of the CPU, the same images as there, on the device of the images."""
    out = build(0.5)(pictures().cuda(), generator())
    assert out.is_cuda
    torch.testing.assert_close(out.cpu(), build(0.5)(pictures(), generator()), rtol=0, atol=1e-4)
    own = torch.Generator("cuda").manual_seed(0)
    assert build(0.5)(pictures().cuda(), own).is_cuda


@pytest.mark.parametrize(
    ("images", "error", "text"),
    [
        ([1, 2], TypeError, r"images must be a torch tensor, not list"),
        (
            torch.zeros(3, 4, 4, dtype=torch.int64),
            TypeError,
            r"images has dtype torch.int64; it must be torch.uint8 or",
        ),
        (
            torch.zeros(4, 4),
            ValueError,
            r"images has shape \(4, 4\); it must be \(C, H, W\) or \(N, C, H, W\)",
        ),
        (torch.zeros(1, 1, 3, 4, 4), ValueError, r"images has shape \(1, 1, 3, 4, 4\); it must be"),
        (
            torch.zeros(2, 3, 0, 4),
            ValueError,
            r"images has shape \(2, 3, 0, 4\); C, H and W must be at least 1",
        ),
    ],
)
@every_transform
def test_bad_images_are_named(build, images, error, text):
    """The line names the shape or dtype and what is allowed."""
    with pytest.raises(error, match=text):
        build(0.5)(images)


def test_an_unfinished_transform_says_what_is_missing():
    """A subclass without its own methods names them."""
    with pytest.raises(NotImplementedError, match="Transform has no sample"):
        Transform()(pictures())
