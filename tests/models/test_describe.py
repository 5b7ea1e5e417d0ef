import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from course.models import describe, get_model


def meta(name, **options):
    with torch.device("meta"):
        return get_model(name, **options)


def fields(description):
    """Receptive field along the height, by the last part of a layer's name."""
    return {row.layer.split(".")[-1]: row.receptive_field[0] for row in description.rows}


def averaging(model):
    """A model where every unit depends, a little and positively, on all that it reads."""
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.MaxPool2d):
            parent = model.get_submodule(name.rpartition(".")[0])
            pool = nn.AvgPool2d(module.kernel_size, module.stride, module.padding, module.ceil_mode)
            setattr(parent, name.rpartition(".")[2], pool)
    for parameter in model.parameters():
        parameter.data.fill_(0.5 / parameter[0].numel() if parameter.ndim > 1 else 0.5)
    return model.double().eval()


def seen(model, layer, size, offset=0):
    """First and last row and column whose pixels have a gradient for one unit in the middle of a layer."""
    image = torch.ones(1, 3, *size, dtype=torch.float64, requires_grad=True)
    outputs = []
    hook = model.get_submodule(layer).register_forward_hook(lambda *call: outputs.append(call[-1]))
    model(image)
    hook.remove()
    _, _, height, width = outputs[0].shape
    outputs[0][:, :, height // 2 + offset, width // 2 + offset].sum().backward()
    support = image.grad[0].abs().sum(0) != 0
    rows, columns = support.any(1).nonzero(), support.any(0).nonzero()
    return [(line[0].item(), line[-1].item()) for line in (rows, columns)]


def test_lenet5_sees_5_6_14_16_and_32_pixels():
    """C1 sees 5×5 pixels, S2 6×6, C3 14×14, S4 16×16, and C5 the whole 32×32 field."""
    found = fields(describe(get_model("lenet5"), (1, 32, 32)))
    assert [found[layer] for layer in ("c1", "s2", "c3", "s4", "c5")] == [5, 6, 14, 16, 32]


def test_alexnet_sees_up_to_195_pixels():
    """conv1 to conv5 see 11, 51, 99, 131 and 163 pixels, and the poolings 19, 67 and 195."""
    found = fields(describe(meta("alexnet"), (3, 224, 224)))
    layers = ("conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5")
    assert [found[layer] for layer in layers] == [11, 19, 51, 67, 99, 131, 163, 195]


@pytest.mark.parametrize(
    ("name", "options", "size", "expected"),
    [
        ("vgg_a", {}, 224, 150),
        ("vgg_b", {}, 224, 156),
        ("vgg_c", {}, 224, 156),
        ("vgg_d", {}, 224, 212),
        ("vgg_e", {}, 224, 268),
        ("resnet18", {}, 224, 435),
        ("resnet34", {}, 224, 899),
        ("resnet50", {}, 224, 483),
        ("resnet50", {"variant": "torchvision"}, 224, 427),
        ("resnet101", {}, 224, 1027),
        ("resnet20_cifar", {}, 32, 81),
        ("resnet56_cifar", {}, 32, 249),
    ],
)
def test_the_last_map_sees(name, options, size, expected):
    """VGG A to E see 150 to 268 pixels, the largest path of ResNet-50 483 or, in version 1.5, 427."""
    assert describe(meta(name, **options), (3, size, size)).receptive_field == (expected, expected)


def test_stacked_3x3_layers_see_3_5_7_9_and_11_pixels():
    """Two 3×3 layers see 5×5, three see 7×7, and only five see 11×11."""
    stack = nn.Sequential(*[nn.Conv2d(1, 1, 3) for _ in range(5)])
    assert [row.receptive_field for row in describe(stack, (1, 32, 32)).rows] == [
        (n, n) for n in (3, 5, 7, 9, 11)
    ]


@pytest.mark.parametrize(
    ("name", "layer", "options"),
    [
        ("alexnet", "features.pool5", {"init": "torch"}),
        ("vgg_d", "features", {}),
        ("nin", "features", {}),
        ("resnet18", "layer4", {"shortcut": "A"}),
        ("resnet50", "layer3", {}),
        ("googlenet", "inception4a", {}),
        ("densenet_cifar", "features", {}),
    ],
)
def test_receptive_fields_are_where_gradients_come_from(name, layer, options):
    """A unit far from the border has a gradient for exactly the pixels of its receptive field."""
    options = {"width": 1 / 16, **options}
    if name == "densenet_cifar":
        options = {"depth": 10, "growth_rate": 2}
    rows = describe(meta(name, **options), (3, 224, 224)).rows
    row = next(row for row in reversed(rows) if row.layer.startswith(layer) and row.jump)
    side = row.receptive_field[0] + 3 * row.jump[0]
    if name in ("alexnet", "vgg_d"):
        side = 64 + 32 * (side // 32)
        options["input_size"] = side
    net = averaging(get_model(name, **options))
    (first, last), columns = seen(net, layer, (side, side))
    assert (last - first + 1, columns) == (row.receptive_field[0], (first, last))
    shifted = seen(net, layer, (side, side), offset=-1)[0]
    assert shifted == (first - row.jump[0], last - row.jump[0])


class Branches(nn.Module):
    """Two ways around each other, and every second pixel of the sum."""

    def __init__(self, left, right, step):
        super().__init__()
        self.left, self.right, self.step = left, right, step

    def forward(self, x):
        left, right = self.left(x), self.right(x)
        height, width = (min(a, b) for a, b in zip(left.shape[2:], right.shape[2:], strict=True))
        merged = torch.cat([left[:, :, :height, :width], right[:, :, :height, :width]], dim=1)
        return merged.mean(dim=1, keepdim=True)[:, :, self.step - 1 :: self.step, :: self.step]


class Shift(nn.Module):
    """The image without its first rows and columns."""

    def __init__(self, rows, columns):
        super().__init__()
        self.rows, self.columns = rows, columns

    def forward(self, x):
        return x[:, :, self.rows :, self.columns :]


sides = st.tuples(st.integers(1, 4), st.integers(1, 4))
convs = st.builds(
    lambda kernel, stride, dilation: nn.Conv2d(1, 1, kernel, stride, kernel[0] // 2, dilation),
    sides,
    sides.map(lambda stride: (min(stride[0], 2), min(stride[1], 2))),
    sides.map(lambda dilation: (1, min(dilation[1], 2))),
)
pools = st.builds(
    lambda k, s: nn.AvgPool2d(k, s or None, padding=k // 2), st.integers(1, 3), st.integers(0, 2)
)
pads = st.builds(lambda *widths: nn.ZeroPad2d(widths), *[st.integers(0, 3)] * 4)
shifts = st.builds(Shift, st.integers(0, 3), st.integers(0, 3))
same_size = st.builds(lambda k: nn.Conv2d(1, 1, k, padding="same"), st.sampled_from([1, 3, (1, 7), (7, 1)]))
arms = st.one_of(same_size, pads, shifts)
branches = st.builds(Branches, arms, arms, st.integers(1, 2))
stacks = st.lists(st.one_of(convs, pools, pads, branches), min_size=1, max_size=4)


def test_branches_that_look_elsewhere_see_more_together():
    """Padding and slicing move what a unit sees: with an unmoved branch beside it, it sees more."""
    padded = describe(Branches(nn.ZeroPad2d((3, 0, 1, 0)), nn.Identity(), 1), (1, 9, 9))
    sliced = describe(Branches(Shift(2, 4), nn.Identity(), 1), (1, 9, 9))
    assert padded.receptive_field == (2, 4)
    assert sliced.receptive_field == (3, 5)


@settings(max_examples=30, deadline=None)
@given(stacks.map(lambda layers: nn.Sequential(nn.Conv2d(3, 1, 1), *layers)))
def test_any_stack_and_branch_sees_what_its_gradients_say(stack):
    """Kernels, strides, paddings, dilations, slices and branches: the arithmetic agrees with gradients."""
    size = (300, 320)
    row = [row for row in describe(stack, (3, *size)).rows if row.jump][-1]
    averaging(stack)
    (top, bottom), (left, right) = seen(stack, "", size)
    assert (bottom - top + 1, right - left + 1) == row.receptive_field
    moved = seen(stack, "", size, offset=-1)
    assert moved == [(top - row.jump[0], bottom - row.jump[0]), (left - row.jump[1], right - row.jump[1])]


later = pytest.mark.nightly("a large net; the others stand for it by day", early=True)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("lenet1", {}),
        ("lenet5", {}),
        ("alexnet", {}),
        ("alexnet", {"variant": "torchvision"}),
        ("vgg_a_lrn", {}),
        ("vgg_e", {"batch_norm": True}),
        ("nin", {}),
        ("googlenet", {}),
        ("resnet34", {"shortcut": "C"}),
        ("resnet50", {}),
        ("preact_resnet20_cifar", {}),
        pytest.param("inception_resnet_v1", {}, marks=later),
        pytest.param("densenet121", {}, marks=later),
    ],
)
def test_multiply_adds_are_half_of_torchs_flops(name, options):
    """torch's own counter calls every multiply-add two FLOPs, and finds twice as many."""
    model = meta(name, **options).eval()
    sizes = {"lenet1": (1, 28, 28), "lenet5": (1, 32, 32), "inception_resnet_v1": (3, 299, 299)}
    size = sizes.get(name, (3, 32, 32) if "cifar" in name or name == "nin" else (3, 224, 224))
    description = describe(model, size)
    with FlopCounterMode(display=False) as counter:
        model(torch.empty(1, *size, device="meta"))
    assert 2 * description.multiply_adds == counter.get_total_flops() > 0
    assert description.parameters == sum(p.numel() for p in model.parameters())


def test_memory_counts_each_array_once():
    """An activation costs its bytes; ReLU in place, dropout at rest and flattening cost nothing."""
    net = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.ReLU(),
        nn.Dropout(),
        nn.Flatten(),
        nn.Linear(8 * 16, 5),
    )
    rows = describe(net, (3, 4, 4)).rows
    assert [row.activation_bytes for row in rows] == [512, 0, 512, 0, 0, 20]
    assert describe(net.double(), (3, 4, 4)).rows[0].activation_bytes == 1024


def test_work_between_the_children_gets_a_row_of_its_own():
    """A concatenation in a module's forward, or a parameter of its own, is a row with the module's name."""
    rows = describe(Branches(nn.Conv2d(1, 2, 1), nn.Conv2d(1, 3, 1), 1), (1, 4, 4)).rows
    assert [row.layer for row in rows] == ["left", "right", ""]
    assert rows[2].activation_bytes == 4 * (5 * 16 + 16)
    assert rows[2].output_shape == (1, 4, 4)


def test_a_layer_that_is_called_twice_counts_its_parameters_once():
    """Two calls are two rows, and the weights are there once."""
    layer = nn.Conv2d(1, 1, 3)
    description = describe(nn.Sequential(layer, layer), (1, 9, 9))
    assert [row.parameters for row in description.rows] == [10, 0]
    assert [row.receptive_field for row in description.rows] == [(3, 3), (5, 5)]
    assert description.parameters == 10


def test_parts_that_run_only_in_training_are_named_in_the_caption():
    """GoogLeNet's auxiliary classifiers are in the sum, but in no row."""
    description = describe(meta("googlenet"), (3, 224, 224))
    assert description.parameters == 13_378_280
    assert sum(row.parameters for row in description.rows) == 6_998_552
    assert "6,379,728 of the parameters are not used in evaluation mode" in str(description)


def test_the_model_stays_as_it_is():
    """Weights, modes, statistics and hooks are the same afterwards, also when the model refuses the image."""
    model = get_model("vgg_a", width=1 / 16, input_size=32, batch_norm=True)
    model.features.eval()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    modes = [module.training for module in model.modules()]
    describe(model, (3, 32, 32))
    with pytest.raises(ValueError, match=r" input 64×64 does not fit this vgg: it was built for 32×32$"):
        describe(model, (3, 64, 64))
    assert [module.training for module in model.modules()] == modes
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_text_is_a_table():
    """The text has a header, a line for each layer and the sums."""
    lines = str(describe(meta("alexnet"), (3, 224, 224))).splitlines()
    assert lines[0] == "AlexNet, one image of 3×224×224"
    assert lines[2].split("  ")[0] == "layer"
    conv1 = next(line for line in lines if line.startswith("features.conv1"))
    assert conv1.split()[1:] == ["Conv2d", "96×55×55", "34,944", "105,415,200", "1,134.4", "11", "4"]
    assert lines[-1].split()[:3] == ["together", "60,965,224", "724,406,816"]
    assert len({len(line) for line in lines if line.startswith("-")}) == 1


def test_html_is_a_table_with_escaped_text():
    """A notebook gets a table with the same cells; names cannot break it."""

    class Odd(nn.Sequential):
        pass

    Odd.__name__ = "<b>Odd</b>"
    html = describe(Odd(nn.Conv2d(1, 2, (1, 7))), (1, 9, 9))._repr_html_()
    assert html.startswith("<table><caption>&lt;b&gt;Odd&lt;/b&gt;, one image of 1×9×9</caption>")
    assert html.count("<tr>") == 3
    assert ">1×7</td>" in html


@pytest.mark.parametrize("size", [(224, 224), (1, 3, 224, 224), (3, 0, 5), (3, 2.5, 5)])
def test_a_size_that_is_no_image_is_refused(size):
    """The size of an image is channels, height and width."""
    with pytest.raises(ValueError, match=r"^input_size=.* must be \(channels, height, width\) of one image"):
        describe(nn.Conv2d(3, 1, 1), size)
