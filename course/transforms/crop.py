"""Random crop: without padding in AlexNet (Sec. 4.1), after padding by 4 in ResNet on CIFAR (Sec. 4.2)."""

from collections.abc import Sequence

import torch
from torch import Tensor

from course.checks import as_batch, as_whole_numbers, check_probability

from .geometric import Geometric, identity
from .transform import Params, draw


class RandomCrop(Geometric):
    """Cut a window out of each image, at a random place.

    Every place is equally likely: with H rows after padding and a window of h rows, `top` is one of the
    H - h + 1 numbers from 0 to H - h.

    Args:
        size: height and width of the window in pixels; one number for a square.
        padding: pixels added before, on all sides; or (left and right, top and bottom), or (left, top,
            right, bottom).
        fill: value of the added pixels.
        p: probability of a random place; otherwise the window lies in the middle.

    Raises:
        TypeError: a size or padding is no whole number.
        ValueError: a size below 1, a padding below 0, p outside [0, 1]; when applied, a window too large.
    """

    exact = True

    def __init__(
        self, size: int | Sequence[int], padding: int | Sequence[int] = 0, fill: float = 0, p: float = 1.0
    ):
        check_probability("p", p)
        self.size = (2 * as_whole_numbers("size", size, lengths=(1, 2), low=1))[:2]
        self.padding = (4 * as_whole_numbers("padding", padding, lengths=(1, 2, 4), low=0))[:4]
        self.fill, self.p = fill, p

    def sample(self, images: Tensor, generator: torch.Generator | None = None) -> Params:
        """Upper left corner of each window in the padded image, in pixels: top (N,) and left (N,)."""
        free_rows, free_columns = self.free_places(*as_batch(images).shape[-2:])
        random, down, right = draw(images, 3, generator=generator).unbind(1)
        return {
            "top": torch.where(random < self.p, (down * (free_rows + 1)).long(), free_rows // 2),
            "left": torch.where(random < self.p, (right * (free_columns + 1)).long(), free_columns // 2),
        }

    def matrix(self, params: Params, height: int, width: int) -> Tensor:
        self.free_places(height, width)
        matrix = identity(len(params["top"]), params["top"].device)
        matrix[:, 0, 2] = params["left"] - self.padding[0]
        matrix[:, 1, 2] = params["top"] - self.padding[1]
        return matrix

    def output_size(self, height: int, width: int) -> tuple[int, int]:
        return self.size[0], self.size[1]

    def free_places(self, height: int, width: int) -> tuple[int, int]:
        """By how many pixels the window can move down and to the right."""
        left, top, right, bottom = self.padding
        rows, columns = height + top + bottom - self.size[0], width + left + right - self.size[1]
        if rows < 0 or columns < 0:
            padded = (height + top + bottom, width + left + right)
            raise ValueError(f"size={tuple(self.size)} must fit into the image, {padded} with its padding")
        return rows, columns
