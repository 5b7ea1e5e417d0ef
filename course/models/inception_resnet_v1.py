"""Inception-ResNet-v1 (Szegedy et al. 2016, arXiv:1602.07261, Fig. 10 to 15, Table 1).

    stem (Fig. 14)       3×3, 32, /2 V · 3×3, 32, V · 3×3, 64 · 3×3 max pool, /2 V ·
                         1×1, 80 · 3×3, 192, V · 3×3, 256, /2 V                        35×35×256
    5 × A (Fig. 10)      1×1, 32 | 1×1, 32 · 3×3, 32 | 1×1, 32 · 3×3, 32 · 3×3, 32     35×35×256
    Reduction-A (Fig. 7) 3×3, n = 384, /2 V | 1×1, k = 192 · 3×3, l = 192 · 3×3, m = 256, /2 V | pool
                                                                                       17×17×896
    10 × B (Fig. 11)     1×1, 128 | 1×1, 128 · 1×7, 128 · 7×1, 128                     17×17×896
    Reduction-B (Fig. 12) 1×1, 256 · 3×3, 384, /2 V | 1×1, 256 · 3×3, 256, /2 V |
                         1×1, 256 · 3×3, 256 · 3×3, 256, /2 V | pool                   8×8×1792
    5 × C (Fig. 13)      1×1, 192 | 1×1, 192 · 1×3, 192 · 3×1, 192                     8×8×1792
    average pool, dropout (keep 0.8), linear, softmax                                  1000

Roughly the cost of Inception-v3. The paper gives a range for the scales; 0.17, 0.10 and 0.20 for A, B
and C are those of the code that Google released for v2. Known implementations of v1 (facenet) follow
that code and add a sixth C-block without ReLU and with scale 1, which the paper does not have.

Images below 75 pixels (`input_size=32`) keep their size through the stem: no strides, padding instead;
32×32 images then run on nearly the paper's grids, 32, 15 and 7. Channel numbers were checked against
the facenet code.
"""

from torch import nn

from course.checks import check_counts

from .inception_resnet import Blocks, InceptionResNet, add_blocks, add_stem
from .width import check_width

STEM = {
    "conv2d_1a": (32, 3, 2),
    "conv2d_2a": (32, 3, 1),
    "conv2d_2b": (64, 3),
    "maxpool_3a": "max pool",
    "conv2d_3b": (80, 1),
    "conv2d_4a": (192, 3, 1),
    "conv2d_4b": (256, 3, 2),
}

V1 = Blocks(
    a=[[(32, 1)], [(32, 1), (32, 3)], [(32, 1), (32, 3), (32, 3)]],
    reduction_a=[[(384, 3, 2)], [(192, 1), (192, 3), (256, 3, 2)]],
    b=[[(128, 1)], [(128, 1), (128, (1, 7)), (128, (7, 1))]],
    reduction_b=[[(256, 1), (384, 3, 2)], [(256, 1), (256, 3, 2)], [(256, 1), (256, 3), (256, 3, 2)]],
    c=[[(192, 1)], [(192, 1), (192, (1, 3)), (192, (3, 1))]],
    repeats=(5, 10, 5),
)


def inception_resnet_v1(
    *,
    num_classes: int = 1000,
    in_channels: int = 3,
    width: float = 1.0,
    input_size: int = 299,
    scales: tuple[float, float, float] = (0.17, 0.10, 0.20),
) -> InceptionResNet:
    """Inception-ResNet-v1.

    Args:
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
    check_counts(num_classes=num_classes, in_channels=in_channels, input_size=input_size)
    check_width(width)
    layers: dict[str, nn.Module] = {}
    keep_size = input_size < 75
    channels = add_stem(layers, in_channels, STEM, width, keep_size)
    channels = add_blocks(layers, channels, V1, width, scales)
    return InceptionResNet(layers, channels, in_channels, num_classes, least=7 if keep_size else 75)
