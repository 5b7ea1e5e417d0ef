"""Heatmap overlay: the photograph in its own colors, the map as a translucent layer upon it.

Where the map is 0 or below, the photograph is as it was; the larger the value, the more of the layer is seen.
A line, white with a black rim, runs where the map has half its largest value: so it is read on light and on
dark ground, and without seeing colors.
"""

from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F
from matplotlib.colors import to_rgb
from torch import Tensor

from .images import plot_images, unit_range, with_channels
from .saliency import largest_over_colors
from .style import Picture, listing, told

LAYER = "#E5006D"  # a color that photographs seldom have
STRENGTH = 0.6  # how much of it covers a pixel where the map is largest


def scaled_map(values: Tensor, size: tuple[int, int], percentile: float = 100) -> Tensor:
    """A map as large as an image, from 0 to 1: bilinear between its places, negative values 0.

    Args:
        values: (h, w).
        size: (H, W).
        percentile: what becomes 1; 99 keeps a few loud pixels of a saliency map from hiding all others.

    Raises:
        ValueError: another shape or percentile, or a value that is not finite.
    """
    if values.dim() != 2 or not values.numel() or not bool(values.isfinite().all()):
        raise ValueError(f"values has shape {tuple(values.shape)}; it must be (h, w), and finite")
    if not 0 < percentile <= 100:
        raise ValueError(f"percentile={percentile} must lie above 0 and be at most 100")
    large = F.interpolate(values.detach().double()[None, None], size, mode="bilinear", align_corners=False)[
        0, 0
    ]
    large = large.clamp(min=0)
    largest = large.flatten().kthvalue(max(1, round(percentile / 100 * large.numel()))).values
    return (large / largest).clamp(max=1) if largest > 0 else torch.zeros_like(large)


def overlay(image: Tensor, values: Tensor, *, line: bool = True) -> Tensor:
    """The image with a map laid upon it, (3, H, W), from 0 to 1.

    Args:
        image: (C, H, W) with C = 1 or 3, from 0 to 1.
        values: (h, w), of any size.
        line: also draw where the map has half its largest value.

    Raises:
        ValueError: a shape is another.
    """
    pixels = unit_range(with_channels(image[None]))[0].expand(3, -1, -1)  # (3, H, W)
    share = scaled_map(values, tuple(image.shape[1:])).to(pixels.device)
    color = torch.tensor(to_rgb(LAYER), dtype=pixels.dtype, device=pixels.device)[:, None, None]
    mixed = torch.lerp(pixels, color, STRENGTH * share)
    if line and bool(share.any()):
        width = max(1, round(min(image.shape[1:]) / 300))
        inside = (share >= 0.5)[None, None].double()
        for brightness, reach in ((0.0, 2 * width), (1.0, width)):
            mixed = torch.where(_rim(inside, reach), brightness, mixed)
    return mixed


def _rim(inside: Tensor, reach: int) -> Tensor:
    """Pixels (H, W) that lie so near to the border between inside and outside, of (1, 1, H, W)."""
    grown = F.max_pool2d(inside, 2 * reach + 1, stride=1, padding=reach)
    shrunk = -F.max_pool2d(-inside, 2 * reach + 1, stride=1, padding=reach)
    return (grown > shrunk)[0, 0]


def plot_maps(image: Tensor, maps: Mapping[str, Tensor], percentile: float = 99, title: str = "") -> Picture:
    """Draw a photograph, and beside it maps that have a value for each pixel: black is 0, white the largest.

    Args:
        image: (C, H, W) with C = 1 or 3, from 0 to 1.
        maps: title to map (h, w), such as `saliency`, or to a signed gradient (C, h, w), of which the largest
            absolute value over the channels is drawn.
        percentile: as in `scaled_map`.
        title: begins the alternative text.

    Raises:
        ValueError: a shape is another.
    """
    flat = [largest_over_colors(values) if values.dim() == 3 else values for values in maps.values()]
    size = tuple(image.shape[1:])
    gray = [scaled_map(values.cpu(), size, percentile).expand(3, -1, -1) for values in flat]
    pixels = unit_range(with_channels(image[None]))[0].expand(3, -1, -1).cpu()
    figure = plot_images(torch.stack([pixels, *gray]), ["photograph", *maps], nrow=4)
    figure.alt = told(title, f"A photograph and maps of its pixels: {listing(list(maps))}.")
    return figure


def plot_overlays(
    images: Tensor,
    maps: Sequence[Tensor],
    titles: Sequence[object] | None = None,
    nrow: int = 4,
    title: str = "",
) -> Picture:
    """Draw photographs in rows, each with its map upon it; see `overlay`.

    Args:
        images: (N, C, H, W) with C = 1 or 3, from 0 to 1.
        maps: N maps (h, w), of any size.
        titles: one line above each.
        nrow: photographs in a row.
        title: begins the alternative text.

    Raises:
        ValueError: the numbers of images, maps and titles differ, or a shape is another.
    """
    if len(maps) != len(images):
        raise ValueError(f"maps has {len(maps)} entries; images has {len(images)}")
    mixed = torch.stack([overlay(image, values) for image, values in zip(images, maps, strict=True)])
    figure = plot_images(mixed, titles, nrow)
    alt_text = (
        f"{len(images)} images, each with a map upon it; a line runs at half of the map's largest value."
    )
    figure.alt = told(title, alt_text + (f" {', '.join(map(str, titles))}." if titles is not None else ""))
    return figure
