"""Drawings of whole nets: slabs are what the papers count, and the picture is to scale."""

import pytest
from matplotlib.patches import Rectangle

from course.models import describe, get_model
from course.visualize import plot_nets, slabs


def of(name, depth=2, without=(), size=224):
    return slabs(describe(get_model(name), (3, size, size)).rows, depth, without)


@pytest.fixture(scope="module")
def nets():
    return {name: of(name) for name in ("vgg_e", "plain34", "resnet34")}


def test_layers_are_counted_as_the_papers_count_them(nets):
    """VGG-19 has 19, plain-34 and ResNet-34 have 34: projections of shortcuts do not count."""
    assert [sum(slab.layers for slab in net) for net in nets.values()] == [19, 34, 34]


def test_slabs_are_the_rows_of_the_papers_table(nets):
    """He et al. 2015, Table 1: 3, 4, 6 and 3 blocks of two layers, at 56, 28, 14 and 7 pixels."""
    blocks = [(slab.channels, slab.side, slab.layers) for slab in nets["resnet34"] if slab.kind == "block"]
    assert blocks == [(64, 56, 2)] * 3 + [(128, 28, 2)] * 4 + [(256, 14, 2)] * 6 + [(512, 7, 2)] * 3


def test_googlenets_modules_are_slabs():
    """Szegedy et al. 2015, Table 1: nine inception modules, and the channels that they give."""
    blocks = [slab.channels for slab in of("googlenet", depth=1, without=("aux",)) if slab.kind == "block"]
    assert blocks == [256, 480, 512, 512, 512, 528, 832, 832, 1024]


def test_the_picture_is_to_scale(nets):
    """Heights are as the roots of sides, widths as the roots of channels, in all nets alike."""
    figure = plot_nets(nets, {"resnet34": "layer"})
    for axes, net in zip(figure.axes, nets.values(), strict=True):
        drawn = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
        assert len(drawn) == len(net)
        for patch, slab in zip(drawn, net, strict=True):
            assert patch.get_height() == pytest.approx((slab.side / 224) ** 0.5)
            assert patch.get_width() == pytest.approx((slab.channels / 64) ** 0.5)
    arcs = [len(axes.patches) - len(net) for axes, net in zip(figure.axes, nets.values(), strict=True)]
    assert arcs == [0, 0, 16]
    assert "resnet34: convolution 64 at 112×112, pooling 64 at 56×56, 3 × block 64 at 56×56" in figure.alt


def test_bad_arguments_are_one_line(nets):
    """Argument, value and what is allowed."""
    with pytest.raises(ValueError, match="depth=0 must be at least 1"):
        slabs([], depth=0)
    with pytest.raises(ValueError, match="rows hold no convolution"):
        slabs([])
    with pytest.raises(ValueError, match="must be one to six nets"):
        plot_nets({})
