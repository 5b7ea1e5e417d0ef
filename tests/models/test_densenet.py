"""DenseNets: each test is a sentence of Huang et al. 2016 (arXiv:1608.06993), or of torchvision's code."""

import pytest
import torch
import torch.nn.functional as F
import torchvision
from torch import nn

from course.models import densenet121, densenet161, densenet169, densenet201, densenet_cifar
from course.models.densenet import DenseBlock, DenseLayer, Transition
from course.models.densenet_cifar import figure1_block

square = pytest.mark.nightly(
    "square images; sides that differ and leave a rest stand for them by day", early=True
)


@pytest.mark.parametrize(
    ("builder", "expected"),
    [
        (densenet121, 7_978_856),
        (densenet161, 28_681_000),
        (densenet169, 14_149_480),
        (densenet201, 20_013_928),
    ],
)
def test_parameters(parameters, builder, expected):
    """The nets of Table 1 have the parameters that their layers add up to."""
    assert parameters(builder) == expected


@pytest.mark.parametrize(
    ("depth", "growth_rate", "bc", "printed", "exact"),
    [
        (40, 12, False, 1.0, 1_019_722),
        (100, 12, False, 7.0, 6_979_642),
        (100, 24, False, 27.2, 27_249_082),
        (100, 12, True, 0.8, 769_162),
        (250, 24, True, 15.3, 15_324_406),
        (190, 40, True, 25.6, 25_624_430),
    ],
)
def test_parameters_of_table_2(parameters, depth, growth_rate, bc, printed, exact):
    """Table 2, "Params": 1.0M, 7.0M, 27.2M for DenseNet, 0.8M, 15.3M, 25.6M for DenseNet-BC."""
    count = parameters(densenet_cifar, depth=depth, growth_rate=growth_rate, bc=bc)
    assert count == exact
    assert round(count / 1e6, 1) == printed


@pytest.mark.parametrize(("bc", "depth"), [(True, 100), (True, 40), (False, 40), (False, 100)])
def test_depth_counts_the_layers_with_weights(bc, depth):
    """L counts the convolutions and the classifier."""
    with torch.device("meta"):
        model = densenet_cifar(depth=depth, bc=bc)
    assert sum(isinstance(m, nn.Conv2d | nn.Linear) for m in model.modules()) == depth


@pytest.mark.parametrize(
    ("builder", "depth"), [(densenet121, 121), (densenet161, 161), (densenet169, 169), (densenet201, 201)]
)
def test_the_number_in_the_name_is_the_depth(builder, depth):
    """DenseNet-121 has 120 convolutions and one linear layer."""
    with torch.device("meta"):
        assert sum(isinstance(m, nn.Conv2d | nn.Linear) for m in builder().modules()) == depth


def test_figure_1_has_five_layers_and_growth_rate_4():
    """Figure 1: "A 5-layer dense block with a growth rate of k = 4. Each layer takes all preceding maps"."""
    block = figure1_block(in_channels=6)
    read = [layer.conv2.in_channels for layer in block.values()]
    made = [layer.conv2.out_channels for layer in block.values()]
    assert read == [6, 10, 14, 18, 22]
    assert made == [4, 4, 4, 4, 4]
    assert block(torch.randn(2, 6, 8, 8)).shape == (2, 26, 8, 8)
    assert block.out_channels == 26


@pytest.mark.parametrize("bn_size", [0, 4])
def test_layer_l_has_k0_plus_k_times_l_minus_1_inputs(bn_size):
    """The paper: "the l-th layer has k₀ + k × (l - 1) input feature-maps"."""
    block = DenseBlock(num_layers=4, in_channels=5, growth_rate=3, bn_size=bn_size)
    first = [next(m for m in layer.modules() if isinstance(m, nn.Conv2d)) for layer in block.values()]
    assert [conv.in_channels for conv in first] == [5, 8, 11, 14]


@pytest.mark.parametrize("bn_size", [0, 2])
def test_each_layer_reads_the_concatenation_of_all_before(bn_size):
    """The paper: x_l = H_l([x_0, x_1, ..., x_{l-1}]) (Eq. 2)."""
    torch.manual_seed(0)
    block = DenseBlock(num_layers=3, in_channels=4, growth_rate=2, bn_size=bn_size).eval()
    outputs = [torch.randn(2, 4, 5, 5)]
    for layer in block.values():
        outputs.append(layer(torch.cat(outputs, dim=1)))
    torch.testing.assert_close(block(outputs[0]), torch.cat(outputs, dim=1))


def test_a_layer_is_bn_relu_conv():
    """The paper: H is BN-ReLU-Conv(3×3); in DenseNet-B after "BN-ReLU-Conv(1×1)" to 4k maps."""
    torch.manual_seed(0)
    x = torch.randn(2, 5, 6, 6)
    for layer in (DenseLayer(5, 3, bn_size=0).eval(), DenseLayer(5, 3).eval()):
        for norm in layer.modules():
            if isinstance(norm, nn.BatchNorm2d):
                nn.init.normal_(norm.bias)
        out = x
        if layer.bottleneck:
            assert layer.conv1.weight.shape == (12, 5, 1, 1)
            out = F.conv2d(layer.norm1(out).relu(), layer.conv1.weight)
        expected = F.conv2d(layer.norm2(out).relu(), layer.conv2.weight, padding=1)
        torch.testing.assert_close(layer(x), expected)


def test_transitions_halve_channels_and_maps():
    """The paper: a transition generates "⌊θm⌋ output feature-maps", θ = 0.5, and pools 2×2."""
    with torch.device("meta"):
        model = densenet121()
        transitions = [m for m in model.modules() if isinstance(m, Transition)]
    assert [(t.conv.in_channels, t.conv.out_channels) for t in transitions] == [
        (256, 128),
        (512, 256),
        (1024, 512),
    ]
    assert Transition(6, 3)(torch.randn(2, 6, 8, 10)).shape == (2, 3, 4, 5)
    with torch.device("meta"):
        plain = densenet_cifar(depth=40, bc=False)
    assert plain.features.transition1.conv.weight.shape == (160, 160, 1, 1)


def test_the_stem_has_16_or_2k_channels():
    """The paper: "a convolution with 16 (or twice the growth rate for DenseNet-BC) output channels"."""
    with torch.device("meta"):
        assert densenet_cifar(depth=40, bc=False).features.conv0.out_channels == 16
        assert densenet_cifar(growth_rate=40, depth=190).features.conv0.out_channels == 80
        assert densenet161().features.conv0.out_channels == 2 * 48


@pytest.mark.parametrize(("builder", "size"), [(densenet121, 224), (densenet_cifar, 32)])
def test_map_sizes(builder, size):
    """Table 1: 56×56, 28×28, 14×14 and 7×7 in the blocks; for CIFAR 32×32, 16×16 and 8×8."""
    sizes = []
    with torch.device("meta"):
        model = builder().eval()
        for module in model.modules():
            if isinstance(module, DenseBlock):
                module.register_forward_hook(lambda module, inputs, out: sizes.append(out.shape[-1]))
        model(torch.empty(1, 3, size, size))
    assert sizes == ([56, 28, 14, 7] if size == 224 else [32, 16, 8])


@pytest.mark.parametrize("size", [pytest.param(64, marks=square), (45, 70)])
def test_the_net_is_that_of_torchvision(assert_same_net, size):
    """torchvision's DenseNet is the paper's: weights load, outputs and gradients are equal."""
    model = densenet121(num_classes=5, variant="torchvision")
    assert_same_net(model, torchvision.models.densenet121(num_classes=5), [size])


larger = pytest.mark.nightly("a larger size of the same net", early=True)


@pytest.mark.parametrize(
    "name",
    ["densenet121", *(pytest.param(f"densenet{size}", marks=larger) for size in (161, 169, 201))],
)
def test_weights_have_the_names_and_shapes_of_torchvision(name):
    """Every DenseNet, in its plain default, can load the weights of torchvision's net of the same name."""
    with torch.device("meta"):
        own, other = globals()[name](), getattr(torchvision.models, name)()
    assert [(k, v.shape) for k, v in own.state_dict().items()] == [
        (k, v.shape) for k, v in other.state_dict().items()
    ]


def test_dropout_follows_the_last_convolution_of_a_layer():
    """The paper drops 20 % after each convolution where it does not augment; none in evaluation."""
    layer = DenseLayer(4, 8, drop_rate=0.2)
    x = torch.randn(8, 4, 10, 10)
    dropped = (layer(x) == 0).float().mean().item()
    assert 0.15 < dropped < 0.25
    assert (layer.eval()(x) == 0).sum() == 0


@pytest.mark.parametrize(("input_size", "least"), [(224, 29), (32, 8)])
def test_a_too_small_image_says_the_least_size(input_size, least):
    """The least size is the one below which the last transition would have nothing left."""
    model = densenet121(width=1 / 16, input_size=input_size, num_classes=3).eval()
    assert model(torch.randn(1, 3, least, least)).shape == (1, 3)
    with pytest.raises(ValueError, match=f"too small for DenseNet: at least {least}×{least}"):
        model(torch.randn(1, 3, least, least - 1))
    model.least = 1
    with pytest.raises(RuntimeError):
        model(torch.randn(1, 3, least - 1, least - 1))


@pytest.mark.parametrize("size", [28, 32, 64])
def test_small_images_keep_their_size_through_the_stem(size):
    """With `input_size` below 64 the first block sees the image's own size."""
    model = densenet121(width=1 / 16, input_size=size, in_channels=1, num_classes=4)
    sizes = []
    model.features.denseblock1.register_forward_hook(lambda m, i, out: sizes.append(out.shape[-1]))
    assert model(torch.randn(2, 1, size, size)).shape == (2, 4)
    assert sizes == [size if size < 64 else 16]


def test_wrong_options_say_what_is_right():
    """A wrong option is one line that says what is allowed."""
    with pytest.raises(ValueError, match=r"depth=41 must be 6n \+ 4 with bc=True"):
        densenet_cifar(depth=41)
    with pytest.raises(ValueError, match=r"depth=41 must be 3n \+ 4 with bc=False"):
        densenet_cifar(depth=41, bc=False)
    with pytest.raises(ValueError, match=r"drop_rate=1\.5 must be at least 0 and less than 1"):
        densenet_cifar(depth=10, drop_rate=1.5)
    with pytest.raises(ValueError, match="variant='caffe' is unknown; choose from paper, torchvision"):
        densenet121(variant="caffe")
    with pytest.raises(ValueError, match="too small for DenseNetCIFAR: at least 4×4"):
        densenet_cifar(depth=10)(torch.zeros(1, 3, 3, 3))
