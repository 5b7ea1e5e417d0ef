"""The nets for CIFAR: each test is a sentence of He et al. 2015, Section 4.2, or He et al. 2016."""

import pytest
import torch
from torch import nn

import course.models
from course.models.resnet import BasicBlock, PlainBlock
from course.models.resnet_cifar import ResNetCIFAR, resnet20_cifar
from course.models.resnet_preact import PreActBlock, PreActResNetCIFAR, preact_resnet20_cifar

COUNTS = {20: 269_722, 32: 464_154, 44: 658_586, 56: 853_018, 110: 1_727_962}


@pytest.mark.parametrize(("depth", "expected"), COUNTS.items())
@pytest.mark.parametrize("kind", ["resnet", "plain", "preact_resnet"])
def test_parameters(parameters, kind, depth, expected):
    """Table 6: 0.27M, 0.46M, 0.66M, 0.85M and 1.7M, the same for the plain and the pre-activation nets."""
    assert parameters(getattr(course.models, f"{kind}{depth}_cifar")) == expected


@pytest.mark.nightly("builds 1,202 layers; 110 of them by day", early=True)
def test_parameters_of_1202_layers(parameters):
    """Table 6: 19.4M for 1202 layers."""
    assert parameters(ResNetCIFAR, block=PlainBlock, depth=1202) == 19_421_274


def test_options_b_and_c_cost_parameters(parameters):
    """B has two projections with batch norm, 16·32 + 64 and 32·64 + 128; C has nine."""
    more_b = (16 * 32 + 64) + (32 * 64 + 128)
    more_c = more_b + 3 * (16 * 16 + 32) + 2 * (32 * 32 + 64) + 2 * (64 * 64 + 128)
    assert parameters(resnet20_cifar, shortcut="B") - COUNTS[20] == more_b
    assert parameters(resnet20_cifar, shortcut="C") - COUNTS[20] == more_c


@pytest.mark.parametrize("build", [lambda: ResNetCIFAR(BasicBlock, 20), lambda: PreActResNetCIFAR(20)])
def test_map_sizes_and_filters(build):
    """The paper: "feature maps of sizes {32, 16, 8}", "the numbers of filters are {16, 32, 64}"."""
    with torch.device("meta"):
        model = build()
        x = model.conv1(torch.empty(1, 3, 32, 32))
        shapes = []
        for stage in (model.layer1, model.layer2, model.layer3):
            assert len(stage) == 3
            x = stage(x)
            shapes.append(tuple(x.shape[1:]))
    assert shapes == [(16, 32, 32), (32, 16, 16), (64, 8, 8)]


@pytest.mark.parametrize("depth", COUNTS)
def test_there_are_6n_plus_2_weighted_layers(depth):
    """The paper: "There are totally 6n+2 stacked weighted layers"."""
    with torch.device("meta"):
        for model in (ResNetCIFAR(PlainBlock, depth), PreActResNetCIFAR(depth)):
            layers = [m for m in model.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
            assert len(layers) == depth


def test_multiply_adds(multiply_adds):
    """ResNet-20 does 40.6 · 10⁶ multiply-adds on a 32×32 image: a shortcut of option A adds none."""
    assert multiply_adds(resnet20_cifar, size=32) == multiply_adds(course.models.plain20_cifar, size=32)
    assert round(multiply_adds(resnet20_cifar, size=32) / 1e6, 1) == 40.6


def randomise_norms(module):
    for norm in module.modules():
        if isinstance(norm, nn.BatchNorm2d):
            nn.init.uniform_(norm.weight, 0.5, 1.5)
            nn.init.normal_(norm.bias)
    return module


def test_a_pre_activation_unit_is_its_input_plus_the_residual():
    """The paper: x_{l+1} = x_l + F(x_l), with batch norm and ReLU before the weights, none after the sum."""
    block = randomise_norms(PreActBlock(5, 5)).eval()
    x = torch.randn(2, 5, 6, 6)
    residual = block.conv2(block.bn2(block.conv1(block.bn1(x).relu())).relu())
    torch.testing.assert_close(block(x), x + residual)
    nn.init.zeros_(block.conv2.weight)
    assert torch.equal(block(x), x)


def test_a_signal_reaches_every_later_unit_unchanged():
    """The paper: "the signal could be directly propagated from one unit to any other units"."""
    stage = randomise_norms(PreActResNetCIFAR(32, width=0.5).layer3)[1:].eval()
    for block in stage:
        nn.init.zeros_(block.conv2.weight)
    x = torch.randn(2, 32, 4, 4)
    assert torch.equal(stage(x), x)


def test_the_first_unit_activates_before_splitting():
    """The paper: "the first activation right after conv1 and before splitting into two paths"."""
    model = randomise_norms(preact_resnet20_cifar(width=0.5)).eval()
    first = model.layer1[0]
    nn.init.zeros_(first.conv2.weight)
    x = torch.randn(2, 8, 5, 5)
    assert torch.equal(first(x), first.bn1(x).relu())
    blocks = [*model.layer1, *model.layer2, *model.layer3]
    assert [block.activate_before_split for block in blocks] == [True] + 8 * [False]


def test_the_last_unit_is_followed_by_an_activation():
    """The paper: "an extra activation right after its element-wise addition"."""
    model = randomise_norms(preact_resnet20_cifar(width=0.25)).eval()
    x = torch.randn(2, 3, 16, 16)
    features = model.layer3(model.layer2(model.layer1(model.conv1(x))))
    assert features.min() < 0
    expected = model.fc(model.bn(features).relu().mean(dim=(2, 3)))
    torch.testing.assert_close(model(x), expected)


def test_a_residual_net_contains_its_plain_net():
    """The paper: "exactly the same depth, width, and number of parameters as the plain counterparts"."""
    plain, residual = ResNetCIFAR(PlainBlock, 20), resnet20_cifar()
    plain.load_state_dict(residual.state_dict(), strict=True)
    x = torch.randn(2, 3, 32, 32)
    assert not torch.allclose(plain.eval()(x), residual.eval()(x), atol=0.01)


@pytest.mark.parametrize("builder", [resnet20_cifar, preact_resnet20_cifar])
@pytest.mark.parametrize("size", [(28, 28), (32, 32), (64, 64), (17, 5)])
def test_any_image_size_works(builder, size):
    """The average pooling is global, so the images may have any size."""
    model = builder(num_classes=4, in_channels=1, width=0.25)
    assert model(torch.randn(2, 1, *size)).shape == (2, 4)
    assert model.fc.in_features == 16


@pytest.mark.parametrize("depth", [2, 18, 21, 57])
def test_a_depth_that_is_not_6n_plus_2_is_refused(depth):
    """Only 6n + 2 layers can be divided into three stages of blocks."""
    with pytest.raises(ValueError, match=rf"depth={depth} must be 6n \+ 2, for example 20, 32"):
        ResNetCIFAR(PlainBlock, depth)
    with pytest.raises(ValueError, match=rf"depth={depth} must be 6n \+ 2"):
        PreActResNetCIFAR(depth)


def test_wrong_options_and_inputs_say_what_is_right():
    """A wrong shortcut or image is one line that says what is allowed."""
    with pytest.raises(ValueError, match="shortcut='b' is unknown; choose from A, B, C"):
        resnet20_cifar(shortcut="b")
    with pytest.raises(ValueError, match=r"PreActResNetCIFAR needs \(N, 3, H, W\)"):
        preact_resnet20_cifar()(torch.zeros(1, 4, 8, 8))
