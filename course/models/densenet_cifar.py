"""DenseNets for CIFAR, and the dense block of Figure 1 (Huang et al. 2016, arXiv:1608.06993, Table 2).

    net         depth L  k    parameters               error on C10+, %
    DenseNet    40       12   1,019,722   (1.0M)       5.24
    DenseNet    100      12   6,979,642   (7.0M)       4.10
    DenseNet    100      24   27,249,082  (27.2M)      3.74
    DenseNet-BC 100      12   769,162     (0.8M)       4.51
    DenseNet-BC 250      24   15,324,406  (15.3M)      3.62
    DenseNet-BC 190      40   25,624,430  (25.6M)      3.46

"the DenseNet used in our experiments has three dense blocks that each has an equal number of layers.
Before entering the first dense block, a convolution with 16 (or twice the growth rate for
DenseNet-BC) output channels is performed on the input images." The maps are 32×32, 16×16 and 8×8.
With the stem, two transitions and the classifier, n layers a block make L = 3n + 4; in DenseNet-BC,
whose layers have two convolutions, L = 6n + 4. The authors' code starts with 2k channels in both.
"""

from collections import OrderedDict

import torch.nn.functional as F
from torch import Tensor, nn

from course.checks import check_counts, check_input

from .densenet import DenseBlock, Transition
from .resnet import initialize
from .width import check_width, scaled


def figure1_block(in_channels: int = 4) -> DenseBlock:
    """Figure 1: "A 5-layer dense block with a growth rate of k = 4"; layers are BN-ReLU-conv 3×3.

    Shape:
        - Input: (N, in_channels, H, W). Output: (N, in_channels + 20, H, W)
    """
    return DenseBlock(num_layers=5, in_channels=in_channels, growth_rate=4, bn_size=0)


class DenseNetCIFAR(nn.Module):
    """A 3×3 convolution, three dense blocks with two transitions, global average pooling, fc.

    Args:
        depth: L, the number of layers with weights: 6n + 4, or 3n + 4 without `bc`.
        growth_rate: Channels that each layer adds, k.
        bc: DenseNet-BC, with 1×1 bottlenecks and transitions that halve the channels.
        num_classes: Number of logits.
        in_channels: Channels of the image.
        width: Multiplies the growth rate and the stem; 1 is the published net.
        drop_rate: Probability of dropout after each 3×3 convolution; the paper has 0.2 where it does
            not augment the data.

    Shape:
        - Input: (N, in_channels, H, W) from 4×4 on. Output: (N, num_classes)

    Raises:
        ValueError: The depth does not fit, or an option or the shape of the input is not as above.
    """

    def __init__(
        self,
        *,
        depth: int = 100,
        growth_rate: int = 12,
        bc: bool = True,
        num_classes: int = 10,
        in_channels: int = 3,
        width: float = 1.0,
        drop_rate: float = 0.0,
    ) -> None:
        super().__init__()
        check_counts(growth_rate=growth_rate, num_classes=num_classes, in_channels=in_channels)
        check_width(width)
        convolutions = 6 if bc else 3
        if depth <= 4 or (depth - 4) % convolutions:
            raise ValueError(f"depth={depth} must be {convolutions}n + 4 with bc={bc}, for example 40 or 100")
        num_layers = (depth - 4) // convolutions
        self.in_channels = in_channels
        channels = scaled(2 * growth_rate if bc else 16, width)
        growth_rate = scaled(growth_rate, width)

        layers = OrderedDict()
        layers["conv0"] = nn.Conv2d(in_channels, channels, kernel_size=3, padding=1, bias=False)
        for number in (1, 2, 3):
            block = DenseBlock(num_layers, channels, growth_rate, 4 if bc else 0, drop_rate)
            layers[f"denseblock{number}"] = block
            channels = block.out_channels
            if number < 3:
                kept = channels // 2 if bc else channels
                layers[f"transition{number}"] = Transition(channels, kept)
                channels = kept
        layers["norm5"] = nn.BatchNorm2d(channels)
        self.features = nn.Sequential(layers)
        self.classifier = nn.Linear(channels, num_classes)
        initialize(self)

    def forward(self, x: Tensor) -> Tensor:
        check_input("DenseNetCIFAR", x, self.in_channels, least=4)
        x = F.relu(self.features(x), inplace=True)  # (N, 342, 8, 8) in DenseNet-BC, L = 100, k = 12
        x = F.adaptive_avg_pool2d(x, 1).flatten(1)  # (N, 342)
        return self.classifier(x)  # (N, num_classes)


def densenet_cifar(**options) -> DenseNetCIFAR:
    """DenseNet-BC for CIFAR, L = 100, k = 12. Options: see `DenseNetCIFAR`."""
    return DenseNetCIFAR(**options)
