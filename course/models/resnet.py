"""Residual networks (He et al. 2015, arXiv:1512.03385, Table 1), and their plain counterparts.

    stage     output   18          34          50           101          152
    conv1     112×112  7×7, 64, stride 2
    conv2_x   56×56    3×3 max pool, stride 2, then the blocks, at the width
                       64, 64      64, 64      64, 64, 256  64, 64, 256  64, 64, 256
    conv2_x   56×56    2           3           3            3            3            width × 1
    conv3_x   28×28    2           4           4            4            8            width × 2
    conv4_x   14×14    2           6           6            23           36           width × 4
    conv5_x   7×7      2           3           3            3            3            width × 8
              1×1      average pool, 1000-d fc, softmax
    10⁹ multiply-adds  1.81        3.66        3.86         7.57         11.28
    the paper prints   1.8         3.6         3.8          7.6          11.3
    parameters (B)     11,689,512  21,797,672  25,557,032   44,549,160   60,192,808

A shortcut around a change of shape is one of three (Section 4.1, Table 3). **A** takes every second
pixel and fills the new channels with zeros, without parameters. **B** projects with a 1×1 convolution
where the shape changes. **C** projects everywhere. ResNet-34 has 21,623,848, 21,797,672 and
22,716,840 parameters with them; plain-34 has as many as A. The nets of Table 2 have option A.

torchvision departs from the paper in one place: its bottleneck has the stride in the 3×3 convolution,
the paper's code in the first 1×1. That takes ResNet-50 from 3.86 to 4.09 · 10⁹ multiply-adds and
changes no parameter: the weights of one load into the other and give other answers.
`variant="torchvision"` is that form. ResNet-18 and 34 are the same net in both variants.

Images below 64 pixels (`input_size=32`) keep their size through the stem: 3×3, stride 1, no pooling.
The paper has no such form; it is what people use for CIFAR. Larger images of any size just work.
"""

from collections.abc import Callable
from functools import partial

import torch.nn.functional as F
from torch import Tensor, nn

from course.checks import check_counts, check_input, check_option

from .width import check_width, scaled

SHORTCUTS = ("A", "B", "C")
VARIANTS = ("paper", "torchvision")


class PadShortcut(nn.Module):
    """Option A: every stride-th pixel, and zeros for the new channels. No parameters.

    Shape:
        - Input: (N, C, H, W). Output: (N, C + extra_channels, ⌈H / stride⌉, ⌈W / stride⌉)
    """

    def __init__(self, extra_channels: int, stride: int) -> None:
        super().__init__()
        self.extra_channels = extra_channels
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        x = x[:, :, :: self.stride, :: self.stride]  # (N, C, H/s, W/s)
        return F.pad(x, (0, 0, 0, 0, 0, self.extra_channels))  # (N, C + extra, H/s, W/s)


def make_shortcut(option: str, in_channels: int, out_channels: int, stride: int) -> nn.Module | None:
    """The way around a block: `None` is the identity, else option "A", "B" or "C" of Section 4.1."""
    check_option("shortcut", option, SHORTCUTS)
    same_shape = stride == 1 and in_channels == out_channels
    if option == "C" or (option == "B" and not same_shape):
        projection = nn.Conv2d(in_channels, out_channels, kernel_size=1, stride=stride, bias=False)
        return nn.Sequential(projection, nn.BatchNorm2d(out_channels))
    return None if same_shape else PadShortcut(out_channels - in_channels, stride)


class PlainBlock(nn.Module):
    """Two 3×3 convolutions without a shortcut: the block of the plain nets (Fig. 3, middle).

    Shape:
        - Input: (N, in_channels, H, W). Output: (N, channels, ⌈H / stride⌉, ⌈W / stride⌉)
    """

    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.out_channels = channels
        self.conv1 = nn.Conv2d(in_channels, channels, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def residual(self, x: Tensor) -> Tensor:
        x = self.relu(self.bn1(self.conv1(x)))  # (N, channels, H/s, W/s)
        return self.bn2(self.conv2(x))

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.residual(x))


class BasicBlock(PlainBlock):
    """A plain block that learns F(x), plus its input: y = relu(F(x) + x) (Eq. 1, Fig. 5 left)."""

    def __init__(self, in_channels: int, channels: int, stride: int = 1, shortcut: str = "B") -> None:
        super().__init__(in_channels, channels, stride)
        self.downsample = make_shortcut(shortcut, in_channels, channels, stride)

    def forward(self, x: Tensor) -> Tensor:
        identity = x if self.downsample is None else self.downsample(x)
        out = self.residual(x)
        out += identity
        return self.relu(out)


class Bottleneck(nn.Module):
    """1×1 to fewer channels, 3×3, 1×1 to four times as many, plus the input (Fig. 5 right).

    The stride is in the first 1×1 convolution, as in the paper's code, or in the 3×3, as in torchvision.

    Shape:
        - Input: (N, in_channels, H, W). Output: (N, 4 · channels, ⌈H / stride⌉, ⌈W / stride⌉)
    """

    expansion = 4

    def __init__(
        self,
        in_channels: int,
        channels: int,
        stride: int = 1,
        shortcut: str = "B",
        stride_in_3x3: bool = False,
    ) -> None:
        super().__init__()
        self.out_channels = self.expansion * channels
        first, second = (1, stride) if stride_in_3x3 else (stride, 1)
        self.conv1 = nn.Conv2d(in_channels, channels, kernel_size=1, stride=first, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, stride=second, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(channels, self.out_channels, kernel_size=1, bias=False)
        self.bn3 = nn.BatchNorm2d(self.out_channels)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = make_shortcut(shortcut, in_channels, self.out_channels, stride)

    def forward(self, x: Tensor) -> Tensor:
        identity = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))  # (N, channels, H/s, W/s)
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))  # (N, 4 · channels, H/s, W/s)
        out += identity
        return self.relu(out)


Block = Callable[[int, int, int], nn.Module]


def make_stage(block: Block, in_channels: int, channels: int, blocks: int, stride: int) -> nn.Sequential:
    """`blocks` blocks in a row; the first one has the stride and changes the number of channels."""
    stage = [block(in_channels, channels, stride)]
    while len(stage) < blocks:
        stage.append(block(stage[-1].out_channels, channels, 1))
    return nn.Sequential(*stage)


def initialize(model: nn.Module) -> None:
    """Convolutions as in He et al. (arXiv:1502.01852): weights from N(0, 2 / (k² · out_channels))."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")


class ResNet(nn.Module):
    """Stem, four stages of blocks, global average pooling, one linear layer (Table 1).

    Args:
        block: Makes one block from in_channels, channels and stride; the block tells its `out_channels`.
        layers: Number of blocks in each of the four stages.
        num_classes: Number of logits.
        in_channels: Channels of the image.
        width: Multiplies every number of channels; 1 is the published net.
        input_size: Side of the images in pixels; below 64 the stem keeps the resolution.

    Shape:
        - Input: (N, in_channels, H, W), any size. Output: (N, num_classes)

    Raises:
        ValueError: An option or the shape of the input is not as above.
    """

    def __init__(
        self,
        block: Block,
        layers: tuple[int, int, int, int],
        *,
        num_classes: int = 1000,
        in_channels: int = 3,
        width: float = 1.0,
        input_size: int = 224,
    ) -> None:
        super().__init__()
        check_counts(num_classes=num_classes, in_channels=in_channels, input_size=input_size)
        check_width(width)
        self.in_channels = in_channels
        w1, w2, w3, w4 = (scaled(channels, width) for channels in (64, 128, 256, 512))
        keep_size = input_size < 64
        if keep_size:
            self.conv1 = nn.Conv2d(in_channels, w1, kernel_size=3, padding=1, bias=False)
        else:
            self.conv1 = nn.Conv2d(in_channels, w1, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(w1)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.Identity() if keep_size else nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = make_stage(block, w1, w1, layers[0], stride=1)
        self.layer2 = make_stage(block, self.layer1[-1].out_channels, w2, layers[1], stride=2)
        self.layer3 = make_stage(block, self.layer2[-1].out_channels, w3, layers[2], stride=2)
        self.layer4 = make_stage(block, self.layer3[-1].out_channels, w4, layers[3], stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(self.layer4[-1].out_channels, num_classes)
        initialize(self)

    def forward(self, x: Tensor) -> Tensor:
        check_input("ResNet", x, self.in_channels)
        x = self.relu(self.bn1(self.conv1(x)))  # (N, 64, 112, 112)
        x = self.maxpool(x)  # (N, 64, 56, 56)
        x = self.layer1(x)  # (N, 64 or 256, 56, 56)
        x = self.layer2(x)  # (N, 128 or 512, 28, 28)
        x = self.layer3(x)  # (N, 256 or 1024, 14, 14)
        x = self.layer4(x)  # (N, 512 or 2048, 7, 7)
        x = self.avgpool(x).flatten(1)  # (N, 512 or 2048)
        return self.fc(x)  # (N, num_classes)


def _basic(shortcut: str, variant: str) -> Block:
    check_option("variant", variant, VARIANTS)
    return partial(BasicBlock, shortcut=shortcut)


def _bottleneck(shortcut: str, variant: str) -> Block:
    check_option("variant", variant, VARIANTS)
    return partial(Bottleneck, shortcut=shortcut, stride_in_3x3=variant == "torchvision")


def plain18(**options) -> ResNet:
    """The 18-layer net without shortcuts, 27.94 % top-1 error in Table 2. Options: see `ResNet`."""
    return ResNet(PlainBlock, (2, 2, 2, 2), **options)


def plain34(**options) -> ResNet:
    """The 34-layer net without shortcuts, *worse* than plain18: 28.54 % (Table 2). Options: see `ResNet`."""
    return ResNet(PlainBlock, (3, 4, 6, 3), **options)


def resnet18(*, shortcut: str = "B", variant: str = "paper", **options) -> ResNet:
    """ResNet-18. Options: shortcut "A", "B", "C"; variant, the same net in both; the rest in `ResNet`."""
    return ResNet(_basic(shortcut, variant), (2, 2, 2, 2), **options)


def resnet34(*, shortcut: str = "B", variant: str = "paper", **options) -> ResNet:
    """ResNet-34. Options: shortcut "A", "B", "C"; variant, the same net in both; the rest in `ResNet`."""
    return ResNet(_basic(shortcut, variant), (3, 4, 6, 3), **options)


def resnet50(*, shortcut: str = "B", variant: str = "paper", **options) -> ResNet:
    """ResNet-50. Options: shortcut; variant "paper" or "torchvision", see above; the rest in `ResNet`."""
    return ResNet(_bottleneck(shortcut, variant), (3, 4, 6, 3), **options)


def resnet101(*, shortcut: str = "B", variant: str = "paper", **options) -> ResNet:
    """ResNet-101. Options: shortcut, variant as in `resnet50`; the rest in `ResNet`."""
    return ResNet(_bottleneck(shortcut, variant), (3, 4, 23, 3), **options)


def resnet152(*, shortcut: str = "B", variant: str = "paper", **options) -> ResNet:
    """ResNet-152. Options: shortcut, variant as in `resnet50`; the rest in `ResNet`."""
    return ResNet(_bottleneck(shortcut, variant), (3, 8, 36, 3), **options)
