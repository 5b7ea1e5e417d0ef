"""Images in named rows: what those of one row have in common stands on its left."""

from collections.abc import Mapping, Sequence

import torch

from .images import unit_range, with_channels
from .style import Picture, bare, headline, listing, picture, styled, told


@styled
def plot_image_rows(
    rows: Mapping[str, torch.Tensor],
    names: Mapping[str, Sequence[str]] | None = None,
    title: str = "",
) -> Picture:
    """Draw one named row of images a group.

    Args:
        rows: name to images (N, C, H, W) with C = 1 or 3, or (N, H, W), floats from 0 to 1;
            what lies beyond is cut off.
        names: of the same rows, N names, one above each image.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: there is no row, images of another shape, or other numbers of names and images.
    """
    if not rows:
        raise ValueError("rows={} must hold at least one row of images")
    images = {name: with_channels(group) for name, group in rows.items()}
    names = {} if names is None else names
    for name, group in images.items():
        if name in names and len(names[name]) != len(group):
            raise ValueError(f"names[{name!r}] has {len(names[name])} entries; there are {len(group)} images")
    columns = max(map(len, images.values()))
    side = 6.4 / columns
    height = len(images) * (side + 0.18 * bool(names)) + 0.35 * bool(title)
    figure, axes = picture(len(images), columns, height=height)
    said = []
    for line, (name, group) in zip(axes, images.items(), strict=True):
        for panel in line:
            bare(panel)
        for panel, image in zip(line, group, strict=False):
            panel.imshow(unit_range(image, (0, 1)).expand(3, -1, -1).permute(1, 2, 0).cpu().numpy())
        for panel, text in zip(line, names.get(name, ()), strict=False):
            panel.set_title(text, fontsize=7, pad=2)
        line[0].set_ylabel(name, fontsize=9)
        said.append(f"{name}: {listing(names[name])}" if name in names else f"{name}: {len(group)} images")
    headline(figure, title)
    figure.many_colors = any(group.shape[1] == 3 for group in images.values())
    figure.alt = told(title, f"{len(images)} rows of images. {'; '.join(said)}.")
    return figure
