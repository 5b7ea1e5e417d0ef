"""Saliency, SmoothGrad, guided backpropagation: against differences, a mean written out, a net by hand."""

import pytest
import torch
from scipy.stats import spearmanr
from torch import nn

from course.data import read_photographs
from course.models import get_model
from course.visualize import (
    cascading_randomization,
    guided_backpropagation,
    input_gradient,
    rank_correlation,
    saliency,
    smooth_grad,
)


@pytest.fixture(scope="module")
def net():
    """Convolutions with tanh, so that differences have no kinks; in double precision."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.Tanh(), nn.Conv2d(4, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(48, 3)
    ).double()


@pytest.fixture(scope="module")
def image():
    return torch.rand(3, 7, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def half(images):
    """A way to normalize that changes the gradient."""
    return (images - 0.5) / 0.25


def test_saliency_against_finite_differences(net, image):
    """Every pixel and colour up and down by a millionth: the logit's slope, through `normalize`."""
    step, gradient = 1e-6, torch.empty(3, 7, 8, dtype=torch.float64)
    with torch.no_grad():
        for index in range(image.numel()):
            nudge = torch.zeros_like(image)
            nudge.view(-1)[index] = step
            up, down = (net(half(image + sign * nudge)[None])[0, 1] for sign in (1, -1))
            gradient.view(-1)[index] = (up - down) / (2 * step)
    found = input_gradient(net, image, 1, normalize=half)
    torch.testing.assert_close(found, gradient, rtol=1e-6, atol=1e-8)
    expected = torch.stack([gradient[0].abs(), gradient[1].abs(), gradient[2].abs()]).max(dim=0).values
    torch.testing.assert_close(saliency(net, image, 1, normalize=half), expected, rtol=1e-6, atol=1e-8)


def test_smooth_grad_is_the_mean_of_gradients_at_noisy_images(net, image):
    """The noise has the deviation asked for; without it SmoothGrad is saliency."""
    torch.testing.assert_close(smooth_grad(net, image, noise=0, samples=3), saliency(net, image))
    generator, total = torch.Generator().manual_seed(5), 0
    sigma = 0.2 * (image.max() - image.min())
    for _ in range(6):
        noisy = image + sigma * torch.randn(1, 3, 7, 8, generator=generator, dtype=torch.float64)[0]
        noisy.requires_grad_()
        total = total + torch.autograd.grad(net(noisy[None])[0, 2], noisy)[0]
    found = smooth_grad(net, image, 2, samples=6, noise=0.2, seed=5, batch_size=1)
    torch.testing.assert_close(found, (total / 6).abs().max(dim=0).values)


def test_smooth_grad_does_not_depend_on_the_batch_size(net, image):
    """More samples come nearer to the expectation, as 1 / √n."""
    far = smooth_grad(net, image, 0, samples=4000, seed=1, batch_size=500)
    errors = [(smooth_grad(net, image, 0, samples=n, seed=2, batch_size=64) - far).norm() for n in (16, 256)]
    assert errors[1] < errors[0] / 2
    with pytest.raises(ValueError, match="samples=0"):
        smooth_grad(net, image, samples=0)
    with pytest.raises(ValueError, match="noise=-1"):
        smooth_grad(net, image, noise=-1)


@pytest.mark.parametrize("relu", [nn.ReLU(), nn.ReLU(inplace=True), nn.ReLU6()])
def test_guided_backpropagation_against_a_net_by_hand(image, relu):
    """Springenberg et al., Section 3.4: back where the input was above 0 and the gradient is above 0."""
    torch.manual_seed(3)
    net = nn.Sequential(nn.Conv2d(3, 6, 3), relu, nn.Conv2d(6, 4, 3), relu, nn.Flatten(), nn.Linear(48, 3))
    net.double()
    with torch.no_grad():
        z1 = net[0](image[None])
        z2 = net[2](z1.clamp(min=0))
        g = net[5].weight[1].reshape(1, 4, 3, 4)
        g = g * (z2 > 0) * (g > 0)
        g = torch.conv_transpose2d(g, net[2].weight)
        g = g * (z1 > 0) * (g > 0)
        expected = torch.conv_transpose2d(g, net[0].weight)[0]
    torch.testing.assert_close(guided_backpropagation(net, image, 1), expected)
    assert not torch.allclose(expected, input_gradient(net, image, 1))


def test_guided_backpropagation_leaves_the_next_gradient_alone(image):
    """And a net without ReLU is refused."""
    net = nn.Sequential(nn.Flatten(), nn.Linear(168, 8), nn.ReLU(), nn.Linear(8, 2)).double()
    before = input_gradient(net, image, 0)
    guided_backpropagation(net, image, 0)
    assert torch.equal(input_gradient(net, image, 0), before)
    with pytest.raises(ValueError, match="model=Sequential calls no ReLU"):
        guided_backpropagation(net[:2], image)


def test_rank_correlation_against_scipy():
    """With ties, of numbers in any order."""
    generator = torch.Generator().manual_seed(0)
    a = torch.randint(0, 9, (6, 7), generator=generator).double()
    b = a + torch.randint(0, 9, (6, 7), generator=generator)
    assert rank_correlation(a, b) == pytest.approx(spearmanr(a.flatten(), b.flatten()).statistic)
    assert rank_correlation(a, a.exp()) == pytest.approx(1) and rank_correlation(a, -a) == pytest.approx(-1)
    with pytest.raises(ValueError, match="the same everywhere"):
        rank_correlation(a, torch.ones(6, 7))
    with pytest.raises(ValueError, match=r"b \(7, 6\)"):
        rank_correlation(a, b.T)


@pytest.mark.nightly("twenty passes through an ImageNet net", early=True)
def test_the_known_failing_of_guided_backpropagation():
    """Adebayo et al. 2018: EfficientNet-Lite0 forgets its last layers, and the guided map hardly changes."""
    net = get_model("efficientnet_lite0", pretrained=True)
    panda = torch.from_numpy(read_photographs(224)[3]).float() / 255
    correlations = {}
    for method in (guided_backpropagation, input_gradient):
        maps = cascading_randomization(
            net, lambda n, method=method: method(n, panda, 387).abs(), ["fc", "bn1", "conv_head", "blocks.15"]
        )
        trained = maps.pop("as trained")
        correlations[method] = [rank_correlation(trained, values) for values in maps.values()]
    assert min(correlations[guided_backpropagation]) > 0.95
    assert max(correlations[input_gradient]) < 0.6


def test_layers_are_forgotten_one_after_the_other(net, image):
    """The copy forgets, the net does not; the order is the one that is given."""
    before = [p.clone() for p in net.parameters()]
    seen = cascading_randomization(
        net, lambda n: torch.cat([p.detach().flatten() for p in n.parameters()]), ["5", "2"]
    )
    assert list(seen) == ["as trained", "5", "2"]
    sizes = [p.numel() for p in net.parameters()]
    changed = [
        [bool((a != b).any()) for a, b in zip(v.split(sizes), seen["as trained"].split(sizes), strict=True)]
        for v in seen.values()
    ]
    assert changed == [[False] * 6, [False] * 4 + [True] * 2, [False] * 2 + [True] * 4]
    assert all(torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True))
    with pytest.raises(ValueError, match="layer='1' has no weights"):
        cascading_randomization(net, lambda n: torch.zeros(1), ["1"])
