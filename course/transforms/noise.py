"""Gaussian noise: another small error for every value of every image."""

import torch
from torch import Tensor

from course.checks import as_batch, check_not_negative, check_probability

from .photometric import Photometric
from .transform import Params, draw


class GaussianNoise(Photometric):
    """Add normal noise to every value.

    Deviation from torchvision: noise on uint8 images is rounded, not cut off towards zero.

    Args:
        mean: of the noise.
        sigma: its standard deviation; 0.1 is a tenth of the range from 0 to 1 (25.5 for uint8).
        clip: keep the result between 0 and 1. Turn it off for normalized images, where 0 is the mean.
        p: probability that an image is changed at all.

    Raises:
        ValueError: sigma is negative, p is not a probability.
    """

    def __init__(self, mean: float = 0.0, sigma: float = 0.1, clip: bool = True, p: float = 1.0):
        check_not_negative("sigma", sigma)
        check_probability("p", p)
        self.mean, self.sigma, self.clip, self.p = mean, sigma, clip, p

    def sample(self, images: Tensor, generator: torch.Generator | None = None) -> Params:
        """apply (N,), boolean, and standard normal noise (N, C, H, W)."""
        return {
            "apply": draw(images, generator=generator) < self.p,
            "noise": draw(images, *as_batch(images).shape[1:], normal=True, generator=generator),
        }

    def change(self, values: Tensor, params: Params) -> Tensor:
        values = torch.add(values, params["noise"], alpha=self.sigma)
        if self.mean:
            values.add_(self.mean)
        return values.clamp_(0, 1) if self.clip else values
