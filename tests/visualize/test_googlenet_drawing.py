"""GoogLeNet's drawing has the layers, sizes and heads of the paper, each to scale."""

from itertools import pairwise

import pytest
import torch
import torchvision
from matplotlib.patches import Rectangle

from course.models import describe, get_model
from course.models.googlenet import INCEPTION
from course.visualize import InceptionSlabs, googlenet_slabs, plot_googlenet, slabs

GIVES = (256, 480, 512, 512, 512, 528, 832, 832, 1024)  # Szegedy et al. 2014, Table 1


@pytest.fixture(scope="module")
def net():
    with torch.device("meta"):
        return get_model("googlenet")


@pytest.fixture(scope="module")
def rows(net):
    return describe(net, (3, 224, 224)).rows


@pytest.fixture(scope="module")
def heads(net):
    return {
        "inception4a": describe(net.aux1, (512, 14, 14)).rows,
        "inception4d": describe(net.aux2, (528, 14, 14)).rows,
    }


def test_modules_have_the_branches_of_table_1(rows):
    """Each of the nine modules: 1×1; reduction, 3×3; reduction, 5×5; pool, projection; and what they give."""
    modules = [part for part in googlenet_slabs(rows) if isinstance(part, InceptionSlabs)]
    before = 192
    for module, (name, line), gives in zip(modules, INCEPTION.items(), GIVES, strict=True):
        assert module.name == f"inception{name}"
        channels = [[slab.channels for slab in branch] for branch in module.branches]
        assert channels == [[line[0]], [*line[1:3]], [*line[3:5]], [before, line[5]]]
        assert module.joined.channels == gives == sum(branch[-1] for branch in channels)
        assert {slab.side for branch in module.branches for slab in branch} == {module.joined.side}
        before = gives


def test_it_is_22_layers_deep_and_27_with_pooling(rows):
    """ "22 layers deep when counting only layers with parameters (or 27 layers if we also count pooling)"."""
    parts = googlenet_slabs(rows)
    deep = [2 if isinstance(part, InceptionSlabs) else part.layers for part in parts]
    pooling = [part for part in parts if not isinstance(part, InceptionSlabs) and part.kind == "pooling"]
    assert sum(deep) == 22 and len(pooling) == 5
    assert "22 layers with weights one after another" in plot_googlenet(rows).alt


def test_every_row_is_drawn_to_scale_and_in_order(rows, heads):
    """Each convolution, pooling and linear layer is one slab, as wide and high as its numbers say."""
    figure = plot_googlenet(rows, heads)
    found = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    expected = slabs(rows, depth=9)  # norms are not drawn; modules have no layers of their own
    for head in heads.values():
        expected += slabs(head, depth=1)
    joined = [part.joined for part in googlenet_slabs(rows) if isinstance(part, InceptionSlabs)]
    sizes = [(slab.channels, slab.side) for slab in [*expected, *joined]]
    drawn = [(patch.get_width() ** 2 * 64, (patch.get_height() / 0.8) ** 2 * 112) for patch in found]
    assert sorted((round(width), round(height)) for width, height in drawn) == sorted(sizes)
    on_the_middle = [patch for patch in found if patch.get_y() + patch.get_height() / 2 == pytest.approx(0)]
    assert all(left.get_x() + left.get_width() < right.get_x() for left, right in pairwise(on_the_middle))


def test_heads_stand_on_4a_and_4d(rows, heads):
    """Szegedy et al. 2014, Section 5: 5×5/3 pooling to 4×4, a 1×1 convolution to 128, 1024 units, 1000."""
    figure = plot_googlenet(rows, heads)
    patches = {}
    for patch in figure.axes[0].patches:
        patches.setdefault(patch.get_gid(), []).append(patch)
    for number, name in enumerate(heads):
        sizes = [(slab.kind, slab.channels, slab.side) for slab in slabs(heads[name], depth=1)]
        assert sizes[1:] == [
            ("convolution", 128, 4),
            ("fully connected", 1024, 1),
            ("fully connected", 1000, 1),
        ]
        assert sizes[0][0] == "pooling" and sizes[0][2] == 4
        (stands,), pool = patches[name], patches["pool"][number]
        assert stands.get_x() < pool.get_x() < stands.get_x() + stands.get_width() + 1
        assert pool.get_y() > stands.get_y() + stands.get_height()


def test_torchvisions_net_has_the_same_slabs(rows):
    """Another implementation, with batch norm and 3×3 in place of 5×5: names, channels and sides agree."""
    with torch.device("meta"):
        theirs = torchvision.models.googlenet(init_weights=False, aux_logits=True)
    assert googlenet_slabs(describe(theirs, (3, 224, 224)).rows) == googlenet_slabs(rows)


def test_bad_arguments_are_one_line(rows, heads):
    """Rows of another net, and a head that stands nowhere."""
    with pytest.raises(ValueError, match="rows hold no inception module"):
        googlenet_slabs(describe(get_model("lenet5_modern"), (1, 28, 28)).rows)
    with pytest.raises(ValueError, match="heads='inception6' must stand on one of inception3a, "):
        plot_googlenet(rows, {"inception6": heads["inception4a"]})
