"""Grad-CAM: where a layer finds what speaks for a class, for any net that can be differentiated.

Selvaraju, Cogswell, Das, Vedantam, Parikh & Batra 2017, "Grad-CAM: visual explanations from deep networks via
gradient-based localization", Section 3, equations 1 and 2:

    alpha_k = mean over i, j of dy_c / dA_k(i, j)        L_c = ReLU(sum over k of alpha_k A_k)

y_c is the logit, before softmax, and A_k the maps of the layer, mostly the last that has places. For a net
with global average pooling and one linear layer, alpha_k is w_k^c / (h · w): the class activation map up to
that factor, and up to the ReLU.
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


def grad_cam(
    model: nn.Module,
    image: Tensor,
    layer: Layer,
    target: int | None = None,
    *,
    relu: bool = True,
    normalize: Normalize | None = None,
) -> Tensor:
    """The map L_c of one class, (h, w), as large as the layer's maps, in units of the logit.

    Args:
        model: gives logits (1, classes). It is not changed.
        image: (C, H, W), from 0 to 1.
        layer: a module, its name, or the name of a method that makes the maps.
        target: the class; by default the net's first.
        relu: keep only what speaks for the class, as the paper does; else what speaks against it is negative.
        normalize: makes of images what the net wants; by default its own method `normalize`, or nothing.

    Raises:
        TypeError: the image is no tensor of floats, or the target no whole number.
        ValueError: image, layer or target are not as above, or no gradient reaches the layer.
    """
    name = find_layer(model, layer)
    with torch.enable_grad():
        x = normalized(model, check_image(image).requires_grad_(), normalize)
        logits, (maps,) = layer_outputs(model, x, [name])
        check_maps(name, maps)
        scores, target = class_scores(model, logits, target)
        cam = weighted_maps(scores, maps, name)
    return (cam.relu() if relu else cam).to(image.device)


def weighted_maps(scores: Tensor, maps: Tensor, name: str) -> Tensor:
    """The sum of a layer's maps (1, C, h, w), each weighted by its mean gradient: (h, w), before the ReLU.

    Args:
        scores: (1,), the logit of the class, with its graph.
        maps: inside this graph.
        name: of the layer, for an error as in `gradient_of`.
    """
    alpha = gradient_of(scores.sum(), maps, name).mean(dim=(2, 3))  # (1, C)
    return torch.einsum("k,kij->ij", alpha[0], maps[0].detach())


def gradient_of(score: Tensor, x: Tensor, name: str) -> Tensor:
    """d score / d x, which leaves the gradients of the net's parameters alone.

    Raises:
        ValueError: score does not depend on x, or not by anything that has a gradient.
    """
    if score.requires_grad and x.requires_grad:
        (gradient,) = torch.autograd.grad(score, x, allow_unused=True)
        if gradient is not None:
            return gradient
    raise ValueError(f"no gradient of the logit reaches {name!r}: the net cuts it off, or does not use it")
