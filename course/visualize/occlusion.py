"""Occlusion sensitivity: cover a part of the image, and see how much less the net believes its class.

Zeiler & Fergus 2014, "Visualizing and understanding convolutional networks", Section 4.2 and Figure 7 (d).
A gray square moves over the image; their map has the probability of the class at each place of the square.
Ours has the drop of that probability, and a pixel gets the mean over all squares that cover it, so that the
map is as large as the image and lies on it without any shift. No gradient is needed.
"""

import torch
from torch import Tensor, nn

from .inside import Normalize, check_image, class_scores, layer_outputs, normalized


@torch.no_grad()
def occlusion_sensitivity(
    model: nn.Module,
    image: Tensor,
    target: int | None = None,
    *,
    size: int = 64,
    stride: int = 32,
    fill: float = 0.5,
    batch_size: int = 2,
    normalize: Normalize | None = None,
) -> Tensor:
    """How much the probability of the class drops, (H, W), from -1 to 1; above 0 a pixel helps.

    Args:
        model: gives logits (N, classes). It is not changed.
        image: (C, H, W), from 0 to 1.
        target: the class; by default the net's first for the whole image.
        size: side of the square in pixels. Of an image of 224 pixels, squares of 32 hide too little of most
            things: what is left is noise.
        stride: pixels from one square to the next; the last ones end at the border. At most `size`.
        fill: brightness of the square, 0.5 for gray.
        batch_size: squares at a time; on a processor few are faster than many.
        normalize: makes of images what the net wants; by default its own method `normalize`, or nothing.

    Raises:
        TypeError: the image is no tensor of floats, or the target no whole number.
        ValueError: an argument is not as above.
    """
    batch = check_image(image)
    H, W = image.shape[1:]
    if not 1 <= stride <= size <= min(H, W):
        raise ValueError(
            f"size={size}, stride={stride} must hold 1 ≤ stride ≤ size ≤ {min(H, W)}, the image's side"
        )
    if not 0 <= fill <= 1 or batch_size < 1:
        raise ValueError(f"fill={fill} must lie from 0 to 1, batch_size={batch_size} must be at least 1")

    def chances(images: Tensor, target: int | None) -> tuple[Tensor, int]:
        output, _ = layer_outputs(model, normalized(model, images, normalize), [])
        _, target = class_scores(model, output, target)
        return output.softmax(dim=1)[:, target], target  # (N,)

    whole, target = chances(batch, target)
    drop, squares = torch.zeros(2, H, W, dtype=whole.dtype)
    places = [(top, left) for top in _starts(H, size, stride) for left in _starts(W, size, stride)]
    for begin in range(0, len(places), batch_size):
        some = places[begin : begin + batch_size]
        covered = batch.repeat(len(some), 1, 1, 1)
        for one, (top, left) in zip(covered, some, strict=True):
            one[:, top : top + size, left : left + size] = fill
        seen, _ = chances(covered, target)
        for (top, left), lost in zip(some, (whole - seen).tolist(), strict=True):
            drop[top : top + size, left : left + size] += lost
            squares[top : top + size, left : left + size] += 1
    return (drop / squares).to(image.device)


def _starts(pixels: int, size: int, stride: int) -> list[int]:
    """Where squares begin along one side: every `stride` pixels, and the last ends at the border."""
    return [*range(0, pixels - size, stride), pixels - size]
