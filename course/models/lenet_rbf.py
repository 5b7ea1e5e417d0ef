"""RBF output layer of LeNet-5 and its loss: distances to drawn digits (LeCun et al. 1998, II-B, II-C).

The 84 units of layer F6 are a picture of 7×12 pixels, -1 for white and +1 for black. Each class has a fixed
picture w_i, "a stylized image of the corresponding character class", and the output is how far F6 is from it:

    y_i = sum_j (x_j - w_ij) ** 2                                       Eq. 7
    E = y_D                                                             Eq. 8, one pattern of class D
    E = y_D + log(e^-j + sum_i e^-y_i)                                  Eq. 9, one pattern of class D

The paper shows its pictures in Figure 3 for all of ASCII. The ten here are drawn in their spirit, not copied.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

BITMAPS = """
..###..  ...#...  ..###..  #######  ....##.  #######  ....##.  #######  ..###..  .#####.
.##.##.  ..##...  .#...#.  .....##  ...###.  #......  ...##..  ......#  .#...#.  ##...##
##...##  .###...  #.....#  ....##.  ..##.#.  #......  ..##...  .....##  #.....#  #.....#
##...##  ...#...  ......#  ...##..  .##..#.  #......  .##....  .....#.  #.....#  #.....#
##...##  ...#...  .....##  ..###..  ##...#.  #.###..  ##.....  ....##.  .#...#.  ##...##
##...##  ...#...  ....##.  ....##.  #....#.  ##...#.  #.####.  ....#..  ..###..  .####.#
##...##  ...#...  ...##..  .....##  #######  ......#  ##...##  ...##..  .#...#.  .....##
##...##  ...#...  ..##...  ......#  #######  ......#  #.....#  ...#...  #.....#  ....##.
##...##  ...#...  .##....  ......#  .....#.  ......#  #.....#  ..##...  #.....#  ...##..
##...##  ...#...  ##.....  #.....#  .....#.  #.....#  #.....#  ..#....  #.....#  ..##...
.##.##.  ...#...  #......  ##...##  .....#.  .#...#.  ##...##  ..#....  .#...#.  .##....
..###..  .#####.  #######  .#####.  .....#.  ..###..  .#####.  ..#....  ..###..  ##.....
"""


def digit_codes() -> Tensor:
    """The ten pictures as vectors of -1 and +1, row by row: (10, 84)."""
    rows = [line.split() for line in BITMAPS.split("\n") if line]  # 12 rows of 10 strings of 7
    pictures = ["".join(row[digit] for row in rows) for digit in range(10)]  # 10 strings of 84
    return torch.tensor([[1.0 if pixel == "#" else -1.0 for pixel in picture] for picture in pictures])


class RBFOutput(nn.Module):
    """Euclidean radial basis function units with fixed centers: the penalty of each class (Eq. 7).

    Args:
        num_classes: From 1 to 10, as there are ten pictures.

    Shape:
        Input: (N, 84). Output: (N, num_classes), squared distances, not negative; the smallest is the answer.
    """

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        if not 1 <= num_classes <= 10:
            raise ValueError(f"num_classes={num_classes} must be from 1 to 10, one for each drawn digit")
        self.register_buffer("codes", digit_codes()[:num_classes])

    def forward(self, x: Tensor) -> Tensor:
        return (x[:, None] - self.codes).square().sum(dim=2)  # (N, num_classes)

    def extra_repr(self) -> str:
        return f"{self.codes.shape[1]}, {self.codes.shape[0]}"


def mle_loss(penalties: Tensor, target: Tensor) -> Tensor:
    """The maximum likelihood criterion: push down the penalty of the correct class (Eq. 8).

    Shape:
        penalties: (N, classes). target: (N,), class numbers. Output: a scalar, the mean over the batch.
    """
    return penalties.gather(1, target[:, None]).mean()


def map_loss(penalties: Tensor, target: Tensor, j: float = 0.1) -> Tensor:
    """The maximum a posteriori criterion: also pull up the penalties of the wrong classes (Eq. 9).

    It is cross-entropy on the negative penalties with one more class, rubbish, whose penalty is always j.
    That class keeps penalties that are already very large from being pushed further up. Section II-C gives
    no number for j; 0.1 is what re-implementations use.

    Shape:
        penalties: (N, classes). target: (N,), class numbers. Output: a scalar, the mean over the batch.
    """
    rubbish = penalties.new_full((len(penalties), 1), j)
    return F.cross_entropy(-torch.cat([penalties, rubbish], dim=1), target)
