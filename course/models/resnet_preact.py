"""Pre-activation residual nets for CIFAR-10 (He et al. 2016, arXiv:1603.05027, Fig. 1 (b)).

    original         y = relu(x + bn(conv(relu(bn(conv(x))))))
    pre-activation   y =      x + conv(relu(bn(conv(relu(bn(x))))))

Batch norm and ReLU move in front of the convolutions, so nothing stands on the shortcut: the input
of any unit reaches the output of any later one unchanged. The two ends need care (appendix): the
first unit has its first activation "right after conv1 and before splitting into two paths", and
after the last unit comes "an extra activation right after its element-wise addition".

    depth        20       32       44       56       110
    parameters   269,722  464,154  658,586  853,018  1,727,962     as many as the original nets

The original has a batch norm after conv1 (16 channels) and two in every block, both as wide as the
block. Here one of the two is as wide as the *input* of the block, which saves 16 + 32 channels at
the two steps, and one of 64 comes at the end: the sums are equal.

Shortcuts are of option A. The paper's nets of 164 and 1001 layers have bottlenecks with projections;
these have two 3×3 convolutions, as its ResNet-110. fb.resnet.torch leaves the activation out in
*every* unit of the first stage, against the paper.
"""

from torch import Tensor, nn

from course.checks import check_counts, check_input

from .resnet import initialize, make_shortcut, make_stage
from .resnet_cifar import blocks_per_stage
from .width import check_width, scaled


class PreActBlock(nn.Module):
    """y = x + F(x) with F = conv ∘ relu ∘ bn ∘ conv ∘ relu ∘ bn, and no ReLU after the sum (Fig. 1 (b)).

    Shape:
        - Input: (N, in_channels, H, W). Output: (N, channels, ⌈H / stride⌉, ⌈W / stride⌉)
    """

    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.out_channels = channels
        self.activate_before_split = False
        self.bn1 = nn.BatchNorm2d(in_channels)
        self.conv1 = nn.Conv2d(in_channels, channels, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, padding=1, bias=False)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = make_shortcut("A", in_channels, channels, stride)

    def forward(self, x: Tensor) -> Tensor:
        activated = self.relu(self.bn1(x))
        identity = activated if self.activate_before_split else x
        out = self.conv1(activated)  # (N, channels, H/s, W/s)
        out = self.conv2(self.relu(self.bn2(out)))
        out += identity if self.downsample is None else self.downsample(identity)
        return out


class PreActResNetCIFAR(nn.Module):
    """One convolution, three stages of n units with 16, 32 and 64 channels, a last activation, pooling, fc.

    Args:
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
        self, depth: int, *, num_classes: int = 10, in_channels: int = 3, width: float = 1.0
    ) -> None:
        super().__init__()
        check_counts(num_classes=num_classes, in_channels=in_channels)
        check_width(width)
        n = blocks_per_stage(depth)
        self.in_channels = in_channels
        w1, w2, w3 = (scaled(channels, width) for channels in (16, 32, 64))
        self.conv1 = nn.Conv2d(in_channels, w1, kernel_size=3, padding=1, bias=False)
        self.layer1 = make_stage(PreActBlock, w1, w1, n, stride=1)
        self.layer1[0].activate_before_split = True
        self.layer2 = make_stage(PreActBlock, w1, w2, n, stride=2)
        self.layer3 = make_stage(PreActBlock, w2, w3, n, stride=2)
        self.bn = nn.BatchNorm2d(w3)
        self.relu = nn.ReLU(inplace=True)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(w3, num_classes)
        initialize(self)

    def forward(self, x: Tensor) -> Tensor:
        check_input("PreActResNetCIFAR", x, self.in_channels)
        x = self.conv1(x)  # (N, 16, 32, 32)
        x = self.layer1(x)  # (N, 16, 32, 32)
        x = self.layer2(x)  # (N, 32, 16, 16)
        x = self.layer3(x)  # (N, 64, 8, 8)
        x = self.relu(self.bn(x))
        x = self.avgpool(x).flatten(1)  # (N, 64)
        return self.fc(x)  # (N, num_classes)


def preact_resnet20_cifar(**options) -> PreActResNetCIFAR:
    """Pre-activation ResNet-20 for CIFAR. Options: see `PreActResNetCIFAR`."""
    return PreActResNetCIFAR(20, **options)


def preact_resnet32_cifar(**options) -> PreActResNetCIFAR:
    """Pre-activation ResNet-32 for CIFAR. Options: see `PreActResNetCIFAR`."""
    return PreActResNetCIFAR(32, **options)


def preact_resnet44_cifar(**options) -> PreActResNetCIFAR:
    """Pre-activation ResNet-44 for CIFAR. Options: see `PreActResNetCIFAR`."""
    return PreActResNetCIFAR(44, **options)


def preact_resnet56_cifar(**options) -> PreActResNetCIFAR:
    """Pre-activation ResNet-56 for CIFAR. Options: see `PreActResNetCIFAR`."""
    return PreActResNetCIFAR(56, **options)


def preact_resnet110_cifar(**options) -> PreActResNetCIFAR:
    """Pre-activation ResNet-110 for CIFAR. Options: see `PreActResNetCIFAR`."""
    return PreActResNetCIFAR(110, **options)
