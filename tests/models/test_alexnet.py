import pytest
import torch
import torchvision

from course.models import alexnet_towers, describe, get_model
from course.models.alexnet import AlexNet, alexnet
from course.models.alexnet_towers import TwoTowerAlexNet


def test_has_60_million_parameters(parameters):
    """The neural network has 60 million parameters: 60,965,224; without the two halves 62,378,344."""
    assert parameters(alexnet) == 60_965_224
    assert parameters(alexnet, groups=1) == 62_378_344
    assert parameters(alexnet, variant="torchvision") == 61_100_840


def test_layers_have_the_parameters_of_the_table():
    """conv1 to fc8 have the kernels of Section 3.5; conv2, conv4 and conv5 read 48, 192 and 192 maps."""
    with torch.device("meta"):
        rows = describe(alexnet(), (3, 224, 224)).rows
    counts = {row.layer.split(".")[-1]: row.parameters for row in rows if row.parameters}
    assert counts == {
        "conv1": 34_944,
        "conv2": 307_456,
        "conv3": 885_120,
        "conv4": 663_936,
        "conv5": 442_624,
        "fc6": 37_752_832,
        "fc7": 16_781_312,
        "fc8": 4_097_000,
    }
    assert 4096 * 4096 == 16_777_216 == counts["fc7"] - 4096


def test_needs_724_million_multiply_adds(multiply_adds):
    """One image costs 724 million multiply-adds in two halves and 1,135 million without."""
    assert multiply_adds(alexnet) == 724_406_816
    assert round(multiply_adds(alexnet, groups=1) / 1e6) == 1_135


def test_layers_have_the_sizes_of_figure_2():
    """The maps are 55×55×96, 27×27×256, 13×13×384, 13×13×384 and 13×13×256, then 4096, 4096, 1000."""
    with torch.device("meta"):
        rows = {row.layer.split(".")[-1]: row for row in describe(alexnet(), (3, 224, 224)).rows}
    assert [rows[f"conv{i}"].output_shape for i in range(1, 6)] == [
        (96, 55, 55),
        (256, 27, 27),
        (384, 13, 13),
        (384, 13, 13),
        (256, 13, 13),
    ]
    assert [rows[f"fc{i}"].output_shape for i in (6, 7, 8)] == [(4096,), (4096,), (1000,)]
    assert rows["pool5"].output_shape == (256, 6, 6)


def test_224_pixels_are_227_with_zeros_at_the_end():
    """The code of 2012 rounds up, so a 224×224 image gives what it gives with 3 zeros right and below."""
    small, large = (alexnet(width=1 / 8, input_size=size).eval() for size in (224, 227))
    large.load_state_dict(small.state_dict())
    x = torch.randn(1, 3, 224, 224)
    padded = torch.zeros(1, 3, 227, 227)
    padded[..., :224, :224] = x
    torch.testing.assert_close(small(x), large(padded))


@torch.no_grad()
def test_halves_meet_in_conv3_and_the_fully_connected_layers_only():
    """Kernels of layer 3 take input from all maps of layer 2, those of 2, 4 and 5 from the same GPU only."""
    net = alexnet(width=1 / 8, init="torch").eval()
    meets = {}
    for name, layer in [*net.features.named_children(), *net.classifier.named_children()]:
        if name in ("norm1", "conv2", "norm2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8"):
            linear = isinstance(layer, torch.nn.Linear)
            channels = layer.in_features if linear else getattr(layer, "in_channels", 32)
            x = torch.randn(1, channels) if linear else torch.randn(1, channels, 5, 5)
            other = x.clone()
            other[:, channels // 2 :] += 1  # the second half of the input changes
            before, after = layer(x), layer(other)
            half = before.shape[1] // 2
            meets[name] = not torch.equal(before[:, :half], after[:, :half])
    assert [name for name, met in meets.items() if met] == ["conv3", "fc6", "fc7", "fc8"]
    assert len(meets) == 9


def test_weights_start_as_the_paper_says():
    """Weights start in N(0, 0.01²); biases of conv2, conv4, conv5, fc6 and fc7 at 1, the others at 0."""
    net = alexnet(width=1 / 4)
    for name, layer in [*net.features.named_children(), *net.classifier.named_children()]:
        if isinstance(layer, torch.nn.Conv2d | torch.nn.Linear):
            assert layer.weight.std().item() == pytest.approx(0.01, rel=0.1), name
            expected = 1 if name in ("conv2", "conv4", "conv5", "fc6", "fc7") else 0
            assert (layer.bias == expected).all(), name


def test_the_code_starts_three_layers_wider():
    """The published code has 0.03, not 0.01, in conv3, conv4 and conv5."""
    features = alexnet(width=1 / 4, init="code").features
    spread = [features.get_submodule(f"conv{i}").weight.std().item() for i in range(1, 6)]
    assert spread == pytest.approx([0.01, 0.01, 0.03, 0.03, 0.03], rel=0.1)


def test_two_towers_equal_the_grouped_net():
    """Two towers with the weights of a net with two groups give its logits and its gradients."""
    net = alexnet(width=1 / 8, num_classes=6, init="torch", dropout=0).double()
    towers = TwoTowerAlexNet(net)
    x = torch.randn(2, 3, 224, 224, dtype=torch.float64)
    expected, logits = net(x), towers(x)
    torch.testing.assert_close(logits, expected)
    expected.square().sum().backward()
    logits.square().sum().backward()
    whole = dict([*net.features.named_children(), *net.classifier.named_children()])
    for half, tower in enumerate(towers.towers):
        for name, layer in tower.items():
            for parameter, gradient in layer.named_parameters():
                full = whole[name].get_parameter(parameter).grad.chunk(2)[half]
                torch.testing.assert_close(gradient.grad, full, msg=f"{name}.{parameter}")


def test_the_towers_have_all_parameters_and_nothing_twice():
    """Half of the kernels are on each GPU: the towers have 60,965,224 parameters together."""
    with torch.device("meta"):
        towers = alexnet_towers(("meta", "meta"))
    sizes = [sum(p.numel() for p in tower.parameters()) for tower in towers.towers]
    assert sizes[0] == sizes[1] == 60_965_224 // 2


def test_118_5_kilobytes_cross_for_each_image_and_direction():
    """conv3 needs 21,632 floats of the other GPU, fc6 4,608, fc7 and fc8 2,048 each: 118.5 KB per image."""
    with torch.device("meta"):
        towers = alexnet_towers(("meta", "meta"))
        towers(torch.empty(5, 3, 224, 224))
    floats = {layer: sent / 4 for layer, sent in towers.traffic.items()}
    assert floats == {"conv3": 21_632, "fc6": 4_608, "fc7": 2_048, "fc8": 2_048}
    assert sum(towers.traffic.values()) / 1024 == 118.5


def test_the_towers_live_on_their_devices():
    """The first tower is on the first device and the second on the second."""
    towers = TwoTowerAlexNet(alexnet(width=1 / 8), devices=("cpu", "meta"))
    assert {p.device.type for p in towers.towers[0].parameters()} == {"cpu"}
    assert {p.device.type for p in towers.towers[1].parameters()} == {"meta"}


def test_a_net_without_halves_cannot_be_cut():
    """Towers need two groups and an even number of classes."""
    with torch.device("meta"):
        with pytest.raises(
            ValueError, match=r"^groups=1 has no halves: the net must be built with groups=2$"
        ):
            alexnet_towers(groups=1)
        with pytest.raises(ValueError, match=r"^num_classes=3 must be even for two towers$"):
            alexnet_towers(num_classes=3)


square = pytest.mark.nightly("square images; sides that differ stand for them by day", early=True)


@pytest.mark.parametrize("size", [pytest.param(64, marks=square), (95, 110)])
def test_torchvision_has_the_single_tower_of_2014(assert_same_net, size):
    """torchvision's weights load, and outputs and gradients are equal, in both modes."""
    theirs = torchvision.models.alexnet(num_classes=7)
    with torch.device("meta"):
        ours = alexnet(variant="torchvision", num_classes=7)
    ours.to_empty(device="cpu")
    for net in (ours, theirs):  # 54 million gradients that say no more than those of the biases beside them
        net.classifier[1].weight.requires_grad_(False)
        net.classifier[4].weight.requires_grad_(False)
    assert_same_net(ours, theirs, sizes=[size])


def test_torchvision_departs_from_the_paper():
    """torchvision has other channels, no groups, no LRN, and dropout in front of fc6 and fc7."""
    with torch.device("meta"):
        theirs, ours = torchvision.models.alexnet(), alexnet()

    def layers(net, kind):
        return [layer for layer in net.modules() if isinstance(layer, kind)]

    conv = torch.nn.Conv2d
    assert [c.out_channels for c in layers(theirs, conv)] == [64, 192, 384, 256, 256]
    assert [c.out_channels for c in layers(ours, conv)] == [96, 256, 384, 384, 256]
    assert [c.groups for c in layers(theirs, conv)] == [1] * 5
    assert [c.groups for c in layers(ours, conv)] == [1, 2, 1, 2, 2]
    assert isinstance(theirs.classifier[0], torch.nn.Dropout)
    assert [name for name, _ in ours.classifier.named_children()][:3] == ["fc6", "relu6", "drop6"]


@pytest.mark.parametrize("size", [28, 32, 64, 63, 15])
def test_small_images_fit(size):
    """ImageNet's net also takes 28×28, 32×32 and 64×64 images."""
    net = alexnet(num_classes=10, in_channels=1, width=1 / 8, input_size=size)
    assert net(torch.zeros(2, 1, size, size)).shape == (2, 10)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"input_size": 14}, "input 14×14 is too small for alexnet: at least 15×15"),
        (
            {"input_size": 62, "variant": "torchvision"},
            "input 62×62 is too small for alexnet: at least 63×63",
        ),
        (
            {"variant": "vision"},
            r"variant='vision' is unknown; choose from paper, torchvision \(did you mean 'torchvision'\?\)",
        ),
        ({"init": "zero"}, "init='zero' is unknown; choose from paper, code, torch"),
        ({"groups": 3}, "groups=3 must be 1 or 2"),
        ({"width": 0}, "width=0 must be a positive number; 1 is the published net"),
        ({"num_classes": 0}, "num_classes=0 must be a whole number of at least 1"),
    ],
)
def test_wrong_options_are_refused(options, message):
    """The line says the name, the value, what is allowed, and the closest."""
    with pytest.raises(ValueError, match=f"^{message}$"):
        get_model("alexnet", **options)


def test_other_images_are_refused():
    """A net for one size says so when it gets another; torchvision's says the least."""
    with pytest.raises(ValueError, match=r"^input 64×64 does not fit this alexnet: it was built for 32×32$"):
        AlexNet(width=1 / 8, input_size=32)(torch.zeros(1, 3, 64, 64))
    with pytest.raises(ValueError, match=r"^input 62×80 is too small for alexnet: at least 63×63$"):
        alexnet(width=1 / 8, variant="torchvision")(torch.zeros(1, 3, 62, 80))
