"""Residual nets: each test is a sentence of He et al. 2015 (arXiv:1512.03385), or of torchvision's code."""

import pytest
import torch
import torchvision
from torch import nn

from course.models import resnet18, resnet34, resnet50, resnet101, resnet152
from course.models.resnet import BasicBlock, Bottleneck, PadShortcut, PlainBlock, plain18, plain34

SMALL = {"num_classes": 7, "width": 1 / 16}
deeper = pytest.mark.nightly(
    "a deeper net of the same blocks; tests/models/test_published.py has it by day", early=True
)
square = pytest.mark.nightly(
    "square images; sides that differ and leave a rest stand for them by day", early=True
)


@pytest.mark.parametrize(
    ("builder", "billions", "printed"),
    [
        (resnet18, 1.81, 1.8),
        (resnet34, 3.66, 3.6),
        (resnet50, 3.86, 3.8),
        pytest.param(resnet101, 7.57, 7.6, marks=deeper),
        pytest.param(resnet152, 11.28, 11.3, marks=deeper),
    ],
)
def test_multiply_adds_of_table_1(multiply_adds, builder, billions, printed):
    """Table 1, FLOPs: 1.8, 3.6, 3.8, 7.6 and 11.3 · 10⁹, "multiply-adds"."""
    measured = multiply_adds(builder) / 1e9
    assert round(measured, 2) == billions
    assert abs(measured - printed) < 0.1


@pytest.mark.parametrize(
    ("builder", "options", "expected"),
    [
        (resnet18, {}, 11_689_512),
        (resnet34, {"shortcut": "A"}, 21_623_848),
        (resnet34, {"shortcut": "B"}, 21_797_672),
        (resnet34, {"shortcut": "C"}, 22_716_840),
        (resnet50, {"shortcut": "B"}, 25_557_032),
        (resnet101, {}, 44_549_160),
        (resnet152, {}, 60_192_808),
    ],
)
def test_parameters(parameters, builder, options, expected):
    """The nets have the parameters that their layers and shortcuts add up to."""
    assert parameters(builder, **options) == expected


def test_plain_net_and_option_a_are_equally_large(parameters):
    """The paper: "This option introduces no extra parameter": plain-34 has as many as ResNet-34 A."""
    assert parameters(plain34) == parameters(resnet34, shortcut="A") == 21_623_848
    assert parameters(plain18) == parameters(resnet18, shortcut="A")


def test_option_c_projects_in_all_blocks():
    """The paper: "(C) all shortcuts are projections": sixteen in ResNet-34, three in B, none in A."""
    with torch.device("meta"):
        projections = {
            option: sum(
                isinstance(block.downsample, nn.Sequential)
                for block in resnet34(shortcut=option).modules()
                if isinstance(block, BasicBlock)
            )
            for option in "ABC"
        }
    assert projections == {"A": 0, "B": 3, "C": 16}


def test_table_1_gives_the_map_sizes():
    """Table 1: conv1 112×112, conv2_x 56×56, conv3_x 28×28, conv4_x 14×14, conv5_x 7×7."""
    shapes = {}
    with torch.device("meta"):
        model = resnet50().eval()
        for name in ("conv1", "layer1", "layer2", "layer3", "layer4"):
            hook = lambda module, inputs, out, name=name: shapes.update({name: tuple(out.shape[1:])})  # noqa: E731
            getattr(model, name).register_forward_hook(hook)
        model(torch.empty(1, 3, 224, 224))
    assert list(shapes.values()) == [
        (64, 112, 112),
        (256, 56, 56),
        (512, 28, 28),
        (1024, 14, 14),
        (2048, 7, 7),
    ]


def randomise_norms(block):
    for module in block.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias)
    return block


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("block", [BasicBlock(6, 6), Bottleneck(8, 2)], ids=["basic", "bottleneck"])
def test_a_block_without_residual_is_relu_of_its_input(block, training):
    """The paper: "if an identity mapping were optimal", "push the residual to zero": y = relu(x)."""
    randomise_norms(block).train(training)
    last = block.bn3 if isinstance(block, Bottleneck) else block.bn2
    nn.init.zeros_(last.weight), nn.init.zeros_(last.bias)
    x = torch.randn(3, last.num_features, 5, 5)
    torch.testing.assert_close(block(x), x.relu())


@pytest.mark.parametrize(
    ("kind", "option"),
    [(BasicBlock, "B"), (BasicBlock, "C"), (Bottleneck, "A"), (Bottleneck, "B"), (Bottleneck, "C")],
)
def test_a_block_without_residual_is_relu_of_its_shortcut(kind, option):
    """The paper: "a linear projection W_s by the shortcut connections to match the dimensions"."""
    block = randomise_norms(kind(4, 3, stride=2, shortcut=option)).eval()
    last = block.bn3 if kind is Bottleneck else block.bn2
    nn.init.zeros_(last.weight), nn.init.zeros_(last.bias)
    x = torch.randn(2, 4, 7, 7)
    if option != "A":
        expected = block.downsample[1](nn.functional.conv2d(x, block.downsample[0].weight, stride=2))
    else:
        expected = torch.cat([x[:, :, ::2, ::2], torch.zeros(2, 8, 4, 4)], dim=1)
    torch.testing.assert_close(block(x), expected.relu())


def test_a_block_is_the_sum_of_the_residual_and_the_input():
    """The paper: "F + x is performed by a shortcut connection and element-wise addition" (Eq. 1)."""
    block = randomise_norms(BasicBlock(5, 5)).eval()
    x = torch.randn(2, 5, 6, 6)
    plain = PlainBlock(5, 5).eval()
    plain.load_state_dict(block.state_dict())
    residual = block.bn2(block.conv2(block.bn1(block.conv1(x)).relu()))
    torch.testing.assert_close(block(x), (residual + x).relu())
    torch.testing.assert_close(plain(x), residual.relu())


def test_option_a_pads_with_zeros_and_subsamples():
    """The paper: "Extra zero entries padded for increasing dimensions", "performed with a stride of 2"."""
    x = torch.randn(2, 3, 7, 6)
    out = PadShortcut(extra_channels=2, stride=2)(x)
    assert out.shape == (2, 5, 4, 3)
    assert torch.equal(out[:, :3], x[:, :, [0, 2, 4, 6]][..., [0, 2, 4]])
    assert out[:, 3:].abs().sum() == 0


@pytest.mark.parametrize("size", [pytest.param(64, marks=square), (97, 70)])
@pytest.mark.parametrize("name", ["resnet18", pytest.param("resnet50", marks=deeper)])
def test_variant_torchvision_is_the_net_of_torchvision(assert_same_net, name, size):
    """With variant "torchvision" the weights load and outputs and gradients are equal."""
    model = globals()[name](variant="torchvision", num_classes=11)
    assert_same_net(model, getattr(torchvision.models, name)(num_classes=11), [size])


@pytest.mark.parametrize(
    "name",
    ["resnet18", "resnet34", "resnet50", *(pytest.param(f"resnet{n}", marks=deeper) for n in (101, 152))],
)
def test_weights_have_the_names_and_shapes_of_torchvision(name):
    """Every ResNet can load the weights of torchvision's net of the same name."""
    with torch.device("meta"):
        own, other = globals()[name](), getattr(torchvision.models, name)()
    assert [(k, v.shape) for k, v in own.state_dict().items()] == [
        (k, v.shape) for k, v in other.state_dict().items()
    ]


def test_the_basic_nets_are_the_same_in_both_variants(assert_same_net):
    """ResNet-18 and 34 have no bottleneck: the paper's form is already torchvision's."""
    model = resnet34(variant="paper", num_classes=5, width=1 / 8)
    assert_same_net(model, resnet34(variant="torchvision", num_classes=5, width=1 / 8), [40])
    assert_same_net(resnet18(num_classes=9), torchvision.models.resnet18(num_classes=9), [33])


def test_torchvision_moves_the_stride_to_the_3x3_convolution(multiply_adds):
    """torchvision "places the stride for downsampling at 3×3 convolution", the paper in the 1×1."""
    paper, moved = resnet50(**SMALL), resnet50(**SMALL, variant="torchvision")
    first = [model.layer2[0] for model in (paper, moved)]
    assert [(b.conv1.stride, b.conv2.stride) for b in first] == [((2, 2), (1, 1)), ((1, 1), (2, 2))]
    moved.load_state_dict(paper.state_dict())
    x = torch.randn(2, 3, 64, 64)
    assert not torch.allclose(paper.eval()(x), moved.eval()(x), rtol=0.01)
    assert round(multiply_adds(resnet50, variant="torchvision") / 1e9, 2) == 4.09


@pytest.mark.parametrize(("size", "grid"), [(28, 28), (32, 32), (64, 16), (224, 56)])
def test_small_images_keep_their_size_through_the_stem(size, grid):
    """With `input_size` below 64, the stem has neither stride nor pooling; the first stage sees the image."""
    with torch.device("meta"):
        model = resnet18(**SMALL, input_size=size)
        x = torch.empty(2, 3, size, size)
        stem = model.maxpool(model.bn1(model.conv1(x)))
        assert stem.shape[-2:] == (grid, grid)
        assert model(x).shape == (2, 7)


def test_options_change_what_they_name():
    """`num_classes`, `in_channels` and `width` set the logits, the image's channels and all channels."""
    model = resnet50(num_classes=4, in_channels=1, width=0.5)
    assert model.conv1.weight.shape == (32, 1, 7, 7)
    assert model.fc.weight.shape == (4, 1024)
    assert model.layer3[0].conv2.weight.shape == (128, 128, 3, 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shortcut": "D"}, "shortcut='D' is unknown; choose from A, B, C"),
        ({"variant": "torchvison"}, r"choose from paper, torchvision \(did you mean 'torchvision'\?\)"),
        ({"width": 0}, "width=0 must be a positive number"),
        ({"num_classes": 0}, "num_classes=0 must be a whole number of at least 1"),
        ({"input_size": 0}, "input_size=0 must be a whole number"),
    ],
)
def test_wrong_options_say_what_is_right(options, message):
    """A wrong option is one line that lists the right ones."""
    for builder in (resnet18, resnet50):
        with pytest.raises(ValueError, match=message):
            builder(**options)


def test_an_image_with_other_channels_is_refused():
    """The input must have the channels the net was built for."""
    with pytest.raises(ValueError, match=r"input has shape \(2, 1, 32, 32\); ResNet needs \(N, 3, H, W\)"):
        resnet18(**SMALL)(torch.zeros(2, 1, 32, 32))
