"""Random horizontal flip. Right for cats, wrong for digits: a mirrored 2 is no digit at all."""

import torch
from torch import Tensor

from course.checks import check_probability

from .geometric import Geometric, identity
from .transform import Params, draw


class RandomHorizontalFlip(Geometric):
    """Mirror each image, left to right, with probability p (AlexNet, Sec. 4.1).

    Raises:
        ValueError: p is not a probability.
    """

    exact = True

    def __init__(self, p: float = 0.5):
        check_probability("p", p)
        self.p = p

    def sample(self, images: Tensor, generator: torch.Generator | None = None) -> Params:
        """Which images are mirrored: flip (N,), boolean."""
        return {"flip": draw(images, generator=generator) < self.p}

    def matrix(self, params: Params, height: int, width: int) -> Tensor:
        flip = params["flip"]
        matrix = identity(len(flip), flip.device)
        matrix[:, 0, 0] = 1 - 2 * flip.float()  # x, or where mirrored (width - 1) - x
        matrix[:, 0, 2] = (width - 1) * flip
        return matrix
