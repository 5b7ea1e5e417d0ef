"""Inception-ResNet-v2 (Szegedy et al. 2016, arXiv:1602.07261, Fig. 3, 7, 15 to 19, Table 1).

    stem (Fig. 3)        3×3, 32, /2 V · 3×3, 32, V · 3×3, 64 ·
                         [3×3 max pool, /2 V | 3×3, 96, /2 V] ·
                         [1×1, 64 · 3×3, 96, V | 1×1, 64 · 7×1, 64 · 1×7, 64 · 3×3, 96, V] ·
                         [3×3, 192, /2 V | 3×3 max pool, /2 V]                         35×35×384
    5 × A (Fig. 16)      1×1, 32 | 1×1, 32 · 3×3, 32 | 1×1, 32 · 3×3, 48 · 3×3, 64     35×35×384
    Reduction-A (Fig. 7) 3×3, n = 384, /2 V | 1×1, k = 256 · 3×3, l = 256 · 3×3, m = 384, /2 V | pool
                                                                                       17×17×1152
    10 × B (Fig. 17)     1×1, 192 | 1×1, 128 · 1×7, 160 · 7×1, 192                     17×17×1152
    Reduction-B (Fig. 18) 1×1, 256 · 3×3, 384, /2 V | 1×1, 256 · 3×3, 288, /2 V |
                         1×1, 256 · 3×3, 288 · 3×3, 320, /2 V | pool                   8×8×2144
    5 × C (Fig. 19)      1×1, 192 | 1×1, 192 · 1×3, 224 · 3×1, 256                     8×8×2144
    average pool, dropout (keep 0.8), linear, softmax                                  1000

The figures do not quite add up: the linear layer of B is printed with 1154 filters and that of C with
2048, but a sum needs the 1152 and 2144 of its input. This file has 1152 and 2144.

The net that Google released under this name (TF-slim, in timm `inception_resnet_v2`) is another one,
`variant="timm"`, with 55,843,464 parameters. Where it departs from the figures: the stem is that of v1
up to 192 channels, then a max pool and one plain Inception module of 320; the blocks repeat 10, 20 and
9 times; a last C-block has scale 1 and no ReLU; a 1×1 convolution to 1536 stands before the pooling.
Its scales 0.17, 0.10 and 0.20 serve both; the paper says "between 0.1 and 0.3". Branches and reductions
are equal in both.

Images below 75 pixels (`input_size=32`) keep their size through the stem: no strides, padding instead.
"""

from torch import nn

from course.checks import check_counts, check_option

from .inception_resnet import (
    Blocks,
    Concat,
    InceptionResNet,
    ResidualInception,
    add_blocks,
    add_stem,
    branch,
    max_pool,
    out_channels_of,
)
from .width import check_width, scaled

V2 = Blocks(
    a=[[(32, 1)], [(32, 1), (32, 3)], [(32, 1), (48, 3), (64, 3)]],
    reduction_a=[[(384, 3, 2)], [(256, 1), (256, 3), (384, 3, 2)]],
    b=[[(192, 1)], [(128, 1), (160, (1, 7)), (192, (7, 1))]],
    reduction_b=[[(256, 1), (384, 3, 2)], [(256, 1), (288, 3, 2)], [(256, 1), (288, 3), (320, 3, 2)]],
    c=[[(192, 1)], [(192, 1), (224, (1, 3)), (256, (3, 1))]],
    repeats=(5, 10, 5),
)

FIRST_LAYERS = {"conv2d_1a": (32, 3, 2), "conv2d_2a": (32, 3, 1), "conv2d_2b": (64, 3)}

TIMM_STEM = FIRST_LAYERS | {
    "maxpool_3a": "max pool",
    "conv2d_3b": (80, 1),
    "conv2d_4a": (192, 3, 1),
    "maxpool_5a": "max pool",
}


def add_paper_stem(layers: dict[str, nn.Module], in_channels: int, width: float, keep_size: bool) -> int:
    """The stem of Inception-v4 (Fig. 3): three forks whose sides are joined at once."""

    def side(channels, *convolutions):
        return branch(channels, list(convolutions), width, keep_size)

    c = add_stem(layers, in_channels, FIRST_LAYERS, width, keep_size)  # 64
    layers["mixed_3a"] = Concat(max_pool(keep_size), side(c, (96, 3, 2)))
    c += scaled(96, width)  # 160
    layers["mixed_4a"] = Concat(
        side(c, (64, 1), (96, 3, 1)),
        side(c, (64, 1), (64, (7, 1)), (64, (1, 7)), (96, 3, 1)),
    )
    c = 2 * scaled(96, width)  # 192
    layers["mixed_5a"] = Concat(side(c, (192, 3, 2)), max_pool(keep_size))
    return c + scaled(192, width)  # 384


def add_timm_stem(layers: dict[str, nn.Module], in_channels: int, width: float, keep_size: bool) -> int:
    """The stem of the released code: that of v1 up to 192 channels, then an Inception module."""
    c = add_stem(layers, in_channels, TIMM_STEM, width, keep_size)  # 192
    sides = [
        branch(c, [(96, 1)], width),
        branch(c, [(48, 1), (64, 5)], width),
        branch(c, [(64, 1), (96, 3), (96, 3)], width),
    ]
    pooled = nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)
    sides.append(nn.Sequential(pooled, branch(c, [(64, 1)], width)))
    layers["mixed_5b"] = Concat(*sides)
    return sum(map(out_channels_of, sides))  # 320


def inception_resnet_v2(
    *,
    variant: str = "paper",
    num_classes: int = 1000,
    in_channels: int = 3,
    width: float = 1.0,
    input_size: int = 299,
    scales: tuple[float, float, float] = (0.17, 0.10, 0.20),
) -> InceptionResNet:
    """Inception-ResNet-v2.

    Args:
        variant: "paper", or "timm" for the released net, whose weights it loads.
        num_classes: Number of logits.
        in_channels: Channels of the image.
        width: Multiplies every number of channels; 1 is the published net.
        input_size: Side of the images in pixels; below 75 the stem keeps the resolution.
        scales: Factors of the residuals in the A-, B- and C-blocks.

    Shape:
        - Input: (N, in_channels, H, W) from 75×75 on, or from 7×7 on with a small `input_size`.
          Output: (N, num_classes)

    Raises:
        ValueError: An option or the shape of the input is not as above.
    """
    check_option("variant", variant, ("paper", "timm"))
    check_counts(num_classes=num_classes, in_channels=in_channels, input_size=input_size)
    check_width(width)
    layers: dict[str, nn.Module] = {}
    keep_size = input_size < 75
    if variant == "paper":
        channels = add_paper_stem(layers, in_channels, width, keep_size)
        channels = add_blocks(layers, channels, V2, width, scales)
    else:
        channels = add_timm_stem(layers, in_channels, width, keep_size)
        channels = add_blocks(layers, channels, V2._replace(repeats=(10, 20, 9)), width, scales)
        layers["block8"] = ResidualInception(channels, V2.c, scale=1.0, width=width, relu=False)
        layers["conv2d_7b"] = branch(channels, [(1536, 1)], width)
        channels = scaled(1536, width)
    return InceptionResNet(layers, channels, in_channels, num_classes, least=7 if keep_size else 75)
