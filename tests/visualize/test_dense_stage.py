"""A dense block with its transition: what is drawn is what the block computes."""

from itertools import pairwise

import pytest
import torch
import torchvision
from matplotlib.patches import Rectangle

from course.models import describe, get_model
from course.models.densenet_cifar import densenet_cifar
from course.visualize import dense_stage, plot_dense_stage

SIZE = (3, 224, 224)


@pytest.fixture(scope="module")
def rows():
    with torch.device("meta"):  # shapes alone
        return describe(get_model("densenet121"), SIZE).rows


def test_blocks_of_densenet121_are_those_of_table_1(rows):
    """Huang et al. 2016: 6, 12, 24 and 16 layers of k = 32 with 4 k in front; a transition keeps half."""
    for block, (layers, k0, side) in enumerate([(6, 64, 56), (12, 128, 28), (24, 256, 14), (16, 512, 7)], 1):
        stage = dense_stage(rows, block)
        assert stage.groups == (k0, *[32] * layers) and stage.hidden == (128,) * layers
        assert stage.reads == tuple(k0 + 32 * (layer - 1) for layer in range(1, layers + 1))
        halved = (sum(stage.groups) // 2, side // 2) if block < 4 else (None, None)
        assert stage.side == side and (stage.transition, stage.transition_side) == halved


def test_torchvisions_net_gives_the_same(rows):
    """Another implementation, which joins the maps inside its layers."""
    with torch.device("meta"):
        theirs = describe(torchvision.models.densenet121(), SIZE).rows
    assert [dense_stage(theirs, block) for block in (1, 4)] == [dense_stage(rows, block) for block in (1, 4)]


def test_a_net_without_bottlenecks():
    """DenseNet (L = 40, k = 12) on CIFAR: layers of one convolution; the transition keeps all channels."""
    rows = describe(densenet_cifar(depth=40, growth_rate=12, bc=False), (3, 32, 32)).rows
    stage = dense_stage(rows)
    assert stage.groups == (16, *[12] * 12) and stage.hidden == (0,) * 12
    assert (stage.transition, stage.transition_side) == (160, 16)


def test_every_concatenation_is_drawn_in_proportion(rows):
    """Before each layer and at the end: stripes side by side, as wide as the channels that each one gave."""
    stage = dense_stage(rows)
    figure = plot_dense_stage(stage)
    found = {p.get_gid(): p for p in figure.axes[0].patches if isinstance(p, Rectangle)}
    for number in range(1, len(stage.groups) + 1):
        stripes = [found[f"concatenation {number}, x{giver}"] for giver in range(number)]
        assert [stripe.get_width() for stripe in stripes] == list(stage.groups[:number])
        for left, right in pairwise(stripes):
            assert left.get_x() + left.get_width() == pytest.approx(right.get_x())
    heights = [found[f"transition, {name}"].get_height() for name in ("1×1", "pool")]
    assert heights == [1.0, 0.5]
    assert [found[f"H{number}, 1×1"].get_width() for number in range(1, 7)] == [128] * 6
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert [text for text in texts if text.endswith("@56")] == [
        *[f"{channels}\n@56" for channels in (64, 96, 128, 160, 192, 224, 256)], "128\n@56"
    ]  # fmt: skip
    assert "read 64, 96, 128, 160, 192, 224 channels; together 256 leave the block" in figure.alt


def test_an_unknown_block_is_one_line(rows):
    """The line lists the blocks that are there."""
    with pytest.raises(ValueError, match="block=5 must be one of the dense blocks: 1, 2, 3, 4"):
        dense_stage(rows, 5)
