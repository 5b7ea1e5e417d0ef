"""GoogLeNet: each test is a sentence of Szegedy et al. 2014 (arXiv:1409.4842), or of torchvision's code."""

import pytest
import torch
import torch.nn.functional as F
import torchvision
from torch import nn

from course.models.googlenet import (
    INCEPTION,
    GoogLeNetOutputs,
    Inception,
    InceptionAux,
    googlenet,
    googlenet_loss,
)

MODULES = {
    "3a": 163_696,
    "3b": 388_736,
    "4a": 376_176,
    "4b": 449_160,
    "4c": 510_104,
    "4d": 605_376,
    "4e": 868_352,
    "5a": 1_043_456,
    "5b": 1_444_080,
}
GRIDS = {
    **dict.fromkeys(("3a", "3b"), 28),
    **dict.fromkeys(("4a", "4b", "4c", "4d", "4e"), 14),
    **dict.fromkeys(("5a", "5b"), 7),
}
square = pytest.mark.nightly(
    "square images; sides that differ and leave a rest stand for them by day", early=True
)
DEPTHS = dict(zip(MODULES, (256, 480, 512, 512, 512, 528, 832, 832, 1024), strict=True))


def test_parameters(parameters):
    """The main net has 6,998,552 parameters, with the two auxiliary classifiers 13,378,280."""
    assert parameters(googlenet, aux_logits=False) == 6_998_552
    assert parameters(googlenet) == 13_378_280
    assert parameters(googlenet, aux_logits=False, variant="torchvision") == 6_624_904


@pytest.mark.parametrize(("name", "expected"), MODULES.items())
def test_parameters_of_a_module(name, expected):
    """Each inception module has the parameters that its line of Table 1 adds up to."""
    with torch.device("meta"):
        module = getattr(googlenet(), f"inception{name}")
    assert sum(p.numel() for p in module.parameters()) == expected


def test_table_1_gives_the_output_sizes():
    """Table 1, "output size": 28×28×256 after 3a, ..., 7×7×1024 after 5b."""
    shapes = {}
    with torch.device("meta"):
        model = googlenet().eval()
        for name in INCEPTION:
            hook = lambda module, inputs, out, name=name: shapes.update({name: tuple(out.shape[1:])})  # noqa: E731
            getattr(model, f"inception{name}").register_forward_hook(hook)
        model(torch.empty(1, 3, 224, 224))
    assert shapes == {name: (DEPTHS[name], GRIDS[name], GRIDS[name]) for name in INCEPTION}


def test_the_net_is_22_layers_deep():
    """The paper: "The network is 22 layers deep when counting only layers with parameters"."""
    with torch.device("meta"):
        model = googlenet()
    stem = [model.conv1, model.conv2, model.conv3]
    longest_path = len(stem) + 2 * len(INCEPTION) + len([model.fc])
    assert longest_path == 22


def test_the_5x5_branch_sees_5x5_pixels():
    """The paper: "filter sizes 1×1, 3×3 and 5×5"; torchvision's 5×5 branch sees 3×3, "a known bug"."""

    def seen(variant):
        branch = Inception(2, 1, 1, 1, 2, 1, 1, variant=variant).eval().branch3
        for parameter in branch.parameters():
            nn.init.constant_(parameter, 0.5)
        x = torch.ones(1, 2, 9, 9, requires_grad=True)
        branch(x)[0, 0, 4, 4].backward()
        return (x.grad[0, 0] != 0).sum().item()

    assert seen("paper") == 25
    assert seen("torchvision") == 9


def test_a_module_concatenates_its_four_branches():
    """The paper: "output filter banks concatenated into a single output vector"."""
    torch.manual_seed(0)
    module = Inception(4, 2, 3, 5, 2, 3, 4)
    x = torch.randn(2, 4, 7, 7)

    def conv(layer, x, **kwargs):
        return F.conv2d(x, layer.conv.weight, layer.conv.bias, **kwargs).relu()

    expected = [
        conv(module.branch1, x),
        conv(module.branch2[1], conv(module.branch2[0], x), padding=1),
        conv(module.branch3[1], conv(module.branch3[0], x), padding=2),
        conv(module.branch4[1], F.max_pool2d(x, 3, stride=1, padding=1)),
    ]
    torch.testing.assert_close(module(x), torch.cat(expected, dim=1))


def test_the_head_averages_5x5_patches_with_stride_3():
    """The paper: "An average pooling layer with 5×5 filter size and stride 3", to a 4×4 map."""
    head = InceptionAux(6, 10, width=1 / 16).eval()
    x = torch.randn(2, 6, 14, 14)
    pooled = torch.stack(
        [x[..., i : i + 5, j : j + 5].mean((2, 3)) for i in (0, 3, 6, 9) for j in (0, 3, 6, 9)]
    )
    pooled = pooled.permute(1, 2, 0).reshape(2, 6, 4, 4)
    hidden = head.fc1(F.relu(head.conv.conv(pooled)).flatten(1)).relu()
    torch.testing.assert_close(head(x), head.fc2(hidden))
    other = InceptionAux(6, 10, width=1 / 16, variant="torchvision")
    assert head.dropout.p == other.dropout.p == 0.7
    assert other.eval()(x).shape == (2, 10)


def test_heads_have_the_layers_of_section_5():
    """The paper: a 1×1 convolution "with 128 filters", "1024 units", "predicting the same 1000 classes"."""
    with torch.device("meta"):
        model = googlenet()
    for head, channels in ((model.aux1, 512), (model.aux2, 528)):
        assert head.conv.conv.weight.shape == (128, channels, 1, 1)
        assert head.fc1.weight.shape == (1024, 4 * 4 * 128)
        assert head.fc2.weight.shape == (1000, 1024)


def test_heads_run_in_training_only():
    """The paper: "At inference time, these auxiliary networks are discarded"."""
    model = googlenet(num_classes=6, width=1 / 16, input_size=32)
    x = torch.randn(2, 3, 32, 32)
    outputs = model(x)
    assert isinstance(outputs, GoogLeNetOutputs)
    assert [out.shape for out in outputs] == 3 * [(2, 6)]
    assert model.eval()(x).shape == (2, 6)
    assert googlenet(num_classes=6, width=1 / 16, input_size=32, aux_logits=False)(x).shape == (2, 6)


def test_heads_stand_on_4a_and_4d():
    """The paper: classifiers "put on top of the output of the Inception (4a) and (4d) modules"."""
    torch.manual_seed(0)
    model = googlenet(num_classes=3, width=1 / 16, input_size=32)
    outputs = model(torch.randn(2, 3, 32, 32))

    def reached(logits):
        model.zero_grad(set_to_none=True)
        logits.square().sum().backward(retain_graph=True)
        return {n for n in INCEPTION if getattr(model, f"inception{n}").branch1.conv.weight.grad is not None}

    assert reached(outputs.aux_logits1) == {"3a", "3b", "4a"}
    assert reached(outputs.aux_logits2) == {"3a", "3b", "4a", "4b", "4c", "4d"}
    assert reached(outputs.logits) == set(INCEPTION)


def test_the_loss_weights_the_heads_by_0_3():
    """The paper: "the losses of the auxiliary classifiers were weighted by 0.3"."""
    logits, target = torch.randn(3, 4, 5), torch.tensor([0, 2, 4, 1])
    main, aux2, aux1 = (F.cross_entropy(item, target) for item in logits)
    loss = googlenet_loss(GoogLeNetOutputs(*logits), target)
    torch.testing.assert_close(loss, main + 0.3 * aux1 + 0.3 * aux2)
    torch.testing.assert_close(googlenet_loss(logits[0], target), main)


def test_local_response_norm_is_caffes():
    """Fig. 3 has LocalRespNorm after the first pooling and before the second; the constants are Caffe's."""
    model = googlenet(width=1 / 8)
    caffe = nn.LocalResponseNorm(size=5, alpha=1e-4, beta=0.75, k=1.0)
    x = 30 * torch.randn(2, 9, 6, 5)
    for norm in (model.norm1, model.norm2):
        torch.testing.assert_close(norm(x), caffe(x))
    assert not torch.allclose(caffe(x), x, rtol=0.01)


def test_the_order_of_the_stem():
    """Fig. 3: Conv 7×7, MaxPool, LocalRespNorm, Conv 1×1, Conv 3×3, LocalRespNorm, MaxPool."""
    stem = ["conv1", "maxpool1", "norm1", "conv2", "conv3", "norm2", "maxpool2", "inception3a"]
    called = []
    with torch.device("meta"):
        model = googlenet(width=1 / 16).eval()
        for name in reversed(stem):
            getattr(model, name).register_forward_hook(lambda m, i, out, name=name: called.append(name))
        model(torch.empty(1, 3, 64, 64))
    assert called == stem


@pytest.mark.parametrize("size", [pytest.param(64, marks=square), (80, 51)])
def test_variant_torchvision_is_the_net_of_torchvision(assert_same_net, size):
    """With variant "torchvision" weights load, outputs and gradients are equal, auxiliary logits too."""
    other = torchvision.models.googlenet(num_classes=10, init_weights=False)
    assert_same_net(googlenet(variant="torchvision", num_classes=10), other, [size])


@pytest.mark.nightly("the same without heads; with them by day", early=True)
def test_variant_torchvision_without_heads(assert_same_net):
    """The two nets are also equal without auxiliary classifiers."""
    other = torchvision.models.googlenet(num_classes=4, init_weights=False, aux_logits=False)
    model = googlenet(variant="torchvision", num_classes=4, aux_logits=False)
    assert_same_net(model, other, [33])


def test_where_torchvision_departs_from_the_paper():
    """torchvision has batch norm, no LRN, 2×2 in the fourth pooling and 20 % dropout."""
    paper, other = googlenet(width=1 / 16), googlenet(width=1 / 16, variant="torchvision")

    def norms(model):
        return sum(isinstance(m, nn.BatchNorm2d) for m in model.modules())

    assert (norms(paper), norms(other)) == (0, 3 + 6 * 9 + 2)
    assert (paper.maxpool4.kernel_size, other.maxpool4.kernel_size) == (3, 2)
    assert (paper.dropout.p, other.dropout.p) == (0.4, 0.2)
    assert paper.conv1.conv.bias is not None and other.conv1.conv.bias is None
    assert isinstance(other.norm1, nn.Identity) and isinstance(other.norm2, nn.Identity)


def test_28_pixels_run_on_the_grids_of_the_paper():
    """With `input_size=28` the modules see 28×28, 14×14 and 7×7, as the paper's do from 224×224."""
    shapes = []
    with torch.device("meta"):
        model = googlenet(input_size=28).eval()
        for name in INCEPTION:
            hook = lambda module, inputs, out: shapes.append(out.shape[-1])  # noqa: E731
            getattr(model, f"inception{name}").register_forward_hook(hook)
        model(torch.empty(1, 3, 28, 28))
    assert shapes == list(GRIDS.values())


@pytest.mark.parametrize(
    ("variant", "input_size", "least"),
    [("paper", 224, 31), ("torchvision", 224, 15), ("paper", 32, 4), ("torchvision", 32, 2)],
)
def test_a_too_small_image_says_the_least_size(variant, input_size, least):
    """The least size is the one below which a pooling would have nothing left."""
    model = googlenet(width=1 / 16, variant=variant, input_size=input_size, num_classes=3).eval()
    assert model(torch.randn(1, 3, least, least)).shape == (1, 3)
    with pytest.raises(ValueError, match=f"too small for GoogLeNet: at least {least}×{least}"):
        model(torch.randn(1, 3, least - 1, least))
    model.least = 1
    with pytest.raises(RuntimeError):
        model(torch.randn(1, 3, least - 1, least - 1))


@pytest.mark.parametrize("width", [1 / 8, 1])
def test_the_signal_neither_dies_nor_explodes(width):
    """Without batch norm the initialisation alone must carry the signal through 22 layers."""
    torch.manual_seed(0)
    model = googlenet(num_classes=10, width=width, input_size=32)
    outputs = model(torch.randn(4, 3, 32, 32))
    assert all(0.05 < logits.std() < 5 for logits in outputs)
    assert all(logits.std(dim=0).mean() > 0.01 for logits in outputs), "the images all look the same"


def test_options_change_what_they_name():
    """`num_classes`, `in_channels` and `width` set the logits, the image's channels and all channels."""
    model = googlenet(num_classes=5, in_channels=1, width=0.5)
    assert model.conv1.conv.weight.shape == (32, 1, 7, 7)
    assert model.inception5b.out_channels == 512
    assert model.fc.weight.shape == (5, 512)


def test_a_wrong_variant_lists_the_right_ones():
    """A wrong option is one line that lists the right ones and the closest."""
    with pytest.raises(ValueError, match=r"variant='papr' is unknown.*did you mean 'paper'"):
        googlenet(variant="papr")
