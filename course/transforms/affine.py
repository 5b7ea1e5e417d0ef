"""Random affine transform: rotation, scaling and translation, together or one of them alone.

Deviations from torchvision.transforms.v2: bilinear interpolation (torchvision's default is nearest), no
shear, always about the center of the image, and the image keeps its size. As there, the angle of
RandomRotation turns counter-clockwise and that of RandomAffine clockwise, and shifts are whole pixels.
RandomScale and RandomTranslation have no twin there: they are RandomAffine with the other draws left out.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from course.checks import as_batch, as_factors, as_fractions, as_interval, check_probability

from .geometric import Geometric, identity
from .transform import Params, draw


def affine_matrix(angle: Tensor, translate: Tensor, scale: Tensor, height: int, width: int) -> Tensor:
    """The matrices (N, 3, 3) from output to input pixels of: scale, turn about the center, then shift.

    Forward, with the center c, that is p -> c + t + s R (p - c), where R turns clockwise as y points down:
    (cos, -sin; sin, cos). So backward it is q -> c + R^T (q - c - t) / s.

    Args:
        angle: clockwise, in degrees, (N,).
        translate: to the right and down, in pixels, (N, 2).
        scale: factor, above 1 is larger, (N,).
        height, width: of the image, in pixels.
    """
    cos, sin = torch.cos(torch.deg2rad(angle)) / scale, torch.sin(torch.deg2rad(angle)) / scale
    turn_back = torch.stack([cos, sin, -sin, cos], dim=1).view(-1, 2, 2)
    center = turn_back.new_tensor([(width - 1) / 2, (height - 1) / 2])
    matrix = identity(len(angle), angle.device).to(turn_back.dtype)
    matrix[:, :2, :2] = turn_back
    matrix[:, :2, 2] = center - (turn_back * (center + translate)[:, None]).sum(dim=2)
    return matrix


class RandomAffine(Geometric):
    """Turn, scale and shift each image.

    Args:
        degrees: smallest and largest angle, clockwise; a number d means (-d, d).
        translate: largest shift, as fractions of width and height: (0.1, 0.2); None for no shift.
        scale: smallest and largest factor, (0.8, 1.2); None for no scaling.
        fill: value of pixels from outside the image.
        p: probability that an image is changed at all.

    Raises:
        ValueError: min above max, a fraction outside [0, 1], a factor that is not above 0, p outside [0, 1].
    """

    def __init__(
        self,
        degrees: float | Sequence[float],
        translate: Sequence[float] | None = None,
        scale: Sequence[float] | None = None,
        fill: float = 0,
        p: float = 1.0,
    ):
        check_probability("p", p)
        self.degrees = as_interval("degrees", degrees)
        self.translate = (0.0, 0.0) if translate is None else as_fractions("translate", translate)
        self.scale = (1.0, 1.0) if scale is None else as_factors("scale", scale)
        self.fill, self.p = fill, p

    def sample(self, images: Tensor, generator: torch.Generator | None = None) -> Params:
        """angle (N,) in degrees, translate (N, 2) in whole pixels, scale (N,)."""
        height, width = as_batch(images).shape[-2:]
        change, angle, scale, *shift = draw(images, 5, generator=generator).unbind(1)
        change = change < self.p
        largest = torch.tensor([self.translate[0] * width, self.translate[1] * height], device=images.device)
        translate = ((2 * torch.stack(shift, dim=1) - 1) * largest).round()
        return {
            "angle": torch.where(change, between(self.degrees, angle), 0),
            "translate": torch.where(change[:, None], translate, 0),
            "scale": torch.where(change, between(self.scale, scale), 1),
        }

    def matrix(self, params: Params, height: int, width: int) -> Tensor:
        return affine_matrix(params["angle"], params["translate"], params["scale"], height, width)


def between(interval: tuple[float, float], fraction: Tensor) -> Tensor:
    """From the lower end (fraction 0) to the upper end (fraction 1) of an interval."""
    return interval[0] + (interval[1] - interval[0]) * fraction


class RandomRotation(RandomAffine):
    """Turn each image about its center, counter-clockwise.

    Args:
        degrees: smallest and largest angle; a number d means (-d, d).
        fill: value of pixels from outside the image.
        p: probability that an image is changed at all.
    """

    def __init__(self, degrees: float | Sequence[float], fill: float = 0, p: float = 1.0):
        super().__init__(degrees, fill=fill, p=p)

    def matrix(self, params: Params, height: int, width: int) -> Tensor:
        return super().matrix({**params, "angle": -params["angle"]}, height, width)


class RandomScale(RandomAffine):
    """Enlarge or shrink what each image shows, about its center; the image keeps its size.

    Args:
        scale: smallest and largest factor, (0.8, 1.2).
        fill: value of pixels from outside the image.
        p: probability that an image is changed at all.
    """

    def __init__(self, scale: Sequence[float], fill: float = 0, p: float = 1.0):
        super().__init__(0, scale=scale, fill=fill, p=p)


class RandomTranslation(RandomAffine):
    """Shift each image by whole pixels.

    Args:
        translate: largest shift, as fractions of width and height: (0.1, 0.2).
        fill: value of pixels from outside the image.
        p: probability that an image is changed at all.
    """

    exact = True

    def __init__(self, translate: Sequence[float], fill: float = 0, p: float = 1.0):
        super().__init__(0, translate=translate, fill=fill, p=p)
