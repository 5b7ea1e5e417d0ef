"""Top activating images of a channel: where its map has the largest values, and where in each.

Zeiler & Fergus 2014, "Visualizing and understanding convolutional networks", Figure 2, show the nine largest
of each channel, each as the patch that the unit sees. In a deep layer a unit sees the whole image, but the
middle counts far more than the rest: the frame holds the pixels with at least 4.55 % of the largest
influence, the effective receptive field of Luo, Li, Urtasun & Zemel 2016.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from matplotlib.patches import Rectangle
from torch import Tensor, nn

from .inside import Layer, Normalize, check_images, check_maps, find_layer, layer_outputs, normalized
from .receptive_field import gradient_support, support_box
from .style import COLORS, Picture, bare, picture, styled

INFLUENCE = 1 - 0.9545  # two standard deviations of a normal distribution hold 95.45 % of it


@dataclass(frozen=True)
class Excitation:
    """One image that excites a channel.

    Attributes:
        image: its number.
        value: the largest value of the channel's map.
        row, column: where in the map.
        box: top, left, height and width of the patch in the image, in pixels.
    """

    image: int
    value: float
    row: int
    column: int
    box: tuple[int, int, int, int]

    def patch(self, images: Tensor) -> Tensor:
        """What the unit sees of its image: (C, height, width)."""
        top, left, height, width = self.box
        return images[self.image, :, top : top + height, left : left + width]


def channel_peaks(
    model: nn.Module,
    images: Tensor,
    layer: Layer,
    *,
    batch_size: int = 4,
    normalize: Normalize | None = None,
) -> tuple[Tensor, Tensor]:
    """The largest value of every map, (N, C), and its row and column, (N, C, 2); the first of equal ones.

    Args:
        model: takes images (N, C, H, W). It is not changed.
        images: (N, C, H, W), from 0 to 1.
        layer: a module, its name, or the name of a method that makes maps.
        batch_size: images at a time.
        normalize: makes of images what the net wants; by default its own method `normalize`, or nothing.

    Raises:
        TypeError: the images are no tensor of floats.
        ValueError: an unknown layer, or one that gives no maps.
    """
    (peaks,) = layer_peaks(model, images, [layer], batch_size=batch_size, normalize=normalize).values()
    return peaks.values, peaks.places


class Peaks(NamedTuple):
    """Of every map of a layer: its largest value (N, C), where that is (N, C, 2), and its mean (N, C)."""

    values: Tensor
    places: Tensor
    means: Tensor


@torch.no_grad()
def layer_peaks(
    model: nn.Module,
    images: Tensor,
    layers: Sequence[Layer],
    *,
    batch_size: int = 4,
    normalize: Normalize | None = None,
) -> dict[str, Peaks]:
    """As `channel_peaks` for several layers at once, by name: the net sees each image once."""
    names = [find_layer(model, layer) for layer in layers]
    parts_of = {name: [] for name in names}
    for some in check_images(images).split(batch_size):
        _, outputs = layer_outputs(model, normalized(model, some, normalize), names)
        for name, maps in zip(names, outputs, strict=True):
            check_maps(name, maps)
            largest, index = maps.flatten(2).max(dim=2)  # (N, C)
            places = torch.stack([index // maps.shape[3], index % maps.shape[3]], dim=2)
            parts_of[name].append((largest, places, maps.mean(dim=(2, 3))))
    return {name: Peaks(*map(torch.cat, zip(*parts, strict=True))) for name, parts in parts_of.items()}


def top_activating(
    model: nn.Module,
    images: Tensor,
    layer: Layer,
    channel: int,
    count: int = 9,
    *,
    normalize: Normalize | None = None,
) -> list[Excitation]:
    """The images that excite a channel most, the strongest first, each with its place; as in `channel_peaks`.

    Args:
        channel: which map of the layer.
        count: how many images; fewer where there are fewer.

    Raises:
        ValueError: no such channel, count below 1, or as in `channel_peaks`.
    """
    name = find_layer(model, layer)
    values, places = channel_peaks(model, images, name, normalize=normalize)
    if not 0 <= channel < values.shape[1]:
        raise ValueError(
            f"channel={channel} must lie from 0 to {values.shape[1] - 1}, the channels of {name!r}"
        )
    if count < 1:
        raise ValueError(f"count={count} must be at least 1")
    boxes, examples = {}, []
    for image in values[:, channel].argsort(descending=True, stable=True)[:count].tolist():
        unit = tuple(places[image, channel].tolist())
        if unit not in boxes:
            boxes[unit] = _box(model, name, tuple(images.shape[1:]), unit)
        examples.append(Excitation(image, values[image, channel].item(), *unit, boxes[unit]))
    return examples


def _box(
    model: nn.Module, layer: str, shape: tuple[int, int, int], unit: tuple[int, int]
) -> tuple[int, int, int, int]:
    """The frame around the pixels that count for a unit."""
    with torch.enable_grad():
        return support_box(gradient_support(UpTo(model, layer), shape, unit) >= INFLUENCE)


class UpTo(nn.Module):
    """A net that ends at one of its layers."""

    def __init__(self, model: nn.Module, layer: str):
        super().__init__()
        self.model, self.layer = model, layer

    def forward(self, x: Tensor) -> Tensor:
        _, (maps,) = layer_outputs(self.model, x, [self.layer])
        check_maps(self.layer, maps)
        return maps


@styled
def plot_top_activating(images: Tensor, excitations: Sequence[Excitation]) -> Picture:
    """Draw the images with a frame around what the unit sees, and below each the patch inside its frame.

    Args:
        images: (N, C, H, W) with C = 1 or 3, from 0 to 1.
        excitations: at most nine, as `top_activating` gives them.

    Raises:
        ValueError: none, or more than nine.
    """
    if not 1 <= len(excitations) <= 9:
        raise ValueError(f"excitations has {len(excitations)} entries; it must have one to nine")
    columns = max(len(excitations), 5)
    figure, axes = picture(2, columns, height=2 * 7.0 / columns + 0.3)
    for panel in axes.flat:
        bare(panel)
    for (above, below), one in zip(axes.T, excitations, strict=False):
        top, left, height, width = one.box
        for panel, shown in ((above, images[one.image]), (below, one.patch(images))):
            shown = shown.expand(3, -1, -1).permute(1, 2, 0).detach().cpu()
            panel.imshow(shown.float().numpy(), vmin=0, vmax=1)
        for color, line in (("white", 2.6), (COLORS[1], 1.3)):
            frame = Rectangle((left - 0.5, top - 0.5), width, height, fill=False, color=color, linewidth=line)
            above.add_patch(frame)
        above.set_title(f"{one.value:.2f}", fontsize=8, pad=3)
    figure.many_colors = True
    figure.alt = (
        f"{len(excitations)} images that excite a channel most, the strongest first, with a frame around "
        "what the unit sees; below, the patches inside the frames."
    )
    return figure
