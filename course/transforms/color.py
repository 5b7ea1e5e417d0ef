"""PCA color augmentation of AlexNet (Krizhevsky et al. 2012, Sec. 4.1), often called "fancy PCA".

The colors of natural images spread along few directions, brightness above all. To each pixel of an image is
added [p1, p2, p3] [a1 l1, a2 l2, a3 l3]^T, where p and l are the eigenvectors and eigenvalues of the 3 x 3
covariance of the RGB values of all training pixels, and a is normal with mean 0 and standard deviation 0.1,
drawn once for an image.

The paper does not say on which scale. An eigenvalue is a variance: on the scale 0 to 255 it is 65,025 times
what it is on 0 to 1, and the added color 255 times as strong, far beyond the range of a pixel. So uint8
images are taken as 0 to 1; the eigenvalues that ports of AlexNet share (0.2175, 0.0188, 0.0045) fit to that.
"""

from typing import Self

import torch
from torch import Tensor

from course.checks import as_batch, check_not_negative, check_probability

from .photometric import Photometric
from .transform import Params, draw

IMAGES_AT_A_TIME = 512


def rgb_components(images: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues (3,), largest first, and eigenvectors (3, 3), in columns, of the covariance of RGB values.

    Args:
        images: the training set, (N, 3, H, W); uint8 counts as 0 to 1.

    Raises:
        ValueError: no images, or other than 3 channels.
    """
    batch = as_rgb(images)
    if len(batch) == 0:
        raise ValueError(f"images has shape {tuple(batch.shape)}; the components need at least one image")
    total, products = torch.zeros(3, dtype=torch.float64), torch.zeros(3, 3, dtype=torch.float64)
    for some in batch.split(IMAGES_AT_A_TIME):
        pixels = some.cpu().double().transpose(0, 1).flatten(1)  # (3, pixels)
        total += pixels.sum(dim=1)
        products += pixels @ pixels.T
    count = batch[:, 0].numel()
    mean = total / count
    covariance = products / count - mean[:, None] * mean
    if batch.dtype == torch.uint8:
        covariance /= 255**2
    values, vectors = torch.linalg.eigh(covariance)  # smallest first
    return values.clamp(min=0).flip(0), vectors.flip(1)


def as_rgb(images: Tensor) -> Tensor:
    """`as_batch`, for images of 3 channels."""
    batch = as_batch(images)
    if batch.shape[1] != 3:
        raise ValueError(f"images has shape {tuple(images.shape)}; PCAColor needs 3 channels, RGB")
    return batch


class PCAColor(Photometric):
    """Shift the color of each image along the principal components of the training set's colors.

    `PCAColor.fit(training_images)` finds the components itself.

    Args:
        eigenvalues: (3,), variances on the scale of the images (uint8: 0 to 1).
        eigenvectors: (3, 3), one in each column.
        std: standard deviation of the factors; the paper has 0.1.
        p: probability that an image is changed at all.

    Raises:
        ValueError: another shape, std negative, p outside [0, 1]; when applied, other than 3 channels.
    """

    def __init__(self, eigenvalues: Tensor, eigenvectors: Tensor, std: float = 0.1, p: float = 1.0):
        if eigenvalues.shape != (3,) or eigenvectors.shape != (3, 3):
            shapes = f"{tuple(eigenvalues.shape)} and {tuple(eigenvectors.shape)}"
            raise ValueError(f"eigenvalues and eigenvectors have shapes {shapes}; they need (3,) and (3, 3)")
        check_not_negative("std", std)
        check_probability("p", p)
        self.eigenvalues, self.eigenvectors, self.std, self.p = eigenvalues, eigenvectors, std, p

    @classmethod
    def fit(cls, images: Tensor, std: float = 0.1, p: float = 1.0) -> Self:
        """With the components of these images, (N, 3, H, W)."""
        return cls(*rgb_components(images), std=std, p=p)

    def sample(self, images: Tensor, generator: torch.Generator | None = None) -> Params:
        """apply (N,), boolean, and the factors alpha (N, 3)."""
        as_rgb(images)
        return {
            "apply": draw(images, generator=generator) < self.p,
            "alpha": self.std * draw(images, 3, normal=True, generator=generator),
        }

    def change(self, values: Tensor, params: Params) -> Tensor:
        as_rgb(values)
        weights = params["alpha"].to(values) * self.eigenvalues.to(values)
        shift = weights @ self.eigenvectors.to(values).T  # (N, 3)
        return values + shift[:, :, None, None]
