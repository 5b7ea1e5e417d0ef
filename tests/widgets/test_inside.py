"""The look inside: what it draws is the library's own inspection, for any values of its controls."""

import pytest
import torch
from torch import nn

from course.data import load
from course.data.strokes import EXAMPLES
from course.models import get_model
from course.visualize import plot_inspection
from course.widgets import draw_inside, inside_explorer
from course.widgets.image_chooser import drawn_image


@pytest.fixture(scope="module")
def digits():
    return load("digits")


@pytest.fixture(scope="module")
def lenet():
    torch.manual_seed(0)
    return get_model("lenet5_modern")


@pytest.fixture(scope="module")
def explorer(lenet, digits):
    """On twenty digits."""
    return inside_explorer(
        lenet, digits.test.images[:20], class_names=digits.classes, normalize=digits.normalize
    )


def test_the_picture_is_the_inspection_of_the_controls(explorer, digits):
    """Layer, channel, class and image, each moved."""
    unit, target, image = (explorer.controls[name] for name in ("unit", "target", "image"))
    unit.layer.value, unit.channel.value, target.value, image.images.value = "features.0", 4, 7, 11
    inspector = explorer.inspector
    one = inspector.inspect(digits.test.images[11], "features.0", 4, 7)
    expected = plot_inspection(one, digits.classes, [f"image {n}" for n in range(20)], "image 11")
    assert explorer.picture().pixels().tobytes() == expected.pixels().tobytes()
    assert "Channel 4 of features.0" in expected.alt and "Grad-CAM for 7" in expected.alt


def test_it_begins_with_the_last_layer_and_its_busiest_channel(lenet, digits):
    """For the image that stands there at first."""
    explorer = inside_explorer(lenet, digits.test.images[:5], normalize=digits.normalize, number=3)
    layer, channel = explorer.controls["unit"].value
    assert layer == "features.5" and explorer.controls["image"].value.name == "image 3"
    assert f"busiest are channels {channel}, " in explorer.picture().alt


def test_a_new_layer_changes_the_unit_once(explorer):
    """Also where the slider has to move, and both ends of every slider give a picture."""
    unit, seen = explorer.controls["unit"], []
    unit.observe(lambda change: seen.append(change["new"]), names="value")
    for number, (layer, (channels, *_)) in enumerate(explorer.inspector.layers.items(), start=1):
        unit.layer.value = layer
        assert unit.channel.max == channels - 1 and unit.value == (layer, unit.channel.value)
        assert len([one for one in seen if one[0] == layer]) <= 1, number
        for channel in (0, channels - 1):
            unit.channel.value = channel
            assert f"Channel {channel} of {layer} " in explorer.picture().alt
        seen.clear()


def test_a_drawing_is_read(explorer):
    """As MNIST was made."""
    explorer.controls["image"].source.value = "your drawing"
    explorer.controls["image"].pad.examples.value = "5"
    one = explorer.inspector.inspect(
        drawn_image(EXAMPLES["5"], (1, 28, 28)), *explorer.controls["unit"].value
    )
    assert f"your drawing: the net's first classes are {one.classes[0][0]} " in explorer.picture().alt


def test_a_students_own_net(digits):
    """Layers by the names that the student gave; numbers where nothing has one; the net stays in training."""

    class Mine(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Conv2d(1, 3, 5), nn.Conv2d(3, 4, 5)
            self.drop, self.last = nn.Dropout2d(), nn.Linear(4, 3)

        def forward(self, x):
            x = self.drop(self.second(self.first(x).relu())).amax(dim=(2, 3))
            return self.last(x)

    net = Mine()
    explorer = inside_explorer(net, digits.test.images[:4], image_names=["a", "b", "c", "d"])
    assert list(explorer.inspector.layers) == ["first", "second", "drop"]
    assert explorer.controls["target"].options[1] == ("class 0 (0)", 0)
    assert explorer.picture().alt.startswith("a: the net's first classes are class ")
    assert net.training and net.drop.training


def test_photographs_and_imagenets_names_stand_ready():
    """A net with 1,000 classes has them in alphabetical order to choose from."""
    images = load("photographs", size=64).test.images[:3]
    explorer = inside_explorer(get_model("efficientnet_lite0", pretrained=True), images)
    options = explorer.controls["target"].options
    assert len(options) == 1001 and options[0] == ("the net's first", -1)
    assert [label.lower() for label, _ in options[1:]] == sorted(label.lower() for label, _ in options[1:])
    assert dict(options)["lesser panda (387)"] == 387


def test_what_is_wrong_is_one_line(lenet, digits):
    """Names and the number of the image."""
    images = digits.test.images[:4]
    with pytest.raises(ValueError, match="image_names has 1 entries; it must have 4"):
        inside_explorer(lenet, images, image_names=["a"])
    with pytest.raises(ValueError, match="class_names has 2 entries; it must have 10"):
        inside_explorer(lenet, images, class_names=["a", "b"])
    with pytest.raises(ValueError, match="number=4 must be an image from 0 to 3"):
        inside_explorer(lenet, images, number=4)


def test_the_drawing_function_needs_no_widget(explorer, digits):
    """What a program draws is what the explorer shows: draw_inside is public and pure."""
    inspector, image = explorer.inspector, explorer.controls["image"].value
    assert (
        draw_inside(inspector, ("features.3", 2), image).pixels().tobytes()
        == draw_inside(inspector, ("features.3", 2), image).pixels().tobytes()
    )
