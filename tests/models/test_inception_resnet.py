"""Inception-ResNet: each test is a sentence of Szegedy et al. 2016 (arXiv:1602.07261)."""

import pytest
import torch
from torch import nn

from course.models import inception_resnet_v1, inception_resnet_v2
from course.models.googlenet import BasicConv2d
from course.models.inception_resnet import Concat, Reduction, ResidualInception, branch
from course.models.inception_resnet_v2 import V2

SMALL = {"num_classes": 7, "width": 1 / 8}
once_more = pytest.mark.nightly("the same for another size or a deeper net", early=True)


def shapes_of(model, names, size=299):
    x = torch.empty(1, 3, size, size)
    shapes = {}
    for name, layer in model.eval().named_children():
        x = layer(x)
        shapes[name] = tuple(x.shape[1:])
    return [shapes[name] for name in names]


STEM_AND_BLOCKS = ["repeat", "mixed_6a", "repeat_1", "mixed_7a", "repeat_2"]


def test_figure_15_gives_the_output_sizes_of_v1():
    """Figure 15: stem 35×35×256, Reduction-A 17×17×896, Reduction-B 8×8×1792, for Inception-ResNet-v1."""
    with torch.device("meta"):
        shapes = shapes_of(inception_resnet_v1(), ["conv2d_4b", *STEM_AND_BLOCKS])
    a, b, c = (256, 35, 35), (896, 17, 17), (1792, 8, 8)
    assert shapes == [a, a, b, b, c, c]


def test_the_stem_of_v2_passes_the_sizes_of_figure_3():
    """Figure 3: 147×147×64, 73×73×160, 71×71×192, 35×35×384; then 1152 and 2144 channels follow."""
    with torch.device("meta"):
        names = ["conv2d_2b", "mixed_3a", "mixed_4a", "mixed_5a", *STEM_AND_BLOCKS]
        shapes = shapes_of(inception_resnet_v2(), names)
    assert shapes[:4] == [(64, 147, 147), (160, 73, 73), (192, 71, 71), (384, 35, 35)]
    assert shapes[4:] == [(384, 35, 35), (1152, 17, 17), (1152, 17, 17), (2144, 8, 8), (2144, 8, 8)]


def convolutions(module):
    """Filters and kernels of all convolutions, in order."""
    return [(m.out_channels, *m.kernel_size) for m in module.modules() if isinstance(m, nn.Conv2d)]


def test_the_blocks_of_v1_are_those_of_figures_10_11_13():
    """Figures 10, 11, 13: filters and kernels of the branches, and a linear 1×1 to 256, 896 and 1792."""
    with torch.device("meta"):
        model = inception_resnet_v1()
    a, b, c = model.repeat[0], model.repeat_1[0], model.repeat_2[0]
    assert convolutions(a) == [
        (32, 1, 1),
        (32, 1, 1),
        (32, 3, 3),
        (32, 1, 1),
        (32, 3, 3),
        (32, 3, 3),
        (256, 1, 1),
    ]
    assert convolutions(b) == [(128, 1, 1), (128, 1, 1), (128, 1, 7), (128, 7, 1), (896, 1, 1)]
    assert convolutions(c) == [(192, 1, 1), (192, 1, 1), (192, 1, 3), (192, 3, 1), (1792, 1, 1)]
    assert [len(blocks) for blocks in (model.repeat, model.repeat_1, model.repeat_2)] == [5, 10, 5]


def test_the_blocks_of_v2_are_those_of_figures_16_17_19():
    """Figures 16, 17, 19; the figures print 1154 and 2048 where a sum needs 1152 and 2144."""
    with torch.device("meta"):
        model = inception_resnet_v2()
    a, b, c = model.repeat[0], model.repeat_1[0], model.repeat_2[0]
    assert convolutions(a) == [
        (32, 1, 1),
        (32, 1, 1),
        (32, 3, 3),
        (32, 1, 1),
        (48, 3, 3),
        (64, 3, 3),
        (384, 1, 1),
    ]
    assert convolutions(b) == [(192, 1, 1), (128, 1, 1), (160, 1, 7), (192, 7, 1), (1152, 1, 1)]
    assert convolutions(c) == [(192, 1, 1), (192, 1, 1), (224, 1, 3), (256, 3, 1), (2144, 1, 1)]
    assert [len(blocks) for blocks in (model.repeat, model.repeat_1, model.repeat_2)] == [5, 10, 5]


@pytest.mark.parametrize(
    ("builder", "k", "l", "m", "n"),
    [(inception_resnet_v1, 192, 192, 256, 384), (inception_resnet_v2, 256, 256, 384, 384)],
)
def test_table_1_gives_the_filters_of_reduction_a(builder, k, l, m, n):
    """Table 1: k, l, m, n are 192, 192, 256, 384 in v1 and 256, 256, 384, 384 in v2."""
    with torch.device("meta"):
        assert convolutions(builder().mixed_6a) == [(n, 3, 3), (k, 1, 1), (l, 3, 3), (m, 3, 3)]


def test_parameters(parameters):
    """The released net, in timm, has 55,843,464 parameters; the nets of the figures have fewer."""
    assert parameters(inception_resnet_v2, variant="timm") == 55_843_464
    assert parameters(inception_resnet_v2) == 32_433_928
    assert parameters(inception_resnet_v1) == 22_756_328


def test_parameters_of_a_block_by_hand():
    """A B-block of v2: convolutions with a batch norm each, and a linear layer with a bias."""
    block = ResidualInception(1152, V2.b, scale=0.1)
    branches = (
        (1152 * 192 + 2 * 192)
        + (1152 * 128 + 2 * 128)
        + (128 * 160 * 7 + 2 * 160)
        + (160 * 192 * 7 + 2 * 192)
    )
    assert sum(p.numel() for p in block.parameters()) == branches + 384 * 1152 + 1152


def test_v2_costs_more_than_v1(multiply_adds):
    """The paper: v1 has "roughly the computational cost of Inception-v3", v2 that of Inception-v4."""
    v1 = multiply_adds(inception_resnet_v1, size=299) / 1e9
    v2 = multiply_adds(inception_resnet_v2, size=299) / 1e9
    assert (round(v1, 1), round(v2, 1)) == (6.2, 9.3)


@pytest.mark.parametrize("training", [False, True])
def test_a_block_without_residual_is_relu_of_its_input(training):
    """With the linear layer at zero, a block passes its input on."""
    block = ResidualInception(6, [[(2, 1)], [(2, 1), (3, (1, 7)), (2, (7, 1))]], scale=0.17).train(training)
    nn.init.zeros_(block.conv2d.weight), nn.init.zeros_(block.conv2d.bias)
    x = torch.randn(2, 6, 5, 5)
    torch.testing.assert_close(block(x), x.relu())


def test_residuals_are_scaled_before_the_sum():
    """Figure 20: "scaling down the residuals before adding them to the previous layer activation"."""
    torch.manual_seed(0)
    block = ResidualInception(6, [[(2, 1)], [(3, 1), (2, 3)]], scale=0.1).eval()
    x = torch.randn(2, 6, 5, 5)
    mixed = torch.cat([block.branch0(x), block.branch1(x)], dim=1)
    torch.testing.assert_close(block(x), (x + 0.1 * block.conv2d(mixed)).relu())
    torch.testing.assert_close(block.conv2d.weight.shape, torch.Size([6, 4, 1, 1]))


def test_scales_are_between_0_1_and_0_3():
    """The paper: "we picked some scaling factors between 0.1 and 0.3"; one for A, B and C each."""
    with torch.device("meta"):
        for model in (inception_resnet_v1(), inception_resnet_v2()):
            scales = [
                {m.scale for m in model.get_submodule(name)} for name in ("repeat", "repeat_1", "repeat_2")
            ]
            assert scales == [{0.17}, {0.10}, {0.20}]
        other = inception_resnet_v1(scales=(0.1, 0.2, 0.3))
    assert [other.repeat[4].scale, other.repeat_1[9].scale, other.repeat_2[4].scale] == [0.1, 0.2, 0.3]


def test_batch_norm_is_on_convolutions_and_not_on_sums():
    """The paper: batch norm "only on top of the traditional layers, but not on top of the summations"."""
    with torch.device("meta"):
        model = inception_resnet_v1()
    basic = [m for m in model.modules() if isinstance(m, BasicConv2d)]
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    linear = [m.conv2d for m in model.modules() if isinstance(m, ResidualInception)]
    assert len(norms) == len(basic)
    assert all(conv.conv.bias is None for conv in basic)
    assert all(conv.bias is not None for conv in linear)
    assert len([m for m in model.modules() if isinstance(m, nn.Conv2d)]) == len(basic) + len(linear)


def test_v_means_valid_padding():
    """The paper: convolutions without "V" are same-padded; with it the map gets smaller."""
    x = torch.randn(1, 2, 9, 9)
    assert branch(2, [(3, 3), (3, (1, 7)), (3, (7, 1)), (3, 1)])(x).shape == (1, 3, 9, 9)
    assert branch(2, [(3, 3, 1)])(x).shape == (1, 3, 7, 7)
    assert branch(2, [(3, 3, 2)])(x).shape == (1, 3, 4, 4)


def test_reductions_keep_the_pooled_input():
    """Figures 7, 12, 18: a 3×3 max pool, stride 2, stands beside the convolutions."""
    reduction = Reduction(3, [[(4, 3, 2)], [(2, 1), (5, 3, 2)]]).eval()
    x = torch.randn(2, 3, 9, 9)
    out = reduction(x)
    assert out.shape == (2, reduction.out_channels, 4, 4) == (2, 12, 4, 4)
    torch.testing.assert_close(out[:, 9:], nn.functional.max_pool2d(x, 3, stride=2))


def test_concat_joins_along_the_channels():
    """The branches' outputs stand in the order of the branches."""
    x = torch.randn(1, 2, 4, 4)
    out = Concat(nn.Identity(), nn.ReLU())(x)
    assert torch.equal(out, torch.cat([x, x.relu()], dim=1))


@pytest.mark.nightly("outputs and gradients of a net of 56 million parameters: half a minute")
def test_variant_timm_is_the_released_net(assert_same_net):
    """With variant "timm" the weights of timm's net load, and outputs and gradients are equal."""
    timm = pytest.importorskip("timm")
    other = timm.create_model("inception_resnet_v2", num_classes=5)
    model = inception_resnet_v2(variant="timm", num_classes=5)
    model.head_drop.p = 0.0
    assert_same_net(model.double(), other.double(), [111])


def test_where_the_released_net_departs_from_the_figures():
    """The released code has 10, 20 and 9 blocks, one more without ReLU and scale, and a 1×1 to 1536."""
    with torch.device("meta"):
        model = inception_resnet_v2(variant="timm")
    assert [len(blocks) for blocks in (model.repeat, model.repeat_1, model.repeat_2)] == [10, 20, 9]
    assert model.block8.scale == 1.0 and isinstance(model.block8.relu, nn.Identity)
    assert model.conv2d_7b.conv.weight.shape == (1536, 2080, 1, 1)
    assert convolutions(model.mixed_5b)[-1] == (64, 1, 1)
    assert model.repeat[0].conv2d.out_channels == 320


BUILDERS = [
    inception_resnet_v1,
    inception_resnet_v2,
    lambda **options: inception_resnet_v2(variant="timm", **options),
]


@pytest.mark.parametrize("builder", BUILDERS, ids=["v1", "v2", "timm"])
@pytest.mark.parametrize("size", [28, pytest.param(32, marks=once_more), pytest.param(64, marks=once_more)])
def test_small_images_keep_their_size_through_the_stem(builder, size):
    """With `input_size` below 75 no layer of the stem has a stride; the A-blocks see the image's own size."""
    with torch.device("meta"):
        model = builder(**SMALL, input_size=size, in_channels=1)
        sizes = []
        model.repeat.register_forward_hook(lambda m, i, out: sizes.append(out.shape[-1]))
        assert model(torch.empty(2, 1, size, size)).shape == (2, 7)
    assert sizes == [size]


@pytest.mark.parametrize(
    "builder", [*BUILDERS[:2], pytest.param(BUILDERS[2], marks=once_more)], ids=["v1", "v2", "timm"]
)
@pytest.mark.parametrize(("input_size", "least"), [(299, 75), (32, 7)])
def test_a_too_small_image_says_the_least_size(builder, input_size, least):
    """The least size is the one below which Reduction-B would have nothing left."""
    with torch.device("meta"):
        model = builder(**SMALL, input_size=input_size).eval()
        assert model(torch.empty(1, 3, least, least)).shape == (1, 7)
        with pytest.raises(ValueError, match=f"too small for Inception-ResNet: at least {least}×{least}"):
            model(torch.empty(1, 3, least - 1, least))
        model.least = 1
        with pytest.raises(RuntimeError):
            model(torch.empty(1, 3, least - 1, least - 1))


def test_wrong_options_say_what_is_right():
    """A wrong option is one line that lists the right ones."""
    with pytest.raises(ValueError, match="variant='slim' is unknown; choose from paper, timm"):
        inception_resnet_v2(variant="slim")
    with pytest.raises(ValueError, match=r"scales=\(0.1,\) must be three numbers"):
        inception_resnet_v1(scales=(0.1,))
    with pytest.raises(ValueError, match="width=-1 must be a positive number"):
        inception_resnet_v1(width=-1)
