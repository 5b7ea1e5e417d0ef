"""Views of one flower: each nuisance factor changes what it says, and nothing else."""

import pytest
import torch
from sklearn.datasets import load_sample_image

from course.visualize.nuisances import cut_flower, nuisance_views


@pytest.fixture(scope="module")
def photographs():
    """flower.jpg and china.jpg of scikit-learn, (3, 427, 640)."""
    names = ("flower.jpg", "china.jpg")
    return [torch.from_numpy(load_sample_image(name).copy()).permute(2, 0, 1) / 255 for name in names]


def test_the_flower_is_cut_out_along_its_petals(photographs):
    """The matte is solid inside, empty outside; what is left of the photograph is green where it was red."""
    ground, matte = cut_flower(photographs[0])
    assert matte.min() == 0 and matte[0, 219, 306] > 0.999
    assert 0.19 < matte.mean() < 0.25  # a disc of radius 138 has 0.22 of the pixels
    inside = matte[0] > 0.99
    red, green = photographs[0][:2, inside]
    assert (red > green).float().mean() > 0.99
    red, green = ground[:2, inside]
    assert (green > red).float().mean() > 0.75
    far = torch.ones(427, 640, dtype=torch.bool)
    far[20:420, 100:520] = False
    assert torch.equal(ground[:, far], photographs[0][:, far])


def test_views_differ_as_they_say(photographs):
    """Light is a factor, place a shift, occlusion a stripe, clutter another ground; without it no petals."""
    views = nuisance_views(*photographs)
    flower = views["the flower"]
    assert all(view.shape == (3, 96, 144) and view.min() >= 0 and view.max() <= 1 for view in views.values())
    assert torch.allclose(views["light"], 0.3 * flower)
    moved = round(95 * 144 / 540)
    centre = (slice(None), slice(20, 75), slice(50, 80))
    back = views["place"].roll(moved, 2)
    assert (back - flower)[centre].abs().mean() < 0.03
    assert (views["occlusion"] - flower)[:, :, :55].abs().max() < 1e-6
    assert (views["clutter"] - flower)[centre].abs().mean() < 0.01
    petals = {name: (view[0] > 1.1 * view[1]).float().mean().item() for name, view in views.items()}
    assert petals["scale"] > 1.8 * petals["the flower"] > 3 * petals["viewpoint"]
    assert petals["no flower"] < 0.3 * petals["the flower"]


def test_other_photographs_are_refused(photographs):
    """The cut is made for flower.jpg, and the background must be as large."""
    with pytest.raises(ValueError, match=r"flower\.jpg has"):
        cut_flower(photographs[0][:, :100])
    with pytest.raises(ValueError, match="elsewhere has shape"):
        nuisance_views(photographs[0], photographs[1][:, :100])
