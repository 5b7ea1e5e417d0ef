"""Densely connected networks for ImageNet (Huang et al. 2016, arXiv:1608.06993, Table 1).

    layers             output   121        169         201         161
    convolution        112×112  7×7, 2k channels, stride 2
    pooling            56×56    3×3 max pool, stride 2
    dense block 1      56×56    6          6           6           6        × [1×1 conv, 3×3 conv]
    transition 1       28×28    1×1 conv to half the channels, 2×2 average pool, stride 2
    dense block 2      28×28    12         12          12          12
    transition 2       14×14
    dense block 3      14×14    24         32          48          36
    transition 3       7×7
    dense block 4      7×7      16         32          32          24
    classification     1×1      7×7 global average pool, 1000-d fc, softmax
    growth rate k               32         32          32          48
    parameters                  7,978,856  14,149,480  20,013,928  28,681,000

Every layer reads the outputs of all earlier ones in its block: from k₀ input channels, layer l reads
k₀ + k·(l - 1) channels and adds k. "Each conv layer shown in the table corresponds the sequence
BN-ReLU-Conv"; the 1×1 convolution in front of a 3×3 has 4k channels (DenseNet-B), and a transition
keeps half of the channels (DenseNet-C).

torchvision's nets are the same and so are the names of the weights: `variant="torchvision"` and
"paper" build one net. One point is from the authors' code and not from the text, in both: after the
7×7 convolution and after the last block there is a batch norm and a ReLU. Dropout follows the 3×3
convolutions, as in torchvision; in the authors' code it follows the 1×1 convolutions too.

Images need 29×29 pixels. Below 64 (`input_size=32`), the stem keeps their size: 3×3, stride 1, no
pooling; then 8×8 is enough.
"""

from collections import OrderedDict

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course.checks import check_counts, check_input, check_option

from .resnet import initialize
from .width import check_width, scaled


class DenseLayer(nn.Module):
    """H(x): BN-ReLU-conv 3×3, or with `bn_size` BN-ReLU-conv 1×1, BN-ReLU-conv 3×3 (Section 3).

    Args:
        in_channels: Channels of the input.
        growth_rate: Channels of the output, k.
        bn_size: The 1×1 convolution has bn_size · k channels; 0 leaves it out.
        drop_rate: Probability of dropout after the last convolution.

    Shape:
        - Input: (N, in_channels, H, W). Output: (N, growth_rate, H, W)
    """

    def __init__(self, in_channels: int, growth_rate: int, bn_size: int = 4, drop_rate: float = 0.0) -> None:
        super().__init__()
        if not 0 <= drop_rate < 1:
            raise ValueError(f"drop_rate={drop_rate} must be at least 0 and less than 1")
        self.drop_rate = drop_rate
        self.bottleneck = bn_size > 0
        if self.bottleneck:
            self.norm1 = nn.BatchNorm2d(in_channels)
            self.relu1 = nn.ReLU(inplace=True)
            self.conv1 = nn.Conv2d(in_channels, bn_size * growth_rate, kernel_size=1, bias=False)
            in_channels = bn_size * growth_rate
        self.norm2 = nn.BatchNorm2d(in_channels)
        self.relu2 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(in_channels, growth_rate, kernel_size=3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        if self.bottleneck:
            x = self.conv1(self.relu1(self.norm1(x)))  # (N, 4k, H, W)
        x = self.conv2(self.relu2(self.norm2(x)))  # (N, k, H, W)
        return F.dropout(x, self.drop_rate, self.training)


class DenseBlock(nn.ModuleDict):
    """Each layer reads the input and all outputs before its own: x_l = H_l([x_0, …, x_{l-1}]) (Eq. 2).

    Shape:
        - Input: (N, in_channels, H, W). Output: (N, in_channels + num_layers · growth_rate, H, W)
    """

    def __init__(
        self,
        num_layers: int,
        in_channels: int,
        growth_rate: int,
        bn_size: int = 4,
        drop_rate: float = 0.0,
    ) -> None:
        super().__init__()
        self.out_channels = in_channels
        for number in range(1, num_layers + 1):
            self[f"denselayer{number}"] = DenseLayer(self.out_channels, growth_rate, bn_size, drop_rate)
            self.out_channels += growth_rate

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.values():
            x = torch.cat([x, layer(x)], dim=1)  # (N, C + k, H, W)
        return x


class Transition(nn.Sequential):
    """Between two blocks: BN-ReLU-conv 1×1, then 2×2 average pooling.

    Shape:
        - Input: (N, in_channels, H, W). Output: (N, out_channels, ⌊H / 2⌋, ⌊W / 2⌋)
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(in_channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size=1, bias=False)
        self.pool = nn.AvgPool2d(kernel_size=2, stride=2)


class DenseNet(nn.Module):
    """Stem, four dense blocks with transitions between them, global average pooling, a linear layer.

    Args:
        growth_rate: Channels that each layer adds, k.
        block_config: Number of layers in each of the four blocks.
        num_init_features: Channels of the stem.
        num_classes: Number of logits.
        in_channels: Channels of the image.
        width: Multiplies the growth rate and the stem; 1 is the published net.
        input_size: Side of the images in pixels; below 64 the stem keeps the resolution.
        drop_rate: Probability of dropout after each 3×3 convolution.
        variant: "paper" or "torchvision"; here they are the same net.

    Shape:
        - Input: (N, in_channels, H, W) from 29×29 on. Output: (N, num_classes)

    Raises:
        ValueError: An option or the shape of the input is not as above.
    """

    def __init__(
        self,
        growth_rate: int,
        block_config: tuple[int, int, int, int],
        num_init_features: int,
        *,
        num_classes: int = 1000,
        in_channels: int = 3,
        width: float = 1.0,
        input_size: int = 224,
        drop_rate: float = 0.0,
        variant: str = "paper",
    ) -> None:
        super().__init__()
        check_counts(num_classes=num_classes, in_channels=in_channels, input_size=input_size)
        check_option("variant", variant, ("paper", "torchvision"))
        check_width(width)
        keep_size = input_size < 64
        self.in_channels = in_channels
        self.least = 8 if keep_size else 29
        growth_rate, channels = scaled(growth_rate, width), scaled(num_init_features, width)

        layers = OrderedDict()
        if keep_size:
            layers["conv0"] = nn.Conv2d(in_channels, channels, kernel_size=3, padding=1, bias=False)
        else:
            layers["conv0"] = nn.Conv2d(in_channels, channels, 7, stride=2, padding=3, bias=False)
        layers["norm0"] = nn.BatchNorm2d(channels)
        layers["relu0"] = nn.ReLU(inplace=True)
        if not keep_size:
            layers["pool0"] = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        for number, num_layers in enumerate(block_config, start=1):
            block = DenseBlock(num_layers, channels, growth_rate, drop_rate=drop_rate)
            layers[f"denseblock{number}"] = block
            channels = block.out_channels
            if number < len(block_config):
                layers[f"transition{number}"] = Transition(channels, channels // 2)
                channels //= 2
        layers["norm5"] = nn.BatchNorm2d(channels)
        self.features = nn.Sequential(layers)
        self.classifier = nn.Linear(channels, num_classes)
        initialize(self)

    def forward(self, x: Tensor) -> Tensor:
        check_input("DenseNet", x, self.in_channels, self.least)
        x = F.relu(self.features(x), inplace=True)  # (N, 1024, 7, 7) in DenseNet-121
        x = F.adaptive_avg_pool2d(x, 1).flatten(1)  # (N, 1024)
        return self.classifier(x)  # (N, num_classes)


def densenet121(**options) -> DenseNet:
    """DenseNet-121, k = 32. Options: see `DenseNet`."""
    return DenseNet(32, (6, 12, 24, 16), 64, **options)


def densenet169(**options) -> DenseNet:
    """DenseNet-169, k = 32. Options: see `DenseNet`."""
    return DenseNet(32, (6, 12, 32, 32), 64, **options)


def densenet201(**options) -> DenseNet:
    """DenseNet-201, k = 32. Options: see `DenseNet`."""
    return DenseNet(32, (6, 12, 48, 32), 64, **options)


def densenet161(**options) -> DenseNet:
    """DenseNet-161, k = 48. Options: see `DenseNet`."""
    return DenseNet(48, (6, 12, 36, 24), 96, **options)
