"""Feature maps by layer: what a net makes of one image on its way from pixels to a class."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from .inside import (
    Layer,
    Normalize,
    check_image,
    check_images,
    check_maps,
    find_layer,
    layer_outputs,
    normalized,
)
from .style import SIGNED_MAP, Picture, bare, picture, styled


@torch.no_grad()
def feature_maps(
    model: nn.Module, image: Tensor, layers: Sequence[Layer], *, normalize: Normalize | None = None
) -> dict[str, Tensor]:
    """The maps of some layers, by name: {layer: (C, h, w)}.

    Args:
        model: takes images (1, C, H, W). It is not changed.
        image: (C, H, W), from 0 to 1.
        layers: modules, their names, or names of methods that make maps.
        normalize: makes of images what the net wants; by default its own method `normalize`, or nothing.

    Raises:
        TypeError: the image is no tensor of floats.
        ValueError: an unknown layer, or one that gives no maps.
    """
    names = [find_layer(model, layer) for layer in layers]
    _, outputs = layer_outputs(model, normalized(model, check_image(image), normalize), names)
    for name, output in zip(names, outputs, strict=True):
        check_maps(name, output)
    return {name: output[0].to(image.device) for name, output in zip(names, outputs, strict=True)}


@torch.no_grad()
def pooled_features(
    model: nn.Module,
    images: Tensor,
    layer: Layer,
    *,
    batch_size: int = 4,
    normalize: Normalize | None = None,
) -> Tensor:
    """What a layer makes of each image, as a vector: the mean of every map, or the output of a linear layer.

    Args:
        images: (N, C, H, W), from 0 to 1.
        batch_size: images at a time.
        model, layer, normalize: as in `feature_maps`.

    Returns:
        (N, channels).

    Raises:
        TypeError: the images are no tensor of floats.
        ValueError: an unknown layer, or one that gives neither (N, C, h, w) nor (N, C).
    """
    name, rows = find_layer(model, layer), []
    for some in check_images(images).split(batch_size):
        _, (output,) = layer_outputs(model, normalized(model, some, normalize), [name])
        if output.dim() == 2:
            output = output[:, :, None, None]
        check_maps(name, output)
        rows.append(output.mean(dim=(2, 3)))
    return torch.cat(rows).to(images.device)


def busiest_channels(maps: Tensor, count: int) -> list[int]:
    """The channels whose values differ most from place to place, in maps (C, h, w); the busiest first."""
    return (
        maps.flatten(1)
        .float()
        .std(dim=1, correction=0)
        .argsort(descending=True, stable=True)[:count]
        .tolist()
    )


@styled
def plot_feature_maps(maps: Mapping[str, Tensor], channels: int = 8) -> Picture:
    """Draw one row a layer, with its busiest channels: purple above 0, orange below, each by its own largest.

    Args:
        maps: {layer: (C, h, w)}, as `feature_maps` gives them.
        channels: how many of each layer.

    Raises:
        ValueError: nothing to draw.
    """
    if not maps or channels < 1:
        raise ValueError(f"maps has {len(maps)} layers, channels={channels}; there must be one at least")
    figure, axes = picture(len(maps), channels, height=1.02 * len(maps) + 0.1)
    alt_text = []
    for row, (name, values) in zip(axes, maps.items(), strict=True):
        for panel in row:
            bare(panel)
        for panel, channel in zip(row, busiest_channels(values, channels), strict=False):
            shown = values[channel].float().cpu().numpy()
            most = max(abs(shown).max(), 1e-9)
            panel.imshow(shown, cmap=SIGNED_MAP, vmin=-most, vmax=most)
            panel.set_title(f"channel {channel}", fontsize=7, pad=2)
        size = " × ".join(str(n) for n in values.shape)
        row[0].set_ylabel(f"{name}\n{size}", fontsize=7)
        alt_text.append(f"{name} {size}")
    figure.many_colors = True
    figure.alt = f"Feature maps, up to {channels} channels of each layer: {', '.join(alt_text)}."
    return figure
