"""The picture of the two towers has the layers of the net, and the bytes that it sent."""

import pytest
import torch

from course.models import alexnet_towers
from course.visualize import plot_towers
from course.visualize.towers import LAYERS


@pytest.fixture(scope="module")
def towers():
    """AlexNet in two towers without memory, after one image."""
    with torch.device("meta"):
        net = alexnet_towers(("meta", "meta"))
        net(torch.empty(1, 3, 224, 224))
    return net


def test_layers_have_the_channels_of_the_net(towers):
    """Each box tells half of the channels."""
    for name, (channels, _) in LAYERS.items():
        assert towers.towers[0][name].weight.shape[0] == channels, name


def test_what_crosses_is_written_below(towers):
    """Four meeting points, eight arrows across, and the sum above."""
    figure = plot_towers(towers.traffic)
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert [text for text in texts if text.endswith("KiB")] == ["84.5 KiB", "18.0 KiB", "8.0 KiB", "8.0 KiB"]
    assert "each image sends 118.5 KiB in each direction" in texts
    assert figure.alt.endswith("conv3 84.5 KiB, fc6 18.0 KiB, fc7 8.0 KiB, fc8 8.0 KiB.")


def test_an_unknown_layer_is_refused():
    """Nothing crosses in front of conv1."""
    with pytest.raises(ValueError, match=r"traffic='conv1' must be one of conv2"):
        plot_towers({"conv1": 3})
