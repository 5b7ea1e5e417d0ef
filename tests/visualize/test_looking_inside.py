"""Feature maps, what excites a channel, neighbours, the map of features, overlays."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch import nn

from course.data import read_photographs
from course.data.photographs import read_table
from course.models import get_model
from course.visualize import (
    channel_peaks,
    feature_maps,
    first_layer_filters,
    nearest_images,
    overlay,
    pca_map,
    plot_feature_maps,
    plot_image_neighbors,
    plot_maps,
    plot_overlays,
    plot_pca_map,
    plot_top_activating,
    pooled_features,
    scaled_map,
    top_activating,
)


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3),
        nn.ReLU(inplace=True),
        nn.Conv2d(4, 5, 3, stride=2),
        nn.Flatten(),
        nn.Linear(180, 3),
    )


@pytest.fixture(scope="module")
def images():
    return torch.rand(7, 3, 16, 16, generator=torch.Generator().manual_seed(1))


def test_feature_maps_are_the_layers_own(net, images):
    """Of one forward, under the names asked for."""
    maps = feature_maps(net, images[0], ["0", net[2]])
    assert list(maps) == ["0", "2"]
    torch.testing.assert_close(maps["0"], net[0](images[:1])[0])
    torch.testing.assert_close(maps["2"], net[:3](images[:1])[0])
    figure = plot_feature_maps(maps, channels=5)
    drawn = [axes for axes in figure.axes if axes.images]
    assert len(drawn) == 4 + 5
    busiest = int(maps["0"].flatten(1).std(1).argmax())
    np.testing.assert_array_equal(drawn[0].images[0].get_array(), maps["0"][busiest].detach())
    assert drawn[0].get_title() == f"channel {busiest}"


def test_pooled_features_are_means_of_maps_or_a_linear_layers_output(net, images):
    """In batches, as all at once."""
    with torch.no_grad():
        torch.testing.assert_close(
            pooled_features(net, images, "2", batch_size=3), net[:3](images).mean((2, 3))
        )
        torch.testing.assert_close(pooled_features(net, images, "4", batch_size=3), net(images))


def test_a_channel_is_excited_most_where_a_planted_pattern_is():
    """A filter that looks for a cross finds the crosses, strongest first, in the right place and frame."""
    cross = torch.tensor([[-1.0, 1, -1], [1, 1, 1], [-1, 1, -1]])
    net = nn.Conv2d(1, 2, 3, bias=False)
    net.weight.data = torch.stack([torch.zeros(3, 3), cross])[:, None]
    net = nn.Sequential(net, nn.ReLU())
    images = torch.zeros(4, 1, 9, 10)
    images[2, 0, 5:8, 6:9] = cross.clamp(min=0)
    images[0, 0, 0:3, 2:5] = 0.5 * cross.clamp(min=0)
    first, second = top_activating(net, images, "1", channel=1, count=2)
    assert (first.image, first.value, first.row, first.column, first.box) == (2, 5.0, 5, 6, (5, 6, 3, 3))
    assert (second.image, second.value, second.box) == (0, 2.5, (0, 2, 3, 3))
    assert torch.equal(first.patch(images)[0], cross.clamp(min=0))
    figure = plot_top_activating(images, [first, second])
    frame = figure.axes[0].patches[-1]
    assert (*frame.get_xy(), frame.get_width(), frame.get_height()) == (5.5, 4.5, 3, 3)


def test_peaks_against_a_loop(net, images):
    """Value and place of the largest of every map, in batches."""
    values, places = channel_peaks(net, images, "2", batch_size=3)
    maps = net[:3](images).detach()
    for n in range(7):
        for c in range(5):
            row, column = places[n, c].tolist()
            assert values[n, c].item() == pytest.approx(maps[n, c].max().item())
            assert maps[n, c, row, column] == maps[n, c].max()


def test_a_unit_after_relu6_and_shortcuts_still_has_a_frame():
    """Blocks that double the signal again and again would fill a ReLU6; faint light does not."""

    class Doubling(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 1, 3, padding=1)

        def forward(self, x):
            return x + self.conv(x)

    net = nn.Sequential(*[Doubling() for _ in range(5)], nn.ReLU6(), nn.Conv2d(1, 1, 3, padding=1))
    (found,) = top_activating(net, torch.rand(1, 1, 21, 21), "6", 0, count=1)
    top, left, height, width = found.box
    assert top <= found.row < top + height and left <= found.column < left + width
    assert max(height, width) < 13, "at the edge of the whole field nothing counts"


def test_a_channel_that_is_not_there_is_one_line(net, images):
    """The line says how many there are."""
    with pytest.raises(ValueError, match="channel=5 must lie from 0 to 4, the channels of '2'"):
        top_activating(net, images, "2", 5)
    with pytest.raises(ValueError, match="count=0"):
        top_activating(net, images, "2", 0, 0)
    with pytest.raises(ValueError, match="excitations has 0 entries"):
        plot_top_activating(images, [])


def test_first_layer_filters_are_the_first_convolutions(net):
    """A net without one is refused, and so is one that looks at other than one channel or three."""
    assert torch.equal(first_layer_filters(net), net[0].weight)
    with pytest.raises(ValueError, match=r"model=Linear has no nn\.Conv2d"):
        first_layer_filters(nn.Linear(2, 2))
    with pytest.raises(ValueError, match=r"\(4, 2, 3, 3\)"):
        first_layer_filters(nn.Conv2d(2, 4, 3))


def test_nearest_images_against_all_distances(images):
    """Without the query itself, though an image occurs twice."""
    vectors = torch.cat([images, images[3:4]]).flatten(1)
    found = nearest_images(vectors, [3, 0, 7], count=3, metric="l2")
    distances = torch.cdist(vectors.double(), vectors.double()).fill_diagonal_(float("inf"))
    assert found[0, 0] == 7 and found[2, 0] == 3
    assert torch.equal(found[1], distances[0].topk(3, largest=False).indices)
    figure = plot_image_neighbors(images, [0, 1], {"pixels": nearest_images(images.flatten(1), [0, 1], 4)})
    assert len([axes for axes in figure.axes if axes.images]) == 10
    with pytest.raises(ValueError, match="count=8 must lie from 1 to 7"):
        nearest_images(vectors, [0], 8)
    with pytest.raises(ValueError, match=r"queries=\[9\]"):
        nearest_images(vectors, [9])


@pytest.mark.nightly("shows a net all 100 photographs", early=True)
def test_by_features_neighbours_are_of_one_kind_more_often_than_by_pixels():
    """All 100 photographs, five neighbours each: more than half, against less than a fifth."""
    rows, images = read_table(), torch.from_numpy(read_photographs(224)).float() / 255
    features = pooled_features(get_model("efficientnet_lite0", pretrained=True), images, "blocks.14")
    kinds = np.array([row["kind"] for row in rows])
    shares = {}
    for space, vectors in {"pixels": images.flatten(1), "features": features}.items():
        neighbors = nearest_images(vectors, range(100), 5, metric="l2" if space == "pixels" else "cosine")
        shares[space] = (kinds[neighbors.numpy()] == kinds[:, None]).mean()
    assert shares["pixels"] < 0.2 and shares["features"] > 0.5


@pytest.mark.parametrize(("N", "D"), [(30, 6), (5, 12)])
def test_the_map_against_scikit_learn(N, D):
    """Points and axes up to their signs, shares of the variance; also with fewer rows than columns."""
    vectors = torch.randn(N, D, generator=torch.Generator().manual_seed(0)) * torch.arange(1, D + 1) + 3
    mapped, expected = pca_map(vectors, 3), PCA(3).fit(vectors.double().numpy())
    signs = np.sign((mapped.axes.numpy() * expected.components_).sum(1))
    np.testing.assert_allclose(mapped.axes, signs[:, None] * expected.components_, atol=1e-10)
    np.testing.assert_allclose(mapped.points, signs * expected.transform(vectors.double().numpy()), atol=1e-8)
    np.testing.assert_allclose(mapped.explained, expected.explained_variance_ratio_)
    torch.testing.assert_close(mapped.place(vectors), mapped.points)
    assert (mapped.axes.gather(1, mapped.axes.abs().argmax(1, keepdim=True)) > 0).all()


def test_vectors_that_have_no_map_are_one_line():
    """Equal rows, too many dimensions, whole numbers."""
    with pytest.raises(ValueError, match="equal rows only"):
        pca_map(torch.ones(4, 3))
    with pytest.raises(ValueError, match="dimensions=4 must lie from 1 to 3"):
        pca_map(torch.rand(9, 3), 4)
    with pytest.raises(ValueError, match="must be finite floats"):
        pca_map(torch.ones(4, 3, dtype=torch.int64))


def test_every_point_is_on_the_map(images):
    """By class, with its marker, or as a small image."""
    mapped, labels = pca_map(images.flatten(1)), torch.tensor([0, 1, 1, 2, 0, 1, 2])
    figure = plot_pca_map(mapped, labels, ["bird", "ship", "tool"])
    drawn = np.concatenate([line.get_xydata() for line in figure.axes[0].lines])
    assert sorted(map(tuple, drawn)) == sorted(map(tuple, mapped.points.numpy()))
    assert len(plot_pca_map(mapped, labels, ["bird", "ship", "tool"], images).axes[0].artists) == 7
    with pytest.raises(ValueError, match="labels and images must have 7 entries"):
        plot_pca_map(mapped, labels[:3], ["a"])


def test_a_photograph_stays_what_it_is_where_the_map_says_nothing(images):
    """Zero and negative values leave pixels alone; the largest is covered most; a line lies between."""
    image, values = images[0], torch.zeros(16, 16)
    values[4:8, 4:8], values[12, 12] = 2.0, -5
    plain = overlay(image, values, line=False)
    outside = values <= 0
    torch.testing.assert_close(plain[:, outside], image[:, outside].double())
    color = torch.tensor([0xE5, 0x00, 0x6D]) / 255
    expected = 0.4 * image[:, 5, 5] + 0.6 * color
    torch.testing.assert_close(plain[:, 5, 5].float(), expected)
    lined = overlay(image, values)
    assert (lined[:, 4, 5] == 1).all() and (lined[:, 2, 5] == 0).all(), "white, and black beside it"
    torch.testing.assert_close(lined[:, 12:, 12:], image[:, 12:, 12:].double())
    torch.testing.assert_close(overlay(image, torch.zeros(3, 3)), image.double())


def test_a_map_lies_where_its_places_are():
    """2×2 places become quarters; a percentile cuts what is loud."""
    large = scaled_map(torch.tensor([[0.0, 4], [0, 0]]), (64, 64))
    assert large[0, 63] == 1 and large[:, 0].max() == 0 and large[63].max() == 0
    loud = torch.ones(10, 10)
    loud[0, 0] = 1000
    assert scaled_map(loud, (10, 10), 98).min() == 1 and scaled_map(loud, (10, 10)).median() == pytest.approx(
        1e-3
    )
    assert (scaled_map(-loud, (5, 5)) == 0).all()
    with pytest.raises(ValueError, match="percentile=0"):
        scaled_map(loud, (5, 5), 0)
    with pytest.raises(ValueError, match="finite"):
        scaled_map(loud * float("nan"), (5, 5))


def test_pictures_of_maps_have_a_panel_for_each(images):
    """And say how many there are."""
    figure = plot_overlays(images[:2], [torch.rand(4, 4)] * 2, ["cat", "dog"], title="Grad-CAM.")
    assert figure.alt.startswith("Grad-CAM. 2 images") and "cat, dog" in figure.alt
    with pytest.raises(ValueError, match="maps has 1 entries; images has 2"):
        plot_overlays(images[:2], [torch.rand(4, 4)])
    figure = plot_maps(images[0], {"saliency": torch.rand(16, 16), "gradient": torch.randn(3, 16, 16)})
    assert [text.get_text() for text in figure.axes[0].texts] == ["photograph", "saliency", "gradient"]
