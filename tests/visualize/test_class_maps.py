"""CAM, Grad-CAM and occlusion: each against the same computed in another way."""

import pytest
import torch
from torch import nn

from course.data import read_photographs
from course.models import get_model
from course.visualize import class_activation_map, grad_cam, occlusion_sensitivity


@pytest.fixture(scope="module")
def net():
    """Convolution, ReLU, global average pooling, a linear layer; in double precision."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 6, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(), nn.Linear(6, 4)
    ).double()


@pytest.fixture(scope="module")
def image():
    return torch.rand(3, 9, 11, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def panda():
    return torch.from_numpy(read_photographs(224)[3]).float() / 255


@pytest.fixture(scope="module")
def lite0():
    return get_model("efficientnet_lite0", pretrained=True)


@pytest.mark.parametrize("target", range(4))
def test_the_mean_of_a_class_activation_map_and_the_bias_are_the_logit(net, image, target):
    """Zhou et al., equation 2, summed over all places."""
    cam = class_activation_map(net, image, "1", target)
    assert cam.shape == (7, 9)
    logit = net.eval()(image[None])[0, target]
    torch.testing.assert_close(cam.mean() + net[5].bias[target], logit)


def test_the_same_holds_for_an_imagenet_net(lite0, panda):
    """EfficientNet-Lite0 on a photograph: 7×7 places, and the logit of its first class."""
    cam = class_activation_map(lite0, panda, "features")
    logits = lite0(lite0.normalize(panda[None]))[0]
    target = int(logits.argmax())
    assert cam.shape == (7, 7) and target == 387
    torch.testing.assert_close(cam.mean() + lite0.fc.bias[target], logits[target], rtol=1e-4, atol=1e-4)


def test_grad_cam_is_the_class_activation_map_divided_by_its_places(net, image, lite0, panda):
    """With global average pooling and one linear layer, alpha_k = w_k / (h w)."""
    for target in range(4):
        cam = class_activation_map(net, image, "1", target)
        torch.testing.assert_close(grad_cam(net, image, "1", target, relu=False) * 63, cam)
        torch.testing.assert_close(grad_cam(net, image, "1", target) * 63, cam.relu())
    cam = class_activation_map(lite0, panda, "features")
    torch.testing.assert_close(grad_cam(lite0, panda, "features", relu=False) * 49, cam, rtol=1e-3, atol=1e-3)


def test_grad_cam_against_autograd_on_a_net_that_is_written_out(image):
    """Two convolutions and two linear layers as plain formulas, gradient and sums by hand."""
    torch.manual_seed(2)
    net = nn.Sequential(
        nn.Conv2d(3, 5, 3), nn.Tanh(), nn.Conv2d(5, 4, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(48, 3)
    ).double()
    A = net[0](image[None]).tanh()  # (1, 5, 7, 9)
    hidden = torch.conv2d(A, net[2].weight, net[2].bias, stride=2).clamp(min=0)
    y = net[5].weight @ hidden.flatten() + net[5].bias
    for target in range(3):
        (gradient,) = torch.autograd.grad(y[target], A, retain_graph=True)
        expected = torch.zeros(7, 9, dtype=torch.float64)
        for k in range(5):
            expected += gradient[0, k].sum() / 63 * A[0, k].detach()
        torch.testing.assert_close(grad_cam(net, image, "1", target), expected.clamp(min=0))
        assert (expected < 0).any() and (expected > 0).any()


def test_a_net_without_global_average_pooling_is_sent_to_grad_cam(image):
    """The logits are no linear layer of the means."""
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(4, 3)).double()
    with pytest.raises(
        ValueError, match=r"does not average layer='0' and put one nn\.Linear after it; use grad_cam"
    ):
        class_activation_map(net, image, "0")


def test_a_net_comes_back_untouched_from_its_class_activation_map(net, image):
    """Modes and hooks; the other maps stand in tests/test_untouched.py."""
    net.train()
    class_activation_map(net, image, "1")
    assert all(module.training and not module._forward_hooks for module in net.modules())
    net.eval()


@pytest.mark.parametrize(("size", "stride", "batch_size"), [(3, 2, 4), (4, 4, 100), (9, 1, 1), (2, 1, 7)])
def test_occlusion_against_a_loop(net, image, size, stride, batch_size):
    """One square at a time; each pixel gets the mean over the squares that cover it."""
    H, W = 9, 11
    chance = net.eval()(image[None]).softmax(1)[0, 2].item()
    drops = [[[] for _ in range(W)] for _ in range(H)]
    tops = sorted({*range(0, H - size + 1, stride), H - size})
    lefts = sorted({*range(0, W - size + 1, stride), W - size})
    for top in tops:
        for left in lefts:
            covered = image.clone()
            covered[:, top : top + size, left : left + size] = 0.25
            lost = chance - net(covered[None]).softmax(1)[0, 2].item()
            for row in range(top, top + size):
                for column in range(left, left + size):
                    drops[row][column].append(lost)
    expected = torch.tensor([[sum(d) / len(d) for d in row] for row in drops], dtype=torch.float64)
    found = occlusion_sensitivity(
        net, image, 2, size=size, stride=stride, fill=0.25, batch_size=batch_size, normalize=lambda x: x
    )
    torch.testing.assert_close(found, expected)


def test_to_cover_the_face_costs_a_red_panda_most(lite0, panda):
    """The face is in the upper left quarter of the photograph."""
    drop = occlusion_sensitivity(lite0, panda)
    assert drop.shape == (224, 224)
    assert drop[:112, :112].mean() > 3 * drop[112:, 112:].mean().clamp(min=0)
    row, column = divmod(int(drop.argmax()), 224)
    assert row < 112 and column < 112


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"size": 10}, r"size=10, stride=32 must hold 1 ≤ stride ≤ size ≤ 9"),
        ({"size": 4, "stride": 5}, "stride=5"),
        ({"size": 4, "stride": 0}, "stride=0"),
        ({"size": 4, "stride": 4, "fill": 2}, "fill=2"),
        ({"size": 4, "stride": 4, "batch_size": 0}, "batch_size=0"),
    ],
)
def test_squares_that_do_not_fit_are_one_line(net, image, options, words):
    """A gap between squares would leave pixels without a value."""
    with pytest.raises(ValueError, match=words):
        occlusion_sensitivity(net, image, **options)
