"""Geometric transforms: a matrix that says, for every output pixel, which place of the input it shows.

Asking backwards, from the output to the input, leaves no holes. With pixel (column x, row y), the pixel
centres at whole numbers and (0, 0) at the upper left:

    (x, y, 1) of the input = matrix @ (x, y, 1) of the output

Transforms that follow each other are one matrix, the product. So they cost one resample, the image is blurred
once, and what leaves the image in one step can come back in the next: only pixels outside the original are
filled. (Applied one by one, each step would blur again and fill its own corners.)
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from .arguments import as_batch
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
    look_up = copy_pixels if all(transform.exact for transform in transforms) else resample
    out = look_up(batch, matrix, height, width, fill)
    return out if images.dim() == 4 else out[0]


def copy_pixels(images: Tensor, matrix: Tensor, height: int, width: int, fill: float = 0) -> Tensor:
    """The pixels (N, C, height, width) that the matrices point at, where they are shifts and mirrorings."""
    N, C, H, W = images.shape
    x = matrix[:, 0, :1] * torch.arange(width, device=images.device) + matrix[:, 0, 2:]  # (N, width)
    y = matrix[:, 1, 1:2] * torch.arange(height, device=images.device) + matrix[:, 1, 2:]  # (N, height)
    # With one pixel of fill all around, every place outside, however far, is looked up in this frame.
    framed = F.pad(images, (1, 1, 1, 1), value=fill)  # (N, C, H + 2, W + 2)
    columns = (x.round().long() + 1).clamp(0, W + 1)
    rows = (y.round().long() + 1).clamp(0, H + 1)
    places = rows[:, :, None] * (W + 2) + columns[:, None, :]  # (N, height, width)
    places = places.view(N, 1, height * width).expand(N, C, height * width)
    return framed.flatten(2).gather(2, places).view(N, C, height, width)


def resample(images: Tensor, matrix: Tensor, height: int, width: int, fill: float = 0) -> Tensor:
    """The values (N, C, height, width) at the places that the matrices point at, by bilinear interpolation.

    Computed in the floating point dtype of the matrices; uint8 is rounded.
    """
    H, W = images.shape[-2:]
    size = torch.tensor([W, H], dtype=matrix.dtype, device=matrix.device)
    x = torch.arange(width, dtype=matrix.dtype, device=matrix.device)[:, None]
    y = torch.arange(height, dtype=matrix.dtype, device=matrix.device)[:, None]
    # grid_sample counts from -1 to 1 between the outer edges of the image: pixel x lies at (2x + 1) / W - 1.
    from_x, from_y, shift = (matrix[:, None, :2] * (2 / size)[:, None]).unbind(-1)  # each (N, 1, 2)
    grid_y = from_y * y + shift + (1 / size - 1)  # (N, height, 2)
    grid = (from_x * x)[:, None] + grid_y[:, :, None]  # (N, height, width, 2)
    values = images.to(matrix.dtype) - fill  # grid_sample sees zero outside the image
    values = F.grid_sample(values, grid, mode="bilinear", align_corners=False) + fill
    return values.round().to(images.dtype) if images.dtype == torch.uint8 else values.to(images.dtype)
