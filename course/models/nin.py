"""Network in Network (Lin, Chen and Yan 2013, arXiv:1312.4400, Figure 2), sizes from the authors' code.

    mlpconv   5×5, 192   1×1, 160   1×1, 96            32×32   max pool 3×3 / 2, dropout
    mlpconv   5×5, 192   1×1, 192   1×1, 192           16×16   max pool 3×3 / 2, dropout
    mlpconv   3×3, 192   1×1, 192   1×1, num_classes   8×8     global average pooling

966,986 parameters for ten classes. The text of the paper gives no widths; these are from the authors'
definition of the net for CIFAR-10, and so are poolings that round up and weights from N(0, 0.05²).

Every layer ends in ReLU, the last one too (Eq. 2): class scores are never negative. Global average pooling
means that images of any size from 4 pixels up fit.
"""

from torch import Tensor, nn

from course.checks import check_counts, check_input

from .width import check_width, scaled


class MLPConv(nn.Sequential):
    """A convolution, then the same small perceptron at every pixel: two 1×1 convolutions (Eq. 2).

    Shape:
        Input: (N, in_channels, H, W). Output: (N, channels[2], H, W).
    """

    def __init__(self, in_channels: int, channels: tuple[int, int, int], kernel_size: int) -> None:
        first, second, third = channels
        super().__init__(
            nn.Conv2d(in_channels, first, kernel_size, padding=kernel_size // 2),
            nn.ReLU(inplace=True),
            nn.Conv2d(first, second, kernel_size=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(second, third, kernel_size=1),
            nn.ReLU(inplace=True),
        )


class NIN(nn.Module):
    """Three mlpconv layers and an average over the image for each class.

    Shape:
        Input: (N, in_channels, H, W), H and W at least 4. Output: logits (N, num_classes).
    """

    def __init__(
        self, *, num_classes: int = 10, in_channels: int = 3, width: float = 1.0, dropout: float = 0.5
    ) -> None:
        super().__init__()
        check_counts(num_classes=num_classes, in_channels=in_channels)
        check_width(width)
        self.in_channels = in_channels
        w96, w160, w192 = (scaled(channels, width) for channels in (96, 160, 192))
        self.features = nn.Sequential(
            MLPConv(in_channels, (w192, w160, w96), kernel_size=5),
            nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True),
            nn.Dropout(dropout),
            MLPConv(w96, (w192, w192, w192), kernel_size=5),
            nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True),
            nn.Dropout(dropout),
            MLPConv(w192, (w192, w192, num_classes), kernel_size=3),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.normal_(layer.weight, 0, 0.05)
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        check_input("nin", x, self.in_channels, least=4)
        x = self.features(x)  # (N, num_classes, 8, 8)
        return self.avgpool(x).flatten(1)  # (N, num_classes)


def nin(**options) -> NIN:
    """The net for CIFAR-10: 966,986 parameters. Options: see `NIN`."""
    return NIN(**options)
