"""Inspection of a net: each number against a direct computation, and for nets of every family."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

from course.data import load
from course.models import get_model
from course.models.published import imagenet_classes
from course.visualize import Inspector, grad_cam, map_layers, plot_inspection
from course.visualize import top_activating as find_top


@pytest.fixture(scope="module")
def net():
    """Two convolutions, a ReLU in place, and logits of seven classes, in training mode."""
    torch.manual_seed(0)
    layers = (nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.Conv2d(4, 6, 3, stride=2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(), nn.Linear(6 * 36, 7)).train()


@pytest.fixture(scope="module")
def images():
    return torch.rand(8, 3, 16, 16, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def inspector(net, images):
    return Inspector(net, images)


def test_layers_are_those_with_maps_in_the_nets_order(inspector):
    """Not the vector, not the logits."""
    maps = {"0": (4, 14, 14), "1": (4, 14, 14), "2": (4, 14, 14), "3": (6, 6, 6)}
    assert inspector.layers == maps and inspector.classes == 7


def test_every_part_against_a_direct_computation(net, images, inspector):
    """Map, classes, Grad-CAM, the images that excite the channel, and their maps."""
    one = inspector.inspect(images[2], "3", 4, target=5)
    frozen = nn.Sequential(*net).eval()
    with torch.no_grad():
        maps = frozen[:4](images)
        chances = frozen(images[2:3])[0].softmax(0)
    net.train()
    torch.testing.assert_close(one.channel_map, maps[2, 4])
    assert [number for number, _ in one.classes] == chances.argsort(descending=True)[:5].tolist()
    np.testing.assert_allclose([p for _, p in one.classes], chances.sort(descending=True)[0][:5], rtol=1e-5)
    torch.testing.assert_close(one.cam, grad_cam(net, images[2], "3", 5))
    strongest = find_top(net, images, "3", 4, count=5)
    assert [number for number, _ in one.excitations] == [found.image for found in strongest]
    torch.testing.assert_close(one.excited_maps, maps[[found.image for found in strongest], 4])
    assert torch.equal(one.excited, images[[found.image for found in strongest]])
    assert one.busiest[0] == inspector.busiest(images[2], "3") == maps[2].flatten(1).std(1).argmax()
    assert inspector.inspect(images[2], "3", 4).target == chances.argmax()


def test_of_equal_peaks_the_larger_mean_comes_first():
    """After a ReLU6 many peaks are 6; the image that fills its map excites more than a dot."""
    net = nn.Sequential(nn.Conv2d(1, 1, 1, bias=False), nn.ReLU6(), nn.Flatten(), nn.Linear(64, 2))
    nn.init.constant_(net[0].weight, 100)
    images = torch.zeros(3, 1, 8, 8)
    images[0, 0, 0, 0] = images[2, 0, :4] = 1
    images[1, 0, :2] = 0.01
    one = Inspector(net, images).inspect(images[0], "1", 0)
    assert one.excitations == [(2, 6.0), (0, 6.0), (1, 1.0)]


def test_the_picture_shows_these_numbers(inspector, images):
    """The map, the bars, the titles; what is heard names classes and channels."""
    one = inspector.inspect(images[0], "0", 3)
    figure = plot_inspection(one, [f"kind {c}" for c in "abcdefg"], [f"photo {n}" for n in range(8)], "mine")
    mapped = next(axes for axes in figure.axes if axes.get_title() == "channel 3 of 0")
    np.testing.assert_array_equal(mapped.images[0].get_array(), one.channel_map)
    bars = next(axes for axes in figure.axes if axes.patches).patches
    np.testing.assert_allclose([bar.get_width() for bar in bars], [share for _, share in one.classes])
    titles = [axes.get_title() for axes in figure.axes]
    assert titles[0] == "mine" and titles[2] == f"Grad-CAM: kind {'abcdefg'[one.target]}"
    assert titles[4:] == [f"photo {number}, {value:.3g}" for number, value in one.excitations]
    assert figure.alt.startswith(f"mine: the net's first classes are kind {'abcdefg'[one.classes[0][0]]} ")
    assert figure.get_figheight() * 90 < 450, "with its controls it fits on a screen of 900 pixels"


class Cut(nn.Module):
    """A net whose maps end in whole numbers: no gradient comes back."""

    def __init__(self):
        super().__init__()
        self.conv, self.fc = nn.Conv2d(1, 2, 3), nn.Linear(2, 3)

    def forward(self, x):
        return self.fc((self.conv(x) > 0).float().mean(dim=(2, 3)))


def test_without_a_gradient_the_rest_is_shown():
    """And the picture says why."""
    images = torch.rand(2, 1, 9, 9)
    one = Inspector(Cut(), images).inspect(images[0], "conv", 1)
    assert one.cam is None and len(one.classes) == 3 and len(one.excitations) == 2
    assert "no gradient comes here" in [axes.get_xlabel() for axes in plot_inspection(one).axes]


FAMILIES = {
    **{name: (1, 28) for name in ("lenet5_modern",)},
    **{name: (1, 32) for name in ("lenet5",)},
    **{name: (3, 32) for name in ("resnet20_cifar", "densenet_cifar", "preact_resnet20_cifar")},
    **{name: (3, 224) for name in ("alexnet", "vgg_a", "nin", "googlenet", "resnet18", "densenet121")},
    "efficientnet_lite0": (3, 224),
}


LARGE = ("vgg_a", "nin", "alexnet", "densenet121")
later = pytest.mark.nightly("a large net; the other families stand for it by day", early=True)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=later if name in LARGE else ()) for name in FAMILIES]
)
def test_nets_of_every_family(name):
    """At least three layers can be chosen; the last gives a map, Grad-CAM and five classes."""
    channels, side = FAMILIES[name]
    torch.manual_seed(0)
    images = torch.rand(2, channels, side, side)
    inspector = Inspector(get_model(name), images)
    assert 3 <= len(inspector.layers) <= 40
    layer, (count, h, w) = [*inspector.layers.items()][-1]
    one = inspector.inspect(images[1], layer, count - 1)
    assert one.channel_map.shape == one.cam.shape == (h, w) and len(one.classes) == 5
    assert plot_inspection(one).alt


def test_deep_names_stand_where_there_are_no_others():
    """A net inside a net has its layers all the same; a layer can also be named."""
    inner = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Conv2d(2, 3, 3))
    net = nn.Sequential(nn.Sequential(nn.Sequential(inner)), nn.Flatten(), nn.Linear(3 * 25, 4))
    images = torch.rand(2, 1, 9, 9)
    assert [*map_layers(net, images[:1])] == ["0.0.0.0", "0.0.0.1", "0.0.0.2"]
    assert Inspector(net, images, [inner[2]]).layers == {"0.0.0.2": (3, 5, 5)}


def test_a_weight_is_no_map():
    """With weight norm a weight is put out by a module of its own, in four dimensions, too."""
    net = nn.Sequential(weight_norm(nn.Conv2d(1, 1, 3)), nn.Flatten(), nn.Linear(49, 2))
    assert map_layers(net, torch.rand(1, 1, 9, 9)) == {"0": (1, 7, 7)}


def test_what_cannot_be_shown_is_one_line(net, images, inspector):
    """Layer, channel, class, image; a net without maps, one without logits."""
    with pytest.raises(ValueError, match="layer='9' must be one of 0, 1, 2, 3"):
        inspector.inspect(images[0], "9", 0)
    with pytest.raises(ValueError, match="channel=6 must lie from 0 to 5, those of '3'"):
        inspector.inspect(images[0], "3", 6)
    with pytest.raises(ValueError, match="target=7 must be a class from 0 to 6"):
        inspector.inspect(images[0], "3", 0, target=7)
    with pytest.raises(ValueError, match="values from"):
        inspector.inspect(images[0] * 2, "3", 0)
    with pytest.raises(ValueError, match="model=Sequential has no layer that gives maps"):
        Inspector(nn.Sequential(nn.Flatten(), nn.Linear(768, 2)), images)
    with pytest.raises(ValueError, match=r"it must give logits \(N, classes\)"):
        Inspector(nn.Sequential(nn.Conv2d(3, 2, 3)), images)
    with pytest.raises(ValueError, match=r"layer='6' gives shape \(1, 7\); it must give maps"):
        Inspector(net, images, ["6"])


def test_the_classes_of_imagenet():
    """A thousand names in the order of the logits, those of the photographs' table among them."""
    names, photographs = imagenet_classes(), load("photographs", size=8).test
    assert len(names) == 1000 and names[387] == "lesser panda"
    assert [names[number] for number in photographs.imagenet.tolist()] == list(photographs.names)
