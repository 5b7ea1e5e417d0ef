"""Transform base class: draw the parameters first, then apply them.

`sample` draws, for every image its own numbers; `apply` is a plain function of images and numbers. So a
lecture can show one fixed rotation, and a test can compare it with another library.
(torchvision.transforms.v2 calls the steps `make_params` and `transform`, and draws once for a whole batch.)
"""

from typing import Any

import torch
from torch import Tensor

from course.checks import as_batch

Params = dict[str, Tensor]


class Transform:
    """Changes images at random: one image (C, H, W), or a batch (N, C, H, W) with own draws for each.

    uint8 images hold 0 to 255, floating point images 0 to 1 or normalized values. Dtype and device stay.
    """

    def __call__(self, images: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Draw parameters and apply them.

        Args:
            images: (N, C, H, W) or (C, H, W).
            generator: where the random numbers come from; None takes torch's global generator, which is
                untouched otherwise. The same state gives the same images, on every device.
        """
        return self.apply(images, self.sample(images, generator))

    def sample(self, images: Tensor, generator: torch.Generator | None = None) -> Any:
        """Draw parameters for each of the N images (1 for a single one); only shape and device are read."""
        raise NotImplementedError(f"{type(self).__name__} has no sample")

    def apply(self, images: Tensor, params: Any) -> Tensor:
        """Change the images as the parameters say; nothing random happens here."""
        raise NotImplementedError(f"{type(self).__name__} has no apply")

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({values})"

    def output_size(self, height: int, width: int) -> tuple[int, int]:
        """Height and width of the result, in pixels."""
        return height, width


def draw(
    images: Tensor, *sizes: int, normal: bool = False, generator: torch.Generator | None = None
) -> Tensor:
    """Random float32 numbers (N, *sizes) for N images, on their device: uniform in [0, 1) or standard normal.

    They are drawn where the generator lives and moved, so that one seed gives the same on every device.
    """
    N = len(as_batch(images))
    distribution = torch.randn if normal else torch.rand
    drawn_on = images.device if generator is None else generator.device
    numbers = distribution(N, *sizes, generator=generator, dtype=torch.float32, device=drawn_on)
    return numbers.to(images.device)
