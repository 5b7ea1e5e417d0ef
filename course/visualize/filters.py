"""Filter visualization: the filters of a convolution, and the templates of a linear classifier.

Weights have a sign. Zero is the middle: gray in color filters, white in filters of one channel, where purple
is positive and orange is negative.
"""

from collections.abc import Sequence

import matplotlib
import torch
from torch import Tensor, nn

from .images import plot_images, with_channels
from .style import SIGNED_MAP, Picture, listing


def center_on_zero(weights: Tensor, each: bool = True) -> Tensor:
    """Divide by the largest absolute value, and put zero at 0.5: values from 0 to 1.

    Args:
        weights: (N, ...).
        each: by the largest of each of the N, or by the largest of all.
    """
    weights = weights.detach().double()
    size = weights.abs()
    largest = size.flatten(1).amax(1).reshape(-1, *[1] * (weights.dim() - 1)) if each else size.max()
    return 0.5 + weights / (2 * largest.clamp(min=torch.finfo(torch.float64).tiny))


def signed_colors(weights: Tensor) -> Tensor:
    """Colors (N, 3, H, W) for values (N, 1, H, W) from 0 to 1: orange, white at 0.5, purple."""
    colors = matplotlib.colormaps[SIGNED_MAP](weights.squeeze(1).cpu().numpy())[..., :3]  # (N, H, W, 3)
    return torch.from_numpy(colors).permute(0, 3, 1, 2)  # (N, 3, H, W)


def plot_filters(
    weights: Tensor, titles: Sequence[object] | None = None, nrow: int = 8, each: bool = True
) -> Picture:
    """Draw the filters of a convolution.

    Args:
        weights: (filters, C, height, width) with C = 1 or 3. Of a deeper layer choose input channels first,
            for example `weights[:, :1]`.
        titles: one line above each filter.
        nrow: filters in a row.
        each: scale each filter by its own largest weight, or all by the largest of all.

    Raises:
        ValueError: if the shape is another, or the numbers of titles and filters differ.
    """
    weights = center_on_zero(with_channels(weights), each)
    colors = weights if weights.shape[1] == 3 else signed_colors(weights)
    N, C, H, W = weights.shape
    figure = plot_images(colors, titles, nrow)
    figure.alt = f"{N} filters of {H} x {W} weights in {C} channel{'s' * (C > 1)}."
    return figure


def first_layer_filters(model: nn.Module) -> Tensor:
    """The filters of a net's first convolution, (filters, C, height, width), cut off from any graph.

    `plot_filters(first_layer_filters(model))` draws them, in color where the net sees colors (Krizhevsky et
    al. 2012, Figure 3).

    Raises:
        ValueError: the model has no nn.Conv2d, or its first one does not look at one channel or three.
    """
    first = next((layer for layer in model.modules() if isinstance(layer, nn.Conv2d)), None)
    if first is None:
        raise ValueError(f"model={type(model).__name__} has no nn.Conv2d whose filters could be shown")
    return with_channels(first.weight)


def plot_templates(
    weight: Tensor, image_shape: tuple[int, int, int], class_names: Sequence[str], nrow: int = 5
) -> Picture:
    """Draw the rows of a linear classifier's matrix as images: what each class looks for.

    Args:
        weight: (classes, C · H · W), as `torch.nn.Linear` holds it.
        image_shape: (C, H, W), C = 1 or 3.
        class_names: one a class.
        nrow: templates in a row.

    Raises:
        ValueError: if the matrix does not fit the image's shape, or the numbers of names and classes differ.
    """
    C, H, W = image_shape
    if weight.dim() != 2 or weight.shape[1] != C * H * W:
        raise ValueError(
            f"weight has shape {tuple(weight.shape)}; "
            f"image_shape={tuple(image_shape)} asks for (classes, {C * H * W})"
        )
    figure = plot_filters(weight.reshape(-1, C, H, W), class_names, nrow)
    figure.alt = f"A template of {H} x {W} weights for each of {listing(class_names)}."
    return figure
