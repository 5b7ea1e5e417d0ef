"""Class activation maps: where a net with global average pooling finds its class.

Zhou, Khosla, Lapedriza, Oliva & Torralba 2016, "Learning deep features for discriminative localization",
Section 2. The logit of class c is a weighted sum of averages; exchange the sums, and it is the average of a
map (their equation 2), but for the bias:

    S_c = sum over k of w_k^c · mean over x, y of f_k(x, y)        M_c(x, y) = sum over k of w_k^c f_k(x, y)

So the map is exact, but it exists only for nets whose last maps are averaged and then go through one linear
layer. `grad_cam` needs neither.
"""

import torch
from torch import Tensor, nn

from .inside import (
    Layer,
    Normalize,
    check_image,
    check_maps,
    class_scores,
    find_layer,
    layer_outputs,
    normalized,
)


@torch.no_grad()
def class_activation_map(
    model: nn.Module,
    image: Tensor,
    layer: Layer,
    target: int | None = None,
    *,
    normalize: Normalize | None = None,
) -> Tensor:
    """The map M_c of one class, (h, w), in units of the logit: its mean and the bias are the logit.

    Args:
        model: gives logits (1, classes). It is not changed.
        image: (C, H, W), from 0 to 1.
        layer: what is averaged: a module, its name, or the name of a method that makes the maps.
        target: the class; by default the net's first.
        normalize: makes of images what the net wants; by default its own method `normalize`, or nothing.

    Raises:
        TypeError: the image is no tensor of floats, or the target no whole number.
        ValueError: image, layer or target are not as above, or the logits are no linear layer of the means.
    """
    name = find_layer(model, layer)
    logits, (maps,) = layer_outputs(model, normalized(model, check_image(image), normalize), [name])
    _, target = class_scores(model, logits, target)
    check_maps(name, maps)
    weight = _weight_after_average(model, name, maps, logits)  # (classes, C)
    return torch.einsum("k,kxy->xy", weight[target], maps[0]).to(image.device)


def _weight_after_average(model: nn.Module, layer: str, maps: Tensor, logits: Tensor) -> Tensor:
    """The matrix of the linear layer that makes the logits of the averaged maps: found by computing it."""
    means = maps.mean(dim=(2, 3))  # (1, C)
    for module in model.modules():
        fits = isinstance(module, nn.Linear) and module.weight.shape == (logits.shape[1], means.shape[1])
        if fits and torch.allclose(module(means), logits, rtol=1e-3, atol=1e-3 * logits.abs().max().item()):
            return module.weight
    raise ValueError(
        f"model={type(model).__name__} does not average layer={layer!r} and put one nn.Linear after it; "
        "use grad_cam"
    )
