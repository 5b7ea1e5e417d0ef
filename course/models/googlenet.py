"""GoogLeNet (Szegedy et al. 2014, arXiv:1409.4842, Table 1, Fig. 2 (b), Fig. 3).

    type           patch/stride  output       #1×1  #3×3  #3×3  #5×5  #5×5  pool   parameters
                                                    red.        red.        proj
    convolution    7×7/2         112×112×64                                             9,472
    max pool       3×3/2         56×56×64     then LRN
    convolution    3×3/1         56×56×192          64    192                         114,944
    max pool       3×3/2         28×28×192    LRN before it
    inception 3a                 28×28×256    64    96    128   16    32    32        163,696
    inception 3b                 28×28×480    128   128   192   32    96    64        388,736
    max pool       3×3/2         14×14×480
    inception 4a                 14×14×512    192   96    208   16    48    64        376,176
    inception 4b                 14×14×512    160   112   224   24    64    64        449,160
    inception 4c                 14×14×512    128   128   256   24    64    64        510,104
    inception 4d                 14×14×528    112   144   288   32    64    64        605,376
    inception 4e                 14×14×832    256   160   320   32    128   128       868,352
    max pool       3×3/2         7×7×832
    inception 5a                 7×7×832      256   160   320   32    128   128     1,043,456
    inception 5b                 7×7×1024     384   192   384   48    128   128     1,444,080
    avg pool       7×7/1         1×1×1024
    dropout (40 %), linear       1×1×1000                                           1,025,000

Together 6,998,552; with the two auxiliary classifiers, which stand on 4a and 4d, 13,378,280. Some
parameter counts that the paper prints (463K for 4c, 1072K for 5a) do not follow from its own sizes.

The paper gives no constants for LRN and no initialization: here the constants of Caffe's GoogLeNet
(size 5, α = 10⁻⁴ / 5, β = 0.75, k = 1) and He et al. 2015. The paper's head averages 5×5 patches with
stride 3, which makes 4×4 of its 14×14 map; of maps of another size it takes a 4×4 adaptive average.

torchvision departs from the paper, and `variant="torchvision"` with it: batch norm in every
convolution instead of biases and LRN; **3×3 where the paper has 5×5** (its code calls that a known
bug), hence 6,624,904 parameters; the last max pool 2×2; dropout 20 %; adaptive pooling in the heads.

Images below 64 pixels (`input_size=32`) keep their size through the stem: 3×3, stride 1, no pooling.
28×28 images then run on exactly the paper's 28, 14 and 7.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course.checks import check_counts, check_input, check_option
from course.nn.local_response_norm import LocalResponseNorm

from .width import check_width, scaled

INCEPTION = {
    # #1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool proj
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}


class BasicConv2d(nn.Module):
    """Convolution and ReLU; with `batch_norm`, a batch norm between them takes the place of the bias."""

    def __init__(self, in_channels: int, out_channels: int, batch_norm: bool = False, **kwargs) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, bias=not batch_norm, **kwargs)
        self.bn = nn.BatchNorm2d(out_channels, eps=0.001) if batch_norm else None

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        if self.bn is not None:
            x = self.bn(x)
        return F.relu(x, inplace=True)


class Inception(nn.Module):
    """Four branches side by side: 1×1; 1×1, 3×3; 1×1, 5×5; 3×3 max pool, 1×1 (Fig. 2 (b)).

    Args:
        in_channels: Channels of the input.
        ch1x1, ch3x3red, ch3x3, ch5x5red, ch5x5, pool_proj: One line of the paper's table.
        variant: "paper", or "torchvision" with batch norm and 3×3 in the place of 5×5.

    Shape:
        - Input: (N, in_channels, H, W). Output: (N, ch1x1 + ch3x3 + ch5x5 + pool_proj, H, W)
    """

    def __init__(
        self,
        in_channels: int,
        ch1x1: int,
        ch3x3red: int,
        ch3x3: int,
        ch5x5red: int,
        ch5x5: int,
        pool_proj: int,
        variant: str = "paper",
    ) -> None:
        super().__init__()
        bn = variant == "torchvision"
        large = 3 if variant == "torchvision" else 5
        self.branch1 = BasicConv2d(in_channels, ch1x1, bn, kernel_size=1)
        self.branch2 = nn.Sequential(
            BasicConv2d(in_channels, ch3x3red, bn, kernel_size=1),
            BasicConv2d(ch3x3red, ch3x3, bn, kernel_size=3, padding=1),
        )
        self.branch3 = nn.Sequential(
            BasicConv2d(in_channels, ch5x5red, bn, kernel_size=1),
            BasicConv2d(ch5x5red, ch5x5, bn, kernel_size=large, padding=large // 2),
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(kernel_size=3, stride=1, padding=1),
            BasicConv2d(in_channels, pool_proj, bn, kernel_size=1),
        )
        self.out_channels = ch1x1 + ch3x3 + ch5x5 + pool_proj

    def forward(self, x: Tensor) -> Tensor:
        branches = [self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)]
        return torch.cat(branches, dim=1)  # (N, ch1x1 + ch3x3 + ch5x5 + pool_proj, H, W)


class InceptionAux(nn.Module):
    """An auxiliary classifier: 5×5/3 average pool, 1×1 conv, fc, dropout (70 %), fc (Section 5).

    Shape:
        - Input: (N, in_channels, H, W). Output: (N, num_classes)
    """

    def __init__(
        self, in_channels: int, num_classes: int, width: float = 1.0, variant: str = "paper"
    ) -> None:
        super().__init__()
        self.variant = variant
        channels, hidden = scaled(128, width), scaled(1024, width)
        self.pool = nn.AvgPool2d(kernel_size=5, stride=3)
        self.conv = BasicConv2d(in_channels, channels, variant == "torchvision", kernel_size=1)
        self.fc1 = nn.Linear(channels * 4 * 4, hidden)
        self.dropout = nn.Dropout(p=0.7)
        self.fc2 = nn.Linear(hidden, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        if self.variant == "paper" and x.shape[-2:] == (14, 14):
            x = self.pool(x)  # (N, C, 4, 4)
        else:
            x = F.adaptive_avg_pool2d(x, 4)  # (N, C, 4, 4)
        x = self.conv(x).flatten(1)  # (N, 128 · 4 · 4)
        x = self.dropout(F.relu(self.fc1(x)))  # (N, 1024)
        return self.fc2(x)  # (N, num_classes)


def initialize(model: nn.Module) -> None:
    """Convolutions as in He et al. (arXiv:1502.01852): weights from N(0, 2 / (k² · in_channels)), biases 0.

    By inputs and not by outputs: without batch norm, a 1×1 reduction from 480 to 16 channels would
    otherwise make its input about eight times as large.
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_in", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)


class GoogLeNetOutputs(NamedTuple):
    """What the net returns in training; names and order are torchvision's. `aux_logits1` is from 4a."""

    logits: Tensor
    aux_logits2: Tensor
    aux_logits1: Tensor


class GoogLeNet(nn.Module):
    """Stem, nine inception modules, average pooling and one linear layer; in training also two heads.

    Args:
        num_classes: Number of logits.
        aux_logits: Whether to have the two auxiliary classifiers. They only run in training.
        variant: "paper" or "torchvision".
        in_channels: Channels of the image.
        width: Multiplies every number of channels; 1 is the published net.
        input_size: Side of the images in pixels; below 64 the stem keeps the resolution.

    Shape:
        - Input: (N, in_channels, H, W). Output: (N, num_classes), or `GoogLeNetOutputs` of three such
          tensors in training with `aux_logits`.

    Raises:
        ValueError: An option or the shape of the input is not as above.
    """

    def __init__(
        self,
        *,
        num_classes: int = 1000,
        aux_logits: bool = True,
        variant: str = "paper",
        in_channels: int = 3,
        width: float = 1.0,
        input_size: int = 224,
    ) -> None:
        super().__init__()
        check_counts(num_classes=num_classes, in_channels=in_channels, input_size=input_size)
        check_option("variant", variant, ("paper", "torchvision"))
        check_width(width)
        paper = variant == "paper"
        keep_size = input_size < 64
        self.in_channels = in_channels
        self.least = (4 if keep_size else 31) if paper else (2 if keep_size else 15)

        w64, w192 = scaled(64, width), scaled(192, width)
        stem = (
            {"kernel_size": 3, "padding": 1} if keep_size else {"kernel_size": 7, "stride": 2, "padding": 3}
        )
        self.conv1 = BasicConv2d(in_channels, w64, not paper, **stem)
        self.maxpool1 = nn.Identity() if keep_size else nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.norm1 = LocalResponseNorm(5, alpha=2e-5, k=1.0) if paper else nn.Identity()
        self.conv2 = BasicConv2d(w64, w64, not paper, kernel_size=1)
        self.conv3 = BasicConv2d(w64, w192, not paper, kernel_size=3, padding=1)
        self.norm2 = LocalResponseNorm(5, alpha=2e-5, k=1.0) if paper else nn.Identity()
        self.maxpool2 = nn.Identity() if keep_size else nn.MaxPool2d(3, stride=2, ceil_mode=True)

        channels = w192
        for name, line in INCEPTION.items():
            module = Inception(channels, *(scaled(c, width) for c in line), variant=variant)
            self.add_module(f"inception{name}", module)
            channels = module.out_channels
        self.maxpool3 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.maxpool4 = nn.MaxPool2d(3 if paper else 2, stride=2, ceil_mode=True)

        self.aux1 = self.aux2 = None
        if aux_logits:
            self.aux1 = InceptionAux(self.inception4a.out_channels, num_classes, width, variant)
            self.aux2 = InceptionAux(self.inception4d.out_channels, num_classes, width, variant)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(p=0.4 if paper else 0.2)
        self.fc = nn.Linear(channels, num_classes)
        initialize(self)

    def forward(self, x: Tensor) -> Tensor | GoogLeNetOutputs:
        check_input("GoogLeNet", x, self.in_channels, self.least)
        x = self.norm1(self.maxpool1(self.conv1(x)))  # (N, 64, 56, 56)
        x = self.norm2(self.conv3(self.conv2(x)))  # (N, 192, 56, 56)
        x = self.maxpool2(x)  # (N, 192, 28, 28)
        x = self.inception3b(self.inception3a(x))  # (N, 480, 28, 28)
        x = self.inception4a(self.maxpool3(x))  # (N, 512, 14, 14)
        heads = self.training and self.aux1 is not None
        aux1 = self.aux1(x) if heads else None  # (N, num_classes)
        x = self.inception4d(self.inception4c(self.inception4b(x)))  # (N, 528, 14, 14)
        aux2 = self.aux2(x) if heads else None  # (N, num_classes)
        x = self.inception4e(x)  # (N, 832, 14, 14)
        x = self.inception5b(self.inception5a(self.maxpool4(x)))  # (N, 1024, 7, 7)
        x = self.dropout(self.avgpool(x).flatten(1))  # (N, 1024)
        logits = self.fc(x)  # (N, num_classes)
        return GoogLeNetOutputs(logits, aux2, aux1) if heads else logits


def googlenet_loss(outputs: Tensor | GoogLeNetOutputs, target: Tensor, aux_weight: float = 0.3) -> Tensor:
    """Cross entropy; "the losses of the auxiliary classifiers were weighted by 0.3" (Section 5)."""
    if isinstance(outputs, Tensor):
        return F.cross_entropy(outputs, target)
    main, aux2, aux1 = (F.cross_entropy(logits, target) for logits in outputs)
    return main + aux_weight * (aux1 + aux2)


def googlenet(**options) -> GoogLeNet:
    """GoogLeNet with its auxiliary classifiers. Options: see `GoogLeNet`."""
    return GoogLeNet(**options)
