"""VGG (Simonyan and Zisserman 2014, arXiv:1409.1556, Table 1): depth with the smallest kernels.

A few 3×3 convolutions, then a pooling that halves the side, five times; then three fully connected layers.
C is B with 1×1 convolutions added, D has 3×3 in their place. ReLU follows every layer but the last.

                          A            A-LRN        B            C            D            E
    weight layers        11           11           13           16           16           19
    parameters  132,863,336  132,863,336  133,047,848  133,638,952  138,357,544  143,667,240
    10⁹ multiply-adds  7.61         7.61        11.31        11.77        15.47        19.63

LRN has AlexNet's constants. It "does not improve the performance on the ILSVRC dataset, but leads to
increased memory consumption and computation time" (Section 2.1). Batch norm (`batch_norm=True`) is younger.

Initialization (Section 3.1): A started from a normal distribution with variance 10⁻² (`init="normal"`), the
deeper nets from the layers of a trained A. The paper adds that Glorot's rule does without that: the default.

torchvision has the same nets (vgg11, vgg13, vgg16, vgg19), and the default here takes their weights and gives
their outputs at 224×224. Two things differ. torchvision starts from He's rule (and 0.01 as the standard
deviation of linear layers, not as a variance), and it puts an adaptive average pooling to 7×7 in front of the
linear layers, so that an image of any size from 32 pixels up fits. `variant="torchvision"` does both.

For smaller images (`input_size=32`) the first linear layer shrinks with the map behind pool5: 7×7 for 224
pixels, 2×2 for 64, 1×1 for 32 and 28. An odd side, as on the way from 28, is rounded up when it is halved.
"""

import torch
from torch import Tensor, nn

from course.checks import check_counts, check_input, check_option, check_size
from course.nn.local_response_norm import LocalResponseNorm

from .width import check_width, scaled

# Table 1, with a line for each stage between poolings: "3-64" is conv3-64, a 3×3 convolution to 64 channels.
TABLE_1 = {
    "A": ("3-64", "3-128", "3-256 3-256", "3-512 3-512", "3-512 3-512"),
    "A-LRN": ("3-64 LRN", "3-128", "3-256 3-256", "3-512 3-512", "3-512 3-512"),
    "B": ("3-64 3-64", "3-128 3-128", "3-256 3-256", "3-512 3-512", "3-512 3-512"),
    "C": (
        "3-64 3-64",
        "3-128 3-128",
        "3-256 3-256 1-256",
        "3-512 3-512 1-512",
        "3-512 3-512 1-512",
    ),
    "D": (
        "3-64 3-64",
        "3-128 3-128",
        "3-256 3-256 3-256",
        "3-512 3-512 3-512",
        "3-512 3-512 3-512",
    ),
    "E": (
        "3-64 3-64",
        "3-128 3-128",
        "3-256 3-256 3-256 3-256",
        "3-512 3-512 3-512 3-512",
        "3-512 3-512 3-512 3-512",
    ),
}
VARIANTS = ("paper", "torchvision")
INITS = ("glorot", "normal", "he")


def make_layers(
    column: str, in_channels: int, width: float, batch_norm: bool, ceil_mode: bool
) -> nn.Sequential:
    """The five stages of one column of Table 1."""
    layers: list[nn.Module] = []
    for stage in TABLE_1[column]:
        for entry in stage.split():
            if entry == "LRN":
                layers.append(LocalResponseNorm())
                continue
            kernel_size, channels = (int(number) for number in entry.split("-"))
            channels = scaled(channels, width)
            layers.append(nn.Conv2d(in_channels, channels, kernel_size, padding=kernel_size // 2))
            if batch_norm:
                layers.append(nn.BatchNorm2d(channels))
            layers.append(nn.ReLU(inplace=True))
            in_channels = channels
        layers.append(nn.MaxPool2d(kernel_size=2, stride=2, ceil_mode=ceil_mode))
    return nn.Sequential(*layers)


class VGG(nn.Module):
    """One column of Table 1; module names and state keys are torchvision's.

    Args:
        column: "A", "A-LRN", "B", "C", "D" or "E".
        input_size: Side of the image in pixels.
        batch_norm: Batch norm between each convolution and its ReLU.
        init: "glorot", "normal" or "he"; without it, that of the variant.
        variant: "paper" or "torchvision".

    Shape:
        Input: (N, in_channels, input_size, input_size); any H and W from 32 up in torchvision's variant.
        Output: logits (N, num_classes).
    """

    def __init__(
        self,
        column: str,
        *,
        num_classes: int = 1000,
        in_channels: int = 3,
        width: float = 1.0,
        input_size: int = 224,
        batch_norm: bool = False,
        dropout: float = 0.5,
        init: str | None = None,
        variant: str = "paper",
    ) -> None:
        super().__init__()
        # torchvision has no A-LRN and no C.
        check_option("variant", variant, VARIANTS if column in ("A", "B", "D", "E") else ("paper",))
        check_counts(num_classes=num_classes, in_channels=in_channels, input_size=input_size)
        check_width(width)
        # Up to 16 pixels, pool5 would find a single one; without rounding up, that is so up to 31.
        self.least = 17 if variant == "paper" else 32
        check_size("vgg", input_size, self.least)
        self.in_channels = in_channels
        self.only = input_size if variant == "paper" else None
        self.features = make_layers(column, in_channels, width, batch_norm, ceil_mode=variant == "paper")
        side = -(-input_size // 32) if variant == "paper" else 7
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7)) if variant == "torchvision" else nn.Identity()
        hidden = scaled(4096, width)
        self.classifier = nn.Sequential(
            nn.Linear(scaled(512, width) * side * side, hidden),
            nn.ReLU(inplace=True),
            nn.Dropout(p=dropout),
            nn.Linear(hidden, hidden),
            nn.ReLU(inplace=True),
            nn.Dropout(p=dropout),
            nn.Linear(hidden, num_classes),
        )
        initialize(self, init or ("glorot" if variant == "paper" else "he"))

    def forward(self, x: Tensor) -> Tensor:
        check_input("vgg", x, self.in_channels, self.least, self.only)
        x = self.features(x)  # (N, 512, 7, 7)
        x = self.avgpool(x)  # (N, 512, 7, 7)
        return self.classifier(x.flatten(1))  # (N, num_classes)


@torch.no_grad()
def initialize(net: nn.Module, init: str) -> None:
    """Weights by Glorot's rule, with variance 10⁻², or by He's rule as in torchvision; biases at 0."""
    check_option("init", init, INITS)
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            if init == "glorot":
                nn.init.xavier_uniform_(layer.weight)
            elif init == "normal":
                nn.init.normal_(layer.weight, 0, 0.1)
            elif isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
            else:
                nn.init.normal_(layer.weight, 0, 0.01)
            nn.init.zeros_(layer.bias)


def vgg_a(**options) -> VGG:
    """Net A, 11 weight layers: torchvision's vgg11. Options: see `VGG`."""
    return VGG("A", **options)


def vgg_a_lrn(**options) -> VGG:
    """Net A-LRN: A with local response normalization behind the first convolution. Options: see `VGG`."""
    return VGG("A-LRN", **options)


def vgg_b(**options) -> VGG:
    """Net B, 13 weight layers: torchvision's vgg13. Options: see `VGG`."""
    return VGG("B", **options)


def vgg_c(**options) -> VGG:
    """Net C, 16 weight layers, three of them 1×1 convolutions. Options: see `VGG`."""
    return VGG("C", **options)


def vgg_d(**options) -> VGG:
    """Net D, 16 weight layers: torchvision's vgg16. Options: see `VGG`."""
    return VGG("D", **options)


def vgg_e(**options) -> VGG:
    """Net E, 19 weight layers: torchvision's vgg19. Options: see `VGG`."""
    return VGG("E", **options)
