"""Drawings of whole nets: slabs are what the papers count, and the picture is to scale."""

import pytest
import torch
from matplotlib.patches import Arc

from course.models import alexnet_towers, describe, get_model
from course.models.alexnet_towers import MEETING_POINTS
from course.visualize import plot_nets, slabs


def of(name, depth=2, without=(), size=(3, 224, 224), image=None):
    with torch.device("meta"):  # shapes alone
        return slabs(describe(get_model(name), size).rows, depth, without, image)


def drawn(figure):
    """Width and height of each slab, by its name, in inches and in the picture's own unit."""
    (axes,) = figure.axes
    found = {patch.get_gid(): patch for patch in axes.patches if not isinstance(patch, Arc)}
    return {name: (patch.get_width(), patch.get_height()) for name, patch in found.items()}


@pytest.fixture(scope="module")
def nets():
    depths = {"vgg_e": 2, "plain34": 3, "resnet34": 3}
    return {name: of(name, depth) for name, depth in depths.items()}


def test_layers_are_counted_as_the_papers_count_them(nets):
    """VGG-19 has 19, plain-34 and ResNet-34 have 34: a shortcut's projection is no layer of them."""
    assert [sum(slab.layers for slab in net) for net in nets.values()] == [19, 34, 34]
    assert [slab[1:] for slab in nets["plain34"]] == [slab[1:] for slab in nets["resnet34"]]


def test_slabs_are_the_rows_of_the_papers_table(nets):
    """He et al. 2015, Table 1: 3, 4, 6 and 3 blocks of two layers, at 56, 28, 14 and 7 pixels."""
    expected = [(64, 56)] * 3 + [(128, 28)] * 4 + [(256, 14)] * 6 + [(512, 7)] * 3
    blocks = [(slab.channels, slab.side, slab.layers) for slab in of("resnet34") if slab.kind == "block"]
    assert blocks == [(*size, 2) for size in expected]
    layers = [(slab.channels, slab.side) for slab in nets["resnet34"] if slab.name.startswith("layer")]
    assert layers == [size for size in expected for _ in range(2)]


def test_lenet5_is_figure_2_of_its_paper():
    """LeCun et al. 1998: C1 6@28×28, S2 6@14×14, C3 16@10×10, S4 16@5×5, C5 120, F6 84, output 10."""
    net = of("lenet5", size=(1, 32, 32), image=(1, 32, 32))
    assert [(slab.name, slab.kind, slab.channels, slab.side) for slab in net] == [
        ("image", "image", 1, 32),
        ("c1", "convolution", 6, 28),
        ("s2", "pooling", 6, 14),
        ("c3", "convolution", 16, 10),
        ("s4", "pooling", 16, 5),
        ("c5", "convolution", 120, 1),
        ("f6", "fully connected", 84, 1),
        ("output", "fully connected", 10, 1),
    ]
    texts = [text.get_text() for text in plot_nets({"LeNet-5": net}).axes[0].texts]
    assert texts[1:] == ["6\n@28", "6\n@14", "16\n@10", "16\n@5", "120", "84", "10"]


def test_the_picture_is_to_scale(nets):
    """Heights are as the roots of sides, widths as the roots of channels, in all nets alike."""
    figure = plot_nets(nets)
    found = drawn(figure)
    assert len(found) == sum(map(len, nets.values()))
    for name, net in nets.items():
        for slab in net:
            width, height = found[f"{name}: {slab.name}"]
            assert width == pytest.approx((slab.channels / 64) ** 0.5)
            assert height == pytest.approx(0.8 * (slab.side / 224) ** 0.5)
    assert "resnet34: convolution 64 at 112×112, pooling 64 at 56×56, 6 × convolution 64 at" in figure.alt


@pytest.mark.parametrize("depth", [2, 3])
def test_a_shortcut_leads_around_each_block(nets, depth):
    """16 of them in ResNet-34; He et al., Figure 3: dotted where the dimensions increase, so 3."""
    figure = plot_nets(
        {"plain34": nets["plain34"], "ResNet-34": of("resnet34", depth)}, {"ResNet-34": "layer"}
    )
    arcs = [patch for patch in figure.axes[0].patches if isinstance(patch, Arc)]
    dashed = [arc.get_gid() for arc in arcs if arc.get_linestyle() not in ("-", "solid")]
    assert len(arcs) == 16
    assert dashed == [f"shortcut: layer{stage}.0" for stage in (2, 3, 4)]


def test_alexnets_halves_are_the_two_towers():
    """Krizhevsky et al. 2012, Figure 2: each half has the slabs of one GPU; they meet at four layers."""
    net = of("alexnet", image=(3, 224, 224))
    figure = plot_nets({"AlexNet": net}, halves={"AlexNet": MEETING_POINTS})
    found = drawn(figure)
    rows = describe(alexnet_towers(("meta", "meta")), (3, 224, 224)).rows
    for number in (0, 1):
        tower = slabs([row for row in rows if row.layer.startswith(f"towers.{number}.")], depth=3)
        for slab in tower:
            name = next(each.name for each in net if each.name.endswith(slab.name.split(".")[-1]))
            width, height = found[f"AlexNet: {name}, half {number + 1}"]
            assert width == pytest.approx((slab.channels / 64) ** 0.5)
            assert height == pytest.approx(0.8 * (slab.side / 224) ** 0.5)
    assert len(found) == 1 + 2 * (len(net) - 1)
    assert len([text for text in figure.axes[0].texts if text.get_text() == ""]) == 2 + 2 * len(
        MEETING_POINTS
    )
    assert "convolution 2 × 48 at 55×55" in figure.alt and "2 × fully connected 2 × 2048" in figure.alt


def test_nothing_is_written_over_another(nets):
    """No two labels of ResNet-34, plain-34 and VGG-19 overlap, and none leaves the picture."""
    figure = plot_nets(nets, {"resnet34": "layer"}, "A title")
    renderer = figure.finish().get_renderer()
    figure.draw_without_rendering()
    boxes = [text.get_window_extent(renderer) for text in figure.axes[0].texts]
    width, height = figure.canvas.get_width_height()
    for number, box in enumerate(boxes):
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height
        assert not any(box.overlaps(other) for other in boxes[:number])


def test_bad_arguments_are_one_line(nets):
    """Argument, value and what is allowed."""
    with pytest.raises(ValueError, match="depth=0 must be at least 1"):
        slabs([], depth=0)
    with pytest.raises(ValueError, match="rows hold no convolution"):
        slabs([])
    with pytest.raises(ValueError, match="must be one to six nets"):
        plot_nets({})
    with pytest.raises(
        ValueError, match="halves='AlexNet' must be one of the nets: vgg_e, plain34, resnet34"
    ):
        plot_nets(nets, halves={"AlexNet": ()})
    with pytest.raises(ValueError, match="shortcuts='ResNet' must be one of the nets"):
        plot_nets(nets, {"ResNet": "layer"})
