"""Inception-ResNet's blocks (Szegedy et al. 2016, arXiv:1602.07261, Sections 3.2 and 3.3).

A block adds what its branches found to its input (Fig. 20):

    y = relu(x + scale · linear([branch0(x), branch1(x), …]))

"Each Inception block is followed by filter-expansion layer (1×1 convolution without activation) which
is used for scaling up the dimensionality of the filter bank before the addition to match the depth of
the input." Batch norm is "only on top of the traditional layers, but not on top of the summations":
the linear layer has a bias instead. Scaling the residuals with "some scaling factors between 0.1 and
0.3" keeps nets with more than 1000 filters from dying early in training.

A branch is written as in the paper's figures, one `(filters, kernel)` for each convolution, or
`(filters, kernel, stride)` where the figure says "V", valid padding; without V the size stays.
The numbers of the two nets are in `inception_resnet_v1.py` and `inception_resnet_v2.py`.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from course.checks import check_input

from .googlenet import BasicConv2d
from .resnet import initialize
from .width import scaled


def same_padding(kernel: int | tuple[int, int]) -> int | tuple[int, int]:
    """Zeros on each side that keep the size of the map: 3 -> 1, (1, 7) -> (0, 3)."""
    return kernel // 2 if isinstance(kernel, int) else (kernel[0] // 2, kernel[1] // 2)


def branch(in_channels: int, layers: list[tuple], width: float = 1.0, keep_size: bool = False) -> nn.Module:
    """Convolutions with batch norm and ReLU in a row, written as above; a single one stands alone.

    `keep_size` ignores the strides and pads instead.
    """
    convolutions = []
    for filters, kernel, *stride in layers:
        out_channels = scaled(filters, width)
        valid = stride and not keep_size
        geometry = {"stride": stride[0]} if valid else {"padding": same_padding(kernel)}
        convolutions.append(BasicConv2d(in_channels, out_channels, True, kernel_size=kernel, **geometry))
        in_channels = out_channels
    return convolutions[0] if len(convolutions) == 1 else nn.Sequential(*convolutions)


def max_pool(keep_size: bool = False) -> nn.MaxPool2d:
    """3×3 with stride 2 and valid padding, or without a stride and padded."""
    return nn.MaxPool2d(3, stride=1, padding=1) if keep_size else nn.MaxPool2d(3, stride=2)


def out_channels_of(module: nn.Module) -> int:
    """Channels after the last convolution of a branch."""
    return [part.out_channels for part in module.modules() if isinstance(part, nn.Conv2d)][-1]


class Concat(nn.Module):
    """Branches side by side, their outputs one after the other along the channels.

    Shape:
        - Input: (N, C, H, W). Output: (N, sum of the branches' channels, H', W')
    """

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.names = [f"branch{number}" for number in range(len(branches))]
        for name, module in zip(self.names, branches, strict=True):
            self.add_module(name, module)

    def concat(self, x: Tensor) -> Tensor:
        return torch.cat([getattr(self, name)(x) for name in self.names], dim=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.concat(x)


class ResidualInception(Concat):
    """relu(x + scale · linear(branches(x))), the block of Fig. 10, 11, 13 and 16, 17, 19.

    Args:
        channels: Channels of the input and the output.
        branches: The branches, each a list of layers as above.
        scale: Factor of the residual.
        width: Multiplies the filters in the branches.
        relu: Whether a ReLU follows the sum.

    Shape:
        - Input: (N, channels, H, W). Output: the same
    """

    def __init__(
        self,
        channels: int,
        branches: list[list[tuple]],
        scale: float,
        width: float = 1.0,
        relu: bool = True,
    ) -> None:
        modules = [branch(channels, layers, width) for layers in branches]
        super().__init__(*modules)
        self.conv2d = nn.Conv2d(sum(map(out_channels_of, modules)), channels, kernel_size=1)
        self.scale = scale
        self.relu = nn.ReLU(inplace=True) if relu else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        residual = self.conv2d(self.concat(x))  # (N, channels, H, W)
        return self.relu(torch.add(x, residual, alpha=self.scale))


class Reduction(Concat):
    """Halves the map: branches that end in a stride, beside a 3×3 max pool (Fig. 7, 12, 18).

    Shape:
        - Input: (N, in_channels, H, W).
          Output: (N, filters of the branches + in_channels, ⌊(H - 1) / 2⌋, ⌊(W - 1) / 2⌋)
    """

    def __init__(self, in_channels: int, branches: list[list[tuple]], width: float = 1.0) -> None:
        modules = [branch(in_channels, layers, width) for layers in branches]
        super().__init__(*modules, max_pool())
        self.out_channels = sum(map(out_channels_of, modules)) + in_channels


def add_stem(
    layers: dict[str, nn.Module],
    in_channels: int,
    stem: dict[str, tuple | str],
    width: float,
    keep_size: bool,
) -> int:
    """Append single convolutions and max pools by name; return the channels after the last."""
    for name, layer in stem.items():
        if layer == "max pool":
            layers[name] = max_pool(keep_size)
        else:
            layers[name] = branch(in_channels, [layer], width, keep_size)
            in_channels = out_channels_of(layers[name])
    return in_channels


class Blocks(NamedTuple):
    """The numbers of one net: the branches of its five kinds of module, and how often A, B, C repeat."""

    a: list[list[tuple]]
    reduction_a: list[list[tuple]]
    b: list[list[tuple]]
    reduction_b: list[list[tuple]]
    c: list[list[tuple]]
    repeats: tuple[int, int, int]


def add_blocks(
    layers: dict[str, nn.Module],
    channels: int,
    blocks: Blocks,
    width: float,
    scales: tuple[float, float, float],
) -> int:
    """Append A-blocks, Reduction-A, B-blocks, Reduction-B and C-blocks (Fig. 15); return the channels."""
    if len(scales) != 3:
        raise ValueError(f"scales={scales} must be three numbers, for the A-, B- and C-blocks")

    def repeat(branches, times, scale):
        return nn.Sequential(*(ResidualInception(channels, branches, scale, width) for _ in range(times)))

    layers["repeat"] = repeat(blocks.a, blocks.repeats[0], scales[0])
    layers["mixed_6a"] = Reduction(channels, blocks.reduction_a, width)
    channels = layers["mixed_6a"].out_channels
    layers["repeat_1"] = repeat(blocks.b, blocks.repeats[1], scales[1])
    layers["mixed_7a"] = Reduction(channels, blocks.reduction_b, width)
    channels = layers["mixed_7a"].out_channels
    layers["repeat_2"] = repeat(blocks.c, blocks.repeats[2], scales[2])
    return channels


class InceptionResNet(nn.Module):
    """A straight line of named layers, ending in average pooling, dropout (20 %) and a linear layer.

    Args:
        layers: Stem and blocks in their order, by name.
        channels: Channels after the last of them.
        in_channels: Channels of the image.
        num_classes: Number of logits.
        least: Side of the smallest image that the layers can take.

    Shape:
        - Input: (N, in_channels, H, W). Output: (N, num_classes)

    Raises:
        ValueError: The input is too small or has other channels.
    """

    def __init__(
        self, layers: dict[str, nn.Module], channels: int, in_channels: int, num_classes: int, least: int
    ) -> None:
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name, layer)
        self.global_pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.head_drop = nn.Dropout(p=0.2)
        self.classif = nn.Linear(channels, num_classes)
        self.in_channels = in_channels
        self.least = least
        initialize(self)

    def forward(self, x: Tensor) -> Tensor:
        check_input("Inception-ResNet", x, self.in_channels, self.least)
        for layer in self.children():
            x = layer(x)
        return x  # (N, num_classes)
