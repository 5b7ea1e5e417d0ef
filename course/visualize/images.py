"""Image grid: rows and columns, each image with a title if you like."""

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.patches import Rectangle
from torch import Tensor

from .style import Picture, bare, listing, picture, styled

TITLE_HEIGHT = 0.22  # inches, for one line above an image


def unit_range(images: Tensor, value_range: tuple[float, float] | None = None) -> Tensor:
    """Values from 0 (black) to 1 (white); what lies beyond is cut off.

    Args:
        images: of any shape.
        value_range: the values of black and white; by default (0, 255) for integers, (0, 1) for floats.

    Raises:
        ValueError: if white does not lie above black.
    """
    black, white = value_range or ((0, 1) if images.is_floating_point() else (0, 255))
    if not white > black:
        raise ValueError(f"value_range={value_range} must be (black, white) with white above black")
    return ((images.double() - black) / (white - black)).clamp(0, 1)


def image_grid(
    images: Tensor,
    nrow: int = 8,
    padding: int | tuple[int, int] = 2,
    value_range: tuple[float, float] | None = None,
) -> np.ndarray:
    """Put images into one, row by row, as `torchvision.utils.make_grid` does; what is empty is white.

    Args:
        images: (N, C, H, W) with C = 1 or 3, or (N, H, W).
        nrow: images in a row.
        padding: pixels between images and around them; a pair is (above and below, left and right).
        value_range: the values of black and white, see `unit_range`.

    Returns:
        (rows · (H + padding) + padding, columns · (W + padding) + padding, 3), from 0 to 1.

    Raises:
        ValueError: if the shape is another, there is no image, or `nrow` is below 1.
    """
    images = with_channels(images)
    if nrow < 1:
        raise ValueError(f"nrow={nrow} must be at least 1")
    tall, wide = padding if isinstance(padding, tuple) else (padding, padding)
    N, _, H, W = images.shape
    columns, rows = min(nrow, N), -(-N // nrow)
    grid = np.ones((rows * (H + tall) + tall, columns * (W + wide) + wide, 3))
    pixels = unit_range(images, value_range).expand(N, 3, H, W).permute(0, 2, 3, 1).cpu()  # (N, H, W, 3)
    for index, image in enumerate(pixels.numpy()):
        top = tall + (index // nrow) * (H + tall)
        left = wide + (index % nrow) * (W + wide)
        grid[top : top + H, left : left + W] = image
    return grid


def with_channels(images: Tensor) -> Tensor:
    """Check a batch of images, and give gray ones without it their channel: (N, C, H, W), C = 1 or 3."""
    images = torch.as_tensor(images).detach()
    if images.dim() == 3:
        images = images.unsqueeze(1)  # (N, 1, H, W)
    if images.dim() != 4 or images.shape[1] not in (1, 3) or not images.numel():
        raise ValueError(
            f"images has shape {tuple(images.shape)}; "
            "it must be (N, 1, H, W), (N, 3, H, W) or (N, H, W), and not empty"
        )
    return images


@styled
def plot_images(
    images: Tensor,
    titles: Sequence[object] | None = None,
    nrow: int = 8,
    value_range: tuple[float, float] | None = None,
    alt: str = "",
    image_width: float = 1.8,
    few_colors: bool = False,
) -> Picture:
    """Draw images in rows.

    Args:
        images: (N, C, H, W) with C = 1 or 3, or (N, H, W).
        titles: one line above each image.
        nrow: images in a row.
        value_range: the values of black and white; by default (0, 255) for integers, (0, 1) for floats.
        alt: what the images show; by default their number and titles.
        image_width: of one image, in inches; less where a row would be wider than 7.
        few_colors: store photographs with as few colors as drawings: smaller, and they look nearly the same.

    Raises:
        ValueError: if the shape is another, or the numbers of titles and images differ.
    """
    images = with_channels(images)
    N, C, H, W = images.shape
    if titles is not None and len(titles) != N:
        raise ValueError(f"titles has {len(titles)} entries; images has {N}")
    alt_text = f": {listing(titles)}" if titles is not None else ""
    alt = alt or f"{N} image{'s' * (N > 1)} of {H} x {W} pixels{alt_text}."
    # each pixel as a block of equal ones, so that the space between tiny images need not be a whole pixel
    block = -(-28 // W)
    images = images.repeat_interleave(block, dim=2).repeat_interleave(block, dim=3)
    H, W = block * H, block * W
    columns = min(nrow, N)
    width = min(7.0, image_width * columns)
    gap = max(1, W // 14)
    pixels_per_inch = (columns * (W + gap) + gap) / width
    above = gap if titles is None else round(TITLE_HEIGHT * pixels_per_inch)
    grid = image_grid(images, nrow, (above, gap), value_range)

    figure, axes = picture(width=width, height=grid.shape[0] / pixels_per_inch, layout=None)
    figure.subplots_adjust(0, 0, 1, 1)
    bare(axes[0, 0])
    axes[0, 0].imshow(grid, aspect="auto", extent=(0, grid.shape[1], grid.shape[0], 0))
    for index in range(N):
        left, top = gap + (index % nrow) * (W + gap), above + (index // nrow) * (H + above)
        axes[0, 0].add_patch(Rectangle((left, top), W, H, fill=False, color="#AAAAAA", linewidth=0.6))
        if titles is not None:
            bottom = top - 0.04 * pixels_per_inch
            axes[0, 0].text(left + W / 2, bottom, str(titles[index]), ha="center", va="bottom", fontsize=9)
    figure.alt = alt
    figure.many_colors = C == 3 and not few_colors
    return figure
