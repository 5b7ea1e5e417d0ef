"""A look into any net: layers by name or module, images from 0 to 1, and one line for all else."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from course.visualize import feature_maps, grad_cam, saliency
from course.visualize.inside import find_layer, layer_outputs, normalized


class Net(nn.Module):
    """Two convolutions, ReLUs in place, global average pooling, a linear layer; a method makes the maps."""

    def __init__(self):
        super().__init__()
        self.conv1, self.relu = nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(inplace=True)
        self.conv2, self.unused, self.fc = nn.Conv2d(4, 5, 3, padding=1), nn.Conv2d(1, 1, 1), nn.Linear(5, 3)

    def features(self, x):
        return F.relu(self.conv2(self.relu(self.conv1(x))), inplace=True)

    def forward(self, x):
        return self.fc(self.features(x).mean(dim=(2, 3)))


@pytest.fixture
def net():
    torch.manual_seed(0)
    return Net().double()


@pytest.fixture
def image():
    return torch.rand(3, 8, 9, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def test_a_layer_gives_what_it_computed_though_the_next_one_works_in_place(net, image):
    """Negative values of the convolution are there, and the net's answer is as ever."""
    x = image[None]
    output, (first, features) = layer_outputs(net, x, ["conv1", "features"])
    assert torch.equal(output, net(x))
    assert torch.equal(first, net.conv1(x)) and (first < 0).any()
    assert torch.equal(features, net.features(x)) and (features >= 0).all()
    assert "features" not in vars(net), "the method is the class's own again"


def test_a_module_is_found_as_well_as_its_name(net, image):
    """Both give the same map."""
    assert find_layer(net, net.conv2) == "conv2"
    assert torch.equal(grad_cam(net, image, net.conv2), grad_cam(net, image, "conv2"))


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ("conv3", r"layer='conv3' is no layer of model=Net; the closest names are conv"),
        ("xyz", r"layer='xyz' is no layer of model=Net; it has conv1, relu, .* features"),
        (nn.ReLU(), r"layer=ReLU is no part of model=Net"),
        ("forward", r"layer='forward' is no layer"),
        ("unused", r"layer='unused' was not called"),
        ("fc", r"layer='fc' gives shape \(1, 3\); it must give maps"),
    ],
)
def test_a_layer_that_will_not_do_is_one_line(net, image, layer, words):
    """The line names the layer and the model, with the closest names."""
    with pytest.raises(ValueError, match=words) as caught:
        grad_cam(net, image, layer)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda x: x[0], ValueError, r"image has shape \(8, 9\); it must be one image \(C, H, W\)"),
        (lambda x: x * 255, ValueError, r"image has values from .* they must lie from 0 to 1"),
        (lambda x: x * float("nan"), ValueError, "image has values from nan"),
        (lambda x: (x * 255).byte(), TypeError, r"image is of type torch.uint8"),
        (lambda x: x.numpy(), TypeError, "image is of type ndarray"),
    ],
)
def test_an_image_that_is_none_is_one_line(net, image, change, error, words):
    """Wrong shape, wrong range, no number, whole numbers, an array."""
    with pytest.raises(error, match=words):
        saliency(net, change(image))


@pytest.mark.parametrize(
    ("target", "error", "words"),
    [(3, ValueError, "from 0 to 2"), (-1, ValueError, "target=-1"), (1.0, TypeError, "number of a class")],
)
def test_a_class_that_the_net_does_not_have_is_one_line(net, image, target, error, words):
    """Negative numbers do not count from the end."""
    with pytest.raises(error, match=words):
        saliency(net, image, target)


def test_a_model_without_logits_is_one_line(net, image):
    """What it gives stands in the line."""
    with pytest.raises(ValueError, match=r"model=Conv2d gives shape \(1, 5, 6, 7\); it must give logits"):
        saliency(nn.Conv2d(3, 5, 3).double(), image)
    net.forward = lambda x: {"logits": x}
    with pytest.raises(ValueError, match="model=Net gives a dict"):
        saliency(net, image)


def test_normalize_is_the_models_own_or_the_one_that_is_given(net, image):
    """A method is called; a layer of that name is not, since the net does so itself."""

    class Own(Net):
        def normalize(self, images):
            return 2 * images - 1

    own = Own().double()
    assert torch.equal(normalized(own, image[None], None), 2 * image[None] - 1)
    assert torch.equal(normalized(own, image[None], lambda x: x / 2), image[None] / 2)
    net.normalize = nn.BatchNorm2d(3)
    assert torch.equal(normalized(net, image[None], None), image[None])
    assert normalized(net.float(), image[None], None).dtype == torch.float32


def test_maps_are_made_where_gradients_are_switched_off(net, image):
    """In a `no_grad` block, and for a net whose weights are all frozen."""
    expected = grad_cam(net, image, "conv2", 1)
    net.requires_grad_(False)
    with torch.no_grad():
        assert torch.equal(grad_cam(net, image, "conv2", 1), expected)
        assert saliency(net, image).shape == (8, 9)


def test_a_net_that_cuts_the_gradient_off_is_one_line(net, image):
    """Nothing of the logit reaches the layer."""
    net.fc.register_forward_pre_hook(lambda module, inputs: (inputs[0].detach(),))
    with pytest.raises(ValueError, match="no gradient of the logit reaches 'conv2'"):
        grad_cam(net, image, "conv2")


def test_an_error_in_the_net_leaves_no_hook(net):
    """The net refuses the image, and is as it was."""
    net.train()
    with pytest.raises(RuntimeError):
        feature_maps(net, torch.rand(1, 8, 8).double(), ["conv1", "features"])
    assert net.training and not net.conv1._forward_hooks and "features" not in vars(net)
