"""Geometric transforms: a matrix that says, for every output pixel, which place of the input it shows.

Asking backwards, from the output to the input, leaves no holes. With pixel (column x, row y), the pixel
centers at whole numbers and (0, 0) at the upper left:

    (x, y, 1) of the input = matrix @ (x, y, 1) of the output

Transforms that follow each other are one matrix, the product. So they cost one resample, the image is blurred
once, and what leaves the image in one step can come back in the next: only pixels outside the original are
filled. (Applied one by one, each step would blur again and fill its own corners.)
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from course.checks import as_batch, check_fill

from .transform import Params, Transform


class Geometric(Transform):
    """A transform that moves pixels and keeps their values; outside the image they have the value `fill`.

    `exact` transforms move by whole pixels, perhaps mirrored: values are copied and never mixed. A transform
    that shows nothing from outside has `fill` None.
    """

    exact = False
    fill: float | None = None

    def matrix(self, params: Params, height: int, width: int) -> Tensor:
        """For input images of this size, the place in the input for each output pixel: (N, 3, 3)."""
        raise NotImplementedError(f"{type(self).__name__} has no matrix")

    def apply(self, images: Tensor, params: Params) -> Tensor:
        return apply_together(images, [self], [params])


def identity(N: int, device: torch.device) -> Tensor:
    """N matrices that show each pixel where it is, (N, 3, 3)."""
    return torch.eye(3, device=device).repeat(N, 1, 1)


def apply_together(images: Tensor, transforms: Sequence[Geometric], params: Sequence[Params]) -> Tensor:
    """Apply geometric transforms, the first one first, as a single one.

    Args:
        images: (N, C, H, W) or (C, H, W).
        transforms: at least one, and all of them with the same `fill`, or None.
        params: what each one's `sample` drew.
    """
    batch = as_batch(images)
    height, width = batch.shape[-2:]
    dtype = torch.float64 if batch.dtype == torch.float64 else torch.float32
    matrix = torch.eye(3, dtype=dtype, device=batch.device).expand(len(batch), 3, 3)
    for transform, drawn in zip(transforms, params, strict=True):
        matrix = matrix @ transform.matrix(drawn, height, width).to(matrix)
        height, width = transform.output_size(height, width)
    fill = next((transform.fill for transform in transforms if transform.fill is not None), 0)
    check_fill(fill, batch.dtype)
    exact = all(transform.exact for transform in transforms)
    out = resample(batch, matrix, (height, width), "nearest" if exact else "bilinear", fill)
    return out if images.dim() == 4 else out[0]


def resample(images: Tensor, matrix: Tensor, size: tuple[int, int], mode: str, fill: float = 0) -> Tensor:
    """Look up the places in the images (N, C, H, W) that the matrices (N, 3, 3) name, for a new size.

    Args:
        images: any dtype; computed in that of the matrices, and rounded for uint8.
        matrix: from pixels of the result to pixels of the images.
        size: height and width of the result.
        mode: "bilinear", or "nearest" where the places are whole pixels.
        fill: value of what lies outside the images.
    """
    H, W = images.shape[-2:]
    y, x = (torch.arange(side, device=images.device).to(matrix) for side in size)
    # grid_sample counts from -1 to 1 between the outer edges of the image, so pixel x is (2 x + 1) / W - 1.
    to_grid = matrix.new_tensor([[2 / W, 0, 1 / W - 1], [0, 2 / H, 1 / H - 1]])
    by_x, by_y, shift = (to_grid @ matrix)[..., None].unbind(2)  # (N, 2, 1) each
    # A sum of a row and a column, which is much less to compute than a product of matrices for every pixel.
    grid = (by_x * x)[:, :, None] + (by_y * y + shift)[..., None]  # (N, 2, height, width)
    grid = grid.permute(0, 2, 3, 1)  # (N, height, width, 2)
    values = images.to(matrix.dtype)
    if mode == "bilinear" and fill:
        # Outside the image grid_sample sees zero; of values less the fill, that is the fill.
        values = F.grid_sample(values - fill, grid, mode, align_corners=False) + fill
    else:
        values = F.grid_sample(values, grid, mode, align_corners=False)  # (N, C, height, width)
    if mode == "nearest" and fill:
        outside = (grid.abs() > 1).any(dim=-1)[:, None]
        values = values.masked_fill(outside, fill)
    if mode == "bilinear" and images.dtype == torch.uint8:
        values = values.round()
    return values.to(images.dtype)
