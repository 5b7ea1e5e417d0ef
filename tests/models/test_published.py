"""Our nets take the weights that torchvision has published, and count what torchvision counts."""

import pytest
import torch
import torchvision

from course.errors import DataError
from course.models import describe
from course.models.published import PUBLISHED, load_published, published

LARGER = ("resnet101", "resnet152", "densenet161", "densenet169", "densenet201")
later = pytest.mark.nightly("a larger size of a family that is counted by day", early=True)


by_day_or_night = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=later if name in LARGER else ()) for name in PUBLISHED]
)


@by_day_or_night
def test_published_weights_would_load(name):
    """Names, shapes and order of the state dict are those of torchvision's net, so its weights fit."""
    theirs = PUBLISHED[name][1]
    extra = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
    with torch.device("meta"):
        ours = published(name).build()
        oracle = torchvision.models.get_model(theirs, weights=None, **extra)
    assert shapes(ours) == shapes(oracle)


@by_day_or_night
def test_our_counts_are_torchvisions(name):
    """Parameters are equal; multiply-adds too, as far as torchvision's three decimals of 10⁹ go."""
    info = published(name)
    with torch.device("meta"):
        counted = describe(info.build(), (3, 224, 224))
    assert counted.parameters == info.parameters
    assert abs(counted.multiply_adds - info.multiply_adds) <= 0.51e6
    assert 0.5 < info.accuracy < 0.8


@pytest.mark.parametrize("name", ["resnet50", "googlenet"])
def test_downloaded_weights_give_torchvisions_answers(name, monkeypatch):
    """With a file of weights in place of the download, our net answers as torchvision's does."""
    theirs = PUBLISHED[name][1]
    extra = {"init_weights": False} if name == "googlenet" else {}  # its own rule takes half a minute
    torch.manual_seed(0)
    file = torchvision.models.get_model(theirs, weights=None, **extra).state_dict()
    monkeypatch.setattr(
        torchvision.models.get_model_weights(theirs), "get_state_dict", lambda weights, *args, **options: file
    )
    ours = load_published(name, progress=False)
    oracle = torchvision.models.get_model(theirs, weights="IMAGENET1K_V1", progress=False).eval()
    images = torch.rand(2, 3, 64, 64)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    with torch.no_grad():
        expected = oracle((images - mean[:, None, None]) / std[:, None, None])
        answers = ours(published(name).normalize(images))
    assert not ours.training and expected.std() > 0
    torch.testing.assert_close(answers, expected, rtol=1e-3, atol=1e-4 * expected.abs().max().item())


def test_without_the_internet_the_error_is_one_line(monkeypatch, tmp_path):
    """A failing download is a DataError that names the net."""

    def offline(*args, **options):
        raise OSError("<urlopen error no route to host>")

    monkeypatch.setattr(torch.hub, "download_url_to_file", offline)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(DataError, match=r"the weights of resnet18 could not be downloaded .*no route"):
        load_published("resnet18", progress=False)


@pytest.mark.parametrize("function", [published, load_published])
def test_unknown_names_are_refused(function):
    """A net without published weights gives the list of those that have some."""
    with pytest.raises(ValueError, match=r"name='vgg_c' is unknown; choose from alexnet, vgg_a, .*"):
        function("vgg_c")


def shapes(net):
    return [(name, tuple(tensor.shape)) for name, tensor in net.state_dict().items()]
