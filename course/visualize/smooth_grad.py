"""SmoothGrad: saliency without most of its noise, as the mean of gradients at many noisy copies of an image.

Smilkov, Thorat, Kim, Viégas & Wattenberg 2017, "SmoothGrad: removing noise by adding noise", Section 3:

    M(x) = 1/n · sum over n of dS_c / dx at x + e        e normal, with deviation sigma

where sigma is 10 to 20 % of the image's largest minus its smallest value (Section 3.2), and more than 50
samples help little. The mean is of signed gradients; the absolute value comes last, as in `saliency`.
"""

import torch
from torch import Tensor, nn

from .inside import Normalize, check_image, class_scores, layer_outputs, normalized
from .saliency import input_gradients, largest_over_colors


def smooth_grad(
    model: nn.Module,
    image: Tensor,
    target: int | None = None,
    *,
    samples: int = 25,
    noise: float = 0.15,
    seed: int = 0,
    batch_size: int = 5,
    normalize: Normalize | None = None,
) -> Tensor:
    """The smoothed saliency, (H, W), in the units of `saliency`.

    Args:
        model: gives logits (N, classes). It is not changed.
        image: (C, H, W), from 0 to 1; noisy copies may go beyond.
        target: the class; by default the net's first for the image without noise.
        samples: n, how many noisy copies.
        noise: sigma as a share of the image's range.
        seed: of the noise; no global generator is touched.
        batch_size: copies at a time.
        normalize: makes of images what the net wants; by default its own method `normalize`, or nothing.

    Raises:
        TypeError: the image is no tensor of floats, or the target no whole number.
        ValueError: an argument is not as above, or no gradient reaches the image.
    """
    if samples < 1 or batch_size < 1:
        raise ValueError(f"samples={samples} and batch_size={batch_size} must be at least 1")
    if not noise >= 0:
        raise ValueError(f"noise={noise} must be 0 or more")
    batch = check_image(image)
    with torch.no_grad():
        output, _ = layer_outputs(model, normalized(model, batch, normalize), [])
        _, target = class_scores(model, output, target)
    sigma = noise * (batch.max() - batch.min()).item()
    generator = torch.Generator().manual_seed(seed)
    total = torch.zeros_like(batch[0])
    for some in torch.ones(samples).split(batch_size):
        e = torch.randn(len(some), *image.shape, generator=generator, dtype=image.dtype).to(image.device)
        total += input_gradients(model, batch + sigma * e, target, normalize).sum(dim=0)
    return largest_over_colors(total / samples)
