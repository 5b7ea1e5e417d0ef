"""Saliency map: how much the logit of a class moves when a pixel does.

Simonyan, Vedaldi & Zisserman 2014, "Deep inside convolutional networks: visualizing image classification
models and saliency maps", Section 3, equations 4 and 5: near the image I the logit is about linear,

    S_c(I + d) ≈ S_c(I) + w · d        w = dS_c / dI        M(i, j) = max over colors of |w(i, j)|

It says what would change the logit, not what made it large; and it is noisy, see `smooth_grad`.
"""

import torch
from torch import Tensor, nn

from .grad_cam import gradient_of
from .inside import Normalize, check_image, class_scores, layer_outputs, normalized


def saliency(
    model: nn.Module, image: Tensor, target: int | None = None, *, normalize: Normalize | None = None
) -> Tensor:
    """The map M, (H, W), in units of the logit for a pixel that goes from black to full brightness.

    Args:
        model: gives logits (1, classes). It is not changed.
        image: (C, H, W), from 0 to 1.
        target: the class; by default the net's first.
        normalize: makes of images what the net wants; by default its own method `normalize`, or nothing.

    Raises:
        TypeError: the image is no tensor of floats, or the target no whole number.
        ValueError: image or target are not as above, or no gradient reaches the image.
    """
    return largest_over_colors(input_gradient(model, image, target, normalize=normalize))


def input_gradient(
    model: nn.Module, image: Tensor, target: int | None = None, *, normalize: Normalize | None = None
) -> Tensor:
    """The gradient w of the logit, (C, H, W), with its signs; arguments and errors as in `saliency`."""
    return input_gradients(model, check_image(image), target, normalize)[0]


def input_gradients(
    model: nn.Module, images: Tensor, target: int | None, normalize: Normalize | None
) -> Tensor:
    """The gradient of each image's own logit, (N, C, H, W), for images (N, C, H, W)."""
    with torch.enable_grad():
        images = images.detach().requires_grad_()
        output, _ = layer_outputs(model, normalized(model, images, normalize), [])
        scores, _ = class_scores(model, output, target)
        return gradient_of(scores.sum(), images, "image").detach()


def largest_over_colors(gradient: Tensor) -> Tensor:
    """The largest absolute value over the channels: (H, W) of (C, H, W)."""
    return gradient.abs().amax(dim=0)
