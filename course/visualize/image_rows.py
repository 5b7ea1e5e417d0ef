"""Image grid in named rows: what those of one row have in common stands on its left."""

from collections.abc import Mapping, Sequence

import torch

from .images import unit_range, with_channels
from .style import Picture, bare, headline, listing, picture, styled, told


@styled
def plot_image_rows(
    rows: Mapping[str, torch.Tensor],
    names: Mapping[str, Sequence[str]] | None = None,
    title: str = "",
    few_colors: bool = False,
) -> Picture:
    """Draw one named row of images a group.

    Args:
        rows: name to images (N, C, H, W) with C = 1 or 3, or (N, H, W), floats from 0 to 1;
            what lies beyond is cut off.
        names: of the same rows, N names, one above each image; may have several lines.
        title: what is to be seen, above the picture.
        few_colors: store photographs with as few colors as drawings, see `plot_images`.

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
    lines = max((name.count("\n") + 1 for group in names.values() for name in group), default=0)
    above = 0.05 + 0.13 * lines if lines else 0
    height = len(images) * (side + above) + 0.35 * bool(title)
    figure, axes = picture(len(images), columns, height=height)
    alt_text = []
    for line, (name, group) in zip(axes, images.items(), strict=True):
        for panel in line:
            bare(panel)
        for panel, image in zip(line, group, strict=False):
            panel.imshow(unit_range(image, (0, 1)).expand(3, -1, -1).permute(1, 2, 0).cpu().numpy())
        for panel, text in zip(line, names.get(name, ()), strict=False):
            panel.set_title(text, fontsize=7, pad=2)
        line[0].set_ylabel(name, fontsize=min(9, 105 * side / max(1, len(name))))
        over = [text.replace("\n", ", ") for text in names.get(name, ())]
        alt_text.append(f"{name}: {listing(over)}" if over else f"{name}: {len(group)} images")
    headline(figure, title)
    figure.many_colors = not few_colors and any(group.shape[1] == 3 for group in images.values())
    figure.alt = told(title, f"{len(images)} rows of images. {'; '.join(alt_text)}.")
    return figure
