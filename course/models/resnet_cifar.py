"""The residual and plain nets for CIFAR-10 (He et al. 2015, arXiv:1512.03385, Section 4.2).

    output map size     32×32    16×16    8×8
    # layers            1 + 2n   2n       2n       then average pool, 10-way fc, softmax: 6n + 2
    # filters           16       32       64

    depth               20       32       44       56       110        1202
    parameters          269,722  464,154  658,586  853,018  1,727,962  19,421,274
    error, % (Table 6)  8.75     7.51     7.17     6.97     6.43       7.93

"On this dataset we use identity shortcuts in all cases (i.e., option A), so our residual models have
exactly the same depth, width, and number of parameters as the plain counterparts." Options "B" and
"C" are there to compare. What people call ResNet-18 on CIFAR is another net: four stages from 64
channels on and 11 million parameters, here `resnet18(input_size=32, num_classes=10)`.

The zeros of option A come after the old channels, as in fb.resnet.torch, which puts the input beside
0 × the input. Some implementations put half of them before; both are legal readings, but weights do
not carry over. Images may have any size, since the pooling takes the whole map.
"""

from functools import partial

from torch import Tensor, nn

from course.checks import check_counts, check_input

from .resnet import BasicBlock, Block, PlainBlock, initialize, make_stage
from .width import check_width, scaled


def blocks_per_stage(depth: int) -> int:
    """The n in depth = 6n + 2."""
    if depth < 8 or depth % 6 != 2:
        raise ValueError(f"depth={depth} must be 6n + 2, for example 20, 32, 44, 56, 110")
    return (depth - 2) // 6


class ResNetCIFAR(nn.Module):
    """One convolution, three stages of n blocks with 16, 32, 64 channels, average pooling, fc.

    Args:
        block: Makes one block from in_channels, channels and stride; the block tells its `out_channels`.
        depth: 6n + 2 layers with weights: 20, 32, 44, 56, 110, ...
        num_classes: Number of logits.
        in_channels: Channels of the image.
        width: Multiplies every number of channels; 1 is the published net.

    Shape:
        - Input: (N, in_channels, H, W), any size. Output: (N, num_classes)

    Raises:
        ValueError: The depth is not 6n + 2, or an option or the shape of the input is not as above.
    """

    def __init__(
        self, block: Block, depth: int, *, num_classes: int = 10, in_channels: int = 3, width: float = 1.0
    ) -> None:
        super().__init__()
        check_counts(num_classes=num_classes, in_channels=in_channels)
        check_width(width)
        n = blocks_per_stage(depth)
        self.in_channels = in_channels
        w1, w2, w3 = (scaled(channels, width) for channels in (16, 32, 64))
        self.conv1 = nn.Conv2d(in_channels, w1, kernel_size=3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(w1)
        self.relu = nn.ReLU(inplace=True)
        self.layer1 = make_stage(block, w1, w1, n, stride=1)
        self.layer2 = make_stage(block, w1, w2, n, stride=2)
        self.layer3 = make_stage(block, w2, w3, n, stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(w3, num_classes)
        initialize(self)

    def forward(self, x: Tensor) -> Tensor:
        check_input("ResNetCIFAR", x, self.in_channels)
        x = self.relu(self.bn1(self.conv1(x)))  # (N, 16, 32, 32)
        x = self.layer1(x)  # (N, 16, 32, 32)
        x = self.layer2(x)  # (N, 32, 16, 16)
        x = self.layer3(x)  # (N, 64, 8, 8)
        x = self.avgpool(x).flatten(1)  # (N, 64)
        return self.fc(x)  # (N, num_classes)


def _residual(depth: int, shortcut: str, options: dict) -> ResNetCIFAR:
    return ResNetCIFAR(partial(BasicBlock, shortcut=shortcut), depth, **options)


def resnet20_cifar(*, shortcut: str = "A", **options) -> ResNetCIFAR:
    """ResNet-20 for CIFAR. Options: shortcut "A", "B", "C"; the rest in `ResNetCIFAR`."""
    return _residual(20, shortcut, options)


def resnet32_cifar(*, shortcut: str = "A", **options) -> ResNetCIFAR:
    """ResNet-32 for CIFAR. Options: shortcut "A", "B", "C"; the rest in `ResNetCIFAR`."""
    return _residual(32, shortcut, options)


def resnet44_cifar(*, shortcut: str = "A", **options) -> ResNetCIFAR:
    """ResNet-44 for CIFAR. Options: shortcut "A", "B", "C"; the rest in `ResNetCIFAR`."""
    return _residual(44, shortcut, options)


def resnet56_cifar(*, shortcut: str = "A", **options) -> ResNetCIFAR:
    """ResNet-56 for CIFAR. Options: shortcut "A", "B", "C"; the rest in `ResNetCIFAR`."""
    return _residual(56, shortcut, options)


def resnet110_cifar(*, shortcut: str = "A", **options) -> ResNetCIFAR:
    """ResNet-110 for CIFAR. Options: shortcut "A", "B", "C"; the rest in `ResNetCIFAR`."""
    return _residual(110, shortcut, options)


def plain20_cifar(**options) -> ResNetCIFAR:
    """The 20-layer net without shortcuts (Fig. 6 left). Options: see `ResNetCIFAR`."""
    return ResNetCIFAR(PlainBlock, 20, **options)


def plain32_cifar(**options) -> ResNetCIFAR:
    """The 32-layer net without shortcuts (Fig. 6 left). Options: see `ResNetCIFAR`."""
    return ResNetCIFAR(PlainBlock, 32, **options)


def plain44_cifar(**options) -> ResNetCIFAR:
    """The 44-layer net without shortcuts (Fig. 6 left). Options: see `ResNetCIFAR`."""
    return ResNetCIFAR(PlainBlock, 44, **options)


def plain56_cifar(**options) -> ResNetCIFAR:
    """The 56-layer net without shortcuts (Fig. 1, Fig. 6 left). Options: see `ResNetCIFAR`."""
    return ResNetCIFAR(PlainBlock, 56, **options)


def plain110_cifar(**options) -> ResNetCIFAR:
    """The 110-layer net without shortcuts; error above 60 % (Fig. 6 left). Options: see `ResNetCIFAR`."""
    return ResNetCIFAR(PlainBlock, 110, **options)
