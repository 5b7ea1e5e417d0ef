"""t-SNE keeps neighbours, and shows each of the traps of which its docstring warns."""

import numpy as np
import pytest
import torch
from sklearn.manifold import trustworthiness

from course.data import load
from course.visualize import plot_tsne_maps, tsne_maps


def cloud(count, dimensions, spread, place, seed):
    """Normal random points around `place` on the first axis."""
    points = spread * torch.from_numpy(np.random.default_rng(seed).normal(size=(count, dimensions)))
    points[:, 0] += place
    return points.float()


def radius(points):
    """Root mean square distance from the middle."""
    return (points - points.mean(0)).square().sum(1).mean().sqrt().item()


def test_neighbours_stay_neighbours():
    """Digits: neighbours on the map are neighbours in 784 dimensions, as scikit-learn measures it."""
    images = load("digits").train.images[:200].flatten(1)
    for points in tsne_maps(images, (10, 30)).values():
        assert points.shape == (200, 2)
        assert trustworthiness(images.numpy(), points.numpy(), n_neighbors=12) > 0.85


def test_sizes_of_clusters_mean_nothing():
    """Wattenberg et al., 2: one cloud ten times as wide as the other; on the map they are about equal."""
    vectors = torch.cat([cloud(60, 20, 1, 0, 0), cloud(60, 20, 10, 100, 1)])
    assert radius(vectors[60:]) / radius(vectors[:60]) > 8
    (points,) = tsne_maps(vectors, (30,)).values()
    assert 0.4 < radius(points[60:]) / radius(points[:60]) < 2.5


def test_distances_between_clusters_mean_nothing():
    """Wattenberg et al., 3: the third cloud is five times as far; on the map it is not three times as far."""
    places = (0, 20, 120)
    vectors = torch.cat([cloud(40, 10, 1, place, seed) for seed, place in enumerate(places)])
    (points,) = tsne_maps(vectors, (10,)).values()
    first, second, third = points.reshape(3, 40, 2).mean(1)
    assert (third - second).norm() < 3 * (second - first).norm()


def test_the_same_twice():
    """On one machine, and whatever torch's random state is."""
    vectors = cloud(40, 5, 1, 0, 0)
    first = tsne_maps(vectors, (5,))[5]
    torch.manual_seed(1)
    assert torch.equal(first, tsne_maps(vectors, (5,))[5])


def test_the_picture_has_every_point_and_the_caution():
    """A panel for each perplexity, a point each, and below them what may not be read."""
    vectors, labels = cloud(40, 5, 1, 0, 0), torch.arange(40) % 3
    maps = tsne_maps(vectors, (4, 12))
    figure = plot_tsne_maps(maps, labels, ["a", "b", "c"])
    for axes, points in zip(figure.axes, maps.values(), strict=True):
        drawn = np.concatenate([line.get_xydata() for line in axes.lines])
        assert sorted(map(tuple, drawn)) == sorted(map(tuple, points.double().numpy()))
    assert [axes.get_title() for axes in figure.axes] == ["perplexity 4", "perplexity 12"]
    assert "mean nothing" in figure.get_suptitle() and figure.alt.endswith("mean nothing.")


def test_bad_arguments_are_one_line():
    """A perplexity that is too large, a single map, rows that do not fit."""
    vectors = cloud(31, 5, 1, 0, 0)
    with pytest.raises(ValueError, match="perplexity=11 must lie from 1 to 10, a third of the other vectors"):
        tsne_maps(vectors, (11,))
    with pytest.raises(ValueError, match="it must be finite floats"):
        tsne_maps(torch.zeros(3), (1,))
    points = torch.zeros(31, 2)
    with pytest.raises(ValueError, match="a single map misleads"):
        plot_tsne_maps({5: points}, torch.zeros(31), ["a"])
    with pytest.raises(ValueError, match="labels has 30 entries"):
        plot_tsne_maps({5: points, 6: points}, torch.zeros(30), ["a"])
