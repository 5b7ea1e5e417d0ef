"""AlexNet (Krizhevsky, Sutskever and Hinton 2012, Section 3.5, Figure 2).

    layer   kernel        reads               output      parameters   multiply-adds
    conv1   11×11 / 4     the image           96@55×55        34,944     105,415,200   ReLU, LRN, pool 3×3 / 2
    conv2   5×5           its own half       256@27×27       307,456     223,948,800   ReLU, LRN, pool 3×3 / 2
    conv3   3×3           both halves        384@13×13       885,120     149,520,384   ReLU
    conv4   3×3           its own half       384@13×13       663,936     112,140,288   ReLU
    conv5   3×3           its own half       256@13×13       442,624      74,760,192   ReLU, pool 3×3 / 2
    fc6                   both halves             4096    37,752,832      37,748,736   ReLU, dropout
    fc7                   both halves             4096    16,781,312      16,777,216   ReLU, dropout
    fc8                   both halves             1000     4,097,000       4,096,000
    together                                              60,965,224     724,406,816

The halves are two GPUs. Here they are two groups of channels in one net; `alexnet_towers` has them on two
devices. Without the halves (`groups=1`) it is 62,378,344 parameters and 1,135 million multiply-adds. Pooling
overlaps: windows of 3 pixels, 2 apart. Each half normalizes over its own channels.

Where the paper and its code differ, the default follows the paper:

* "224×224" with stride 4 and no padding does not give 55. The code rounds up, as if 3 zero pixels were
  appended right and below: 227×227. That is what `pad` does here.
* Weights start in N(0, 0.01²); biases of conv2, conv4, conv5 and the hidden fc layers at 1, the others at 0.
  The code has 0.03 for conv3 to conv5 (`init="code"`). Re-trainers found that a bias of 1 can give a flat
  loss and took 0.1. Narrow nets need `init="torch"`: with 0.01 their signal dies out.
* LRN: the paper has k = 2 and alpha undivided; the code has k = 1 and divides alpha by 5.
* In the code, the ReLU of conv1 and conv5 stands behind the pooling, and so conv1 is normalized without ReLU.

torchvision's AlexNet is another net, the single tower of 2014 (arXiv:1404.5997) with 61,100,840 parameters:
64, 192, 384, 256, 256 channels, padding 2 in conv1, no groups, no LRN, dropout in front of fc6 and fc7, and
adaptive pooling before them, so that any image from 63 pixels up fits. `variant="torchvision"` is that net.

Images below 64 pixels (`input_size=32`) get 5×5 / 1 in conv1, with padding; the paper has no such form.
"""

from collections import OrderedDict

import torch
from torch import Tensor, nn

from course.checks import check_counts, check_input, check_option, check_size
from course.nn.local_response_norm import LocalResponseNorm

from .width import check_width, scaled

VARIANTS = ("paper", "torchvision")
INITS = ("paper", "code", "torch")


def stem(in_channels: int, out_channels: int, input_size: int) -> list[tuple[str, nn.Module]]:
    """conv1, behind the padding that makes its output side a whole number: 224 becomes 227, 227 stays."""
    if input_size < 64:
        return [("conv1", nn.Conv2d(in_channels, out_channels, kernel_size=5, padding=2))]
    missing = -(input_size - 11) % 4
    pad = [("pad", nn.ZeroPad2d((0, missing, 0, missing)))] if missing else []
    return [*pad, ("conv1", nn.Conv2d(in_channels, out_channels, kernel_size=11, stride=4))]


def side_after_pools(input_size: int) -> int:
    """Height and width behind pool5: 6 for 224, 3 for 32."""
    side = input_size if input_size < 64 else -(-(input_size - 11) // 4) + 1
    for _ in range(3):
        side = (side - 3) // 2 + 1
    return side


class AlexNet(nn.Module):
    """The net of 2012.

    Args:
        groups: 2 for the halves of the paper, 1 for a net where every layer reads everything.
        init: "paper", "code" or "torch" for PyTorch's own initialization.
        input_size: Side of the image, at least 15 pixels.

    Shape:
        Input: (N, in_channels, input_size, input_size). Output: logits (N, num_classes).
    """

    def __init__(
        self,
        *,
        num_classes: int = 1000,
        in_channels: int = 3,
        width: float = 1.0,
        input_size: int = 224,
        groups: int = 2,
        dropout: float = 0.5,
        init: str = "paper",
    ) -> None:
        super().__init__()
        self.in_channels, self.input_size = in_channels, input_size
        c1, c2, c3, c4, c5, hidden = (scaled(c, width, 2) for c in (96, 256, 384, 384, 256, 4096))
        self.features = nn.Sequential(
            OrderedDict(
                stem(in_channels, c1, input_size),
                relu1=nn.ReLU(inplace=True),
                norm1=LocalResponseNorm(groups=groups),
                pool1=nn.MaxPool2d(kernel_size=3, stride=2),
                conv2=nn.Conv2d(c1, c2, kernel_size=5, padding=2, groups=groups),
                relu2=nn.ReLU(inplace=True),
                norm2=LocalResponseNorm(groups=groups),
                pool2=nn.MaxPool2d(kernel_size=3, stride=2),
                conv3=nn.Conv2d(c2, c3, kernel_size=3, padding=1),
                relu3=nn.ReLU(inplace=True),
                conv4=nn.Conv2d(c3, c4, kernel_size=3, padding=1, groups=groups),
                relu4=nn.ReLU(inplace=True),
                conv5=nn.Conv2d(c4, c5, kernel_size=3, padding=1, groups=groups),
                relu5=nn.ReLU(inplace=True),
                pool5=nn.MaxPool2d(kernel_size=3, stride=2),
            )
        )
        self.classifier = nn.Sequential(
            OrderedDict(
                fc6=nn.Linear(c5 * side_after_pools(input_size) ** 2, hidden),
                relu6=nn.ReLU(inplace=True),
                drop6=nn.Dropout(dropout),
                fc7=nn.Linear(hidden, hidden),
                relu7=nn.ReLU(inplace=True),
                drop7=nn.Dropout(dropout),
                fc8=nn.Linear(hidden, num_classes),
            )
        )
        initialize(self, init)

    def forward(self, x: Tensor) -> Tensor:
        check_input("alexnet", x, self.in_channels, only=self.input_size)
        x = self.features(x)  # (N, 256, 6, 6)
        return self.classifier(x.flatten(1))  # (N, num_classes)


@torch.no_grad()
def initialize(net: nn.Module, init: str) -> None:
    """The initialization of 2012 (Section 5), of its code, or what PyTorch has done already."""
    if init == "torch":
        return
    for name, layer in net.named_modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer_name = name.split(".")[-1]
            wide = init == "code" and layer_name in ("conv3", "conv4", "conv5")
            layer.weight.normal_(0, 0.03 if wide else 0.01)
            layer.bias.fill_(1 if layer_name in ("conv2", "conv4", "conv5", "fc6", "fc7") else 0)


class AlexNetOneTower(nn.Module):
    """torchvision's AlexNet, the single tower of 2014; module names and state keys are torchvision's.

    Shape:
        Input: (N, in_channels, H, W), H and W at least 63. Output: logits (N, num_classes).
    """

    def __init__(
        self, num_classes: int = 1000, in_channels: int = 3, width: float = 1.0, dropout: float = 0.5
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        c1, c2, c3, c4, c5, hidden = (scaled(c, width) for c in (64, 192, 384, 256, 256, 4096))
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, c1, kernel_size=11, stride=4, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(c1, c2, kernel_size=5, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(c2, c3, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(c3, c4, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(c4, c5, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Sequential(
            nn.Dropout(p=dropout),
            nn.Linear(c5 * 6 * 6, hidden),
            nn.ReLU(inplace=True),
            nn.Dropout(p=dropout),
            nn.Linear(hidden, hidden),
            nn.ReLU(inplace=True),
            nn.Linear(hidden, num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        check_input("alexnet", x, self.in_channels, least=63)
        x = self.avgpool(self.features(x))  # (N, 256, 6, 6)
        return self.classifier(x.flatten(1))  # (N, num_classes)


def alexnet(
    *,
    variant: str = "paper",
    num_classes: int = 1000,
    in_channels: int = 3,
    width: float = 1.0,
    input_size: int = 224,
    groups: int = 2,
    dropout: float = 0.5,
    init: str = "paper",
) -> AlexNet | AlexNetOneTower:
    """AlexNet: 60,965,224 parameters as in the paper, 61,100,840 with `variant="torchvision"`.

    `groups` and `init` belong to the paper's net; the other variant has neither choice.

    Raises:
        ValueError: An option has a value that it cannot have; the line lists those that it can have.
    """
    check_option("variant", variant, VARIANTS)
    check_option("init", init, INITS)
    check_counts(num_classes=num_classes, in_channels=in_channels, input_size=input_size)
    check_width(width)
    check_size("alexnet", input_size, least=15 if variant == "paper" else 63)
    if groups not in (1, 2):
        raise ValueError(f"groups={groups!r} must be 1 or 2")
    if variant == "torchvision":
        return AlexNetOneTower(num_classes, in_channels, width, dropout)
    return AlexNet(
        num_classes=num_classes,
        in_channels=in_channels,
        width=width,
        input_size=input_size,
        groups=groups,
        dropout=dropout,
        init=init,
    )
