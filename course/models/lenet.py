"""LeNet-1 (LeCun et al. 1990) and LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998, Section II-B, Figure 2).

    LeNet-5      output   parameters  connections        LeNet-1       output   parameters  connections
    input       1@32×32                                  input        1@28×28
    C1  5×5     6@28×28          156      122,304        H1  5×5      4@24×24         104       59,904
    S2  2×2     6@14×14           12        5,880        H2  2×2      4@12×12           8        2,880
    C3  5×5    16@10×10        1,516      151,600        H3  5×5     12@8×8           512       32,768
    S4  2×2    16@5×5             32        2,000        H4  2×2     12@4×4            24          960
    C5  5×5   120@1×1         48,120       48,120        output          10         1,930        1,930
    F6              84        10,164       10,164
    output          10         fixed          840
    together                  60,000      340,908                                   2,578       98,442

Every layer up to F6 ends in f(a) = 1.7159 tanh(2a/3). Weights start uniformly in ±2.4 / fan-in (Appendix A).
Pixels are -0.1 where the paper is white and 1.175 where it is black: mean about 0, variance about 1.

Deviations. LeNet-5 returns the negative of its penalties, so that the largest output is the answer, as in
every other net, and cross-entropy on it is Eq. 9 without the rubbish class. LeNet-1 leaves its output linear,
for cross-entropy; the paper squashes it. `lenet5_modern` is what the name means today: every map of C3 reads
all of S2, max pooling, ReLU, and a linear output: 61,706 parameters.
"""

from torch import Tensor, nn

from course.checks import check_counts, check_input, check_size
from course.nn.activations import ScaledTanh
from course.nn.connection_table import ConnectionTableConv2d
from course.nn.subsampling import Subsampling

from .lenet_rbf import RBFOutput
from .width import check_width, scaled

# Table 1 of 1990: two almost independent modules of six maps.
H3_TABLE = (
    (0,), (0, 1), (0, 1), (1,), (0, 1), (0, 1),
    (2,), (2, 3), (2, 3), (3,), (2, 3), (2, 3),
)  # fmt: skip

# Table I of 1998, column by column: which maps of S2 each map of C3 reads.
C3_TABLE = (
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (4, 5, 0), (5, 0, 1),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (3, 4, 5, 0), (4, 5, 0, 1), (5, 0, 1, 2),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5),
    (0, 1, 2, 3, 4, 5),
)  # fmt: skip


def initialize(module: nn.Module) -> None:
    """Uniform in ±2.4 / fan-in, for use with `Module.apply` (Appendix A)."""
    if isinstance(module, nn.Conv2d | nn.Linear):
        bound = 2.4 / module.weight[0].numel()
        nn.init.uniform_(module.weight, -bound, bound)
        nn.init.uniform_(module.bias, -bound, bound)


class LeNet1(nn.Module):
    """LeNet-1: two convolutions, two subsamplings, one linear layer.

    Shape:
        Input: (N, in_channels, 28, 28). Output: logits (N, num_classes).
    """

    def __init__(self, *, num_classes: int = 10, in_channels: int = 1) -> None:
        super().__init__()
        check_counts(num_classes=num_classes, in_channels=in_channels)
        self.in_channels = in_channels
        self.h1 = nn.Conv2d(in_channels, 4, kernel_size=5)
        self.h2 = Subsampling(4)
        self.h3 = ConnectionTableConv2d(H3_TABLE, in_channels=4, kernel_size=5)
        self.h4 = Subsampling(12)
        self.output = nn.Linear(12 * 4 * 4, num_classes)
        self.squash = ScaledTanh()
        self.apply(initialize)

    def forward(self, x: Tensor) -> Tensor:
        check_input("lenet1", x, self.in_channels, only=28)
        x = self.squash(self.h1(x))  # (N, 4, 24, 24)
        x = self.squash(self.h2(x))  # (N, 4, 12, 12)
        x = self.squash(self.h3(x))  # (N, 12, 8, 8)
        x = self.squash(self.h4(x))  # (N, 12, 4, 4)
        return self.output(x.flatten(1))  # (N, num_classes)


class LeNet5(nn.Module):
    """LeNet-5 with everything that later nets dropped: C3's table, trainable subsampling, RBF output.

    Shape:
        Input: (N, in_channels, 32, 32). Output: (N, num_classes), minus the penalties; num_classes up to 10.
    """

    def __init__(self, *, num_classes: int = 10, in_channels: int = 1) -> None:
        super().__init__()
        check_counts(num_classes=num_classes, in_channels=in_channels)
        self.in_channels = in_channels
        self.c1 = nn.Conv2d(in_channels, 6, kernel_size=5)
        self.s2 = Subsampling(6)
        self.c3 = ConnectionTableConv2d(C3_TABLE, in_channels=6, kernel_size=5)
        self.s4 = Subsampling(16)
        self.c5 = nn.Conv2d(16, 120, kernel_size=5)
        self.f6 = nn.Linear(120, 84)
        self.output = RBFOutput(num_classes)
        self.squash = ScaledTanh()
        self.apply(initialize)

    def forward(self, x: Tensor) -> Tensor:
        check_input("lenet5", x, self.in_channels, only=32)
        x = self.squash(self.c1(x))  # (N, 6, 28, 28)
        x = self.squash(self.s2(x))  # (N, 6, 14, 14)
        x = self.squash(self.c3(x))  # (N, 16, 10, 10)
        x = self.squash(self.s4(x))  # (N, 16, 5, 5)
        x = self.squash(self.c5(x))  # (N, 120, 1, 1)
        x = self.squash(self.f6(x.flatten(1)))  # (N, 84)
        return -self.output(x)  # (N, num_classes)


class LeNet5Modern(nn.Module):
    """LeNet-5 as frameworks teach it today.

    Args:
        input_size: Side of the image. Below 32 pixels, two rows of zeros go around it: 28×28 becomes 32×32.

    Shape:
        Input: (N, in_channels, input_size, input_size). Output: logits (N, num_classes).
    """

    def __init__(
        self, *, num_classes: int = 10, in_channels: int = 1, width: float = 1.0, input_size: int = 28
    ) -> None:
        super().__init__()
        check_counts(num_classes=num_classes, in_channels=in_channels, input_size=input_size)
        check_width(width)
        check_size("lenet5_modern", input_size, least=12)
        self.in_channels, self.input_size = in_channels, input_size
        c1, c3, c5, f6 = (scaled(channels, width) for channels in (6, 16, 120, 84))
        padding = 2 if input_size < 32 else 0
        side = ((input_size + 2 * padding - 4) // 2 - 4) // 2
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, c1, kernel_size=5, padding=padding),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=2),
            nn.Conv2d(c1, c3, kernel_size=5),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=2),
        )
        self.classifier = nn.Sequential(
            nn.Linear(c3 * side * side, c5),
            nn.ReLU(inplace=True),
            nn.Linear(c5, f6),
            nn.ReLU(inplace=True),
            nn.Linear(f6, num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        check_input("lenet5_modern", x, self.in_channels, only=self.input_size)
        x = self.features(x)  # (N, 16, 5, 5)
        return self.classifier(x.flatten(1))  # (N, num_classes)


def lenet1(**options) -> LeNet1:
    """LeNet-1 of 1990: 2,578 parameters."""
    return LeNet1(**options)


def lenet5(**options) -> LeNet5:
    """LeNet-5 of 1998: 60,000 trainable parameters."""
    return LeNet5(**options)


def lenet5_modern(**options) -> LeNet5Modern:
    """LeNet-5 in today's form: 61,706 parameters."""
    return LeNet5Modern(**options)
