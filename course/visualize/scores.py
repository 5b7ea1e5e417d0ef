"""Linear classifier's score: image times template, pixel by pixel."""

from collections.abc import Sequence

import torch
from torch import Tensor

from .filters import center_on_zero, signed_colors
from .style import COLORS, HATCHES, Picture, picture, styled, tint


def score_parts(image: Tensor, weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """What each pixel adds to each score, and the scores.

    Args:
        image: of any shape with D pixels.
        weight: (classes, D).
        bias: (classes,).

    Returns:
        parts (classes, D) and scores (classes,); a score is the sum of its parts plus the bias.

    Raises:
        ValueError: the shapes do not belong together.
    """
    if weight.dim() != 2 or weight.shape[1] != image.numel() or bias.shape != weight.shape[:1]:
        raise ValueError(
            f"weight has shape {tuple(weight.shape)}, bias {tuple(bias.shape)}; "
            f"an image of {image.numel()} pixels asks for (classes, {image.numel()}) and (classes,)"
        )
    parts = weight.detach() * image.reshape(1, -1)  # (classes, D)
    return parts, parts.sum(dim=1) + bias.detach()


@styled
def plot_score(
    image: Tensor, label: int, looked_for: int, weight: Tensor, bias: Tensor, class_names: Sequence[str]
) -> Picture:
    """Draw an image, the template of one class, what each pixel adds to its score, and all scores.

    Args:
        image: (1, H, W), gray.
        label: the true class.
        looked_for: the class whose template is drawn.
        weight: (classes, H · W), as `torch.nn.Linear` holds it.
        bias: (classes,).
        class_names: one a class.

    Raises:
        ValueError: the shapes do not belong together.
    """
    parts, scores = score_parts(image, weight, bias)
    H, W = image.shape[-2:]
    signed = torch.stack([weight.detach()[looked_for], parts[looked_for]]).reshape(2, 1, H, W)
    template, added = signed_colors(center_on_zero(signed)).permute(0, 2, 3, 1).numpy()  # (H, W, 3) each
    name = class_names[looked_for]

    figure, axes = picture(1, 4, height=2.1, layout=None)
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.1, top=0.88, wspace=0.2)
    titles = (f"image of a {class_names[label]}", f"template of {name}", "what each pixel adds")
    for panel, shown, title in zip(
        axes[0, :3], (image.reshape(H, W).numpy(), template, added), titles, strict=True
    ):
        panel.imshow(shown, cmap="gray", vmin=0, vmax=1)
        panel.set(xticks=[], yticks=[], title=title)
        panel.spines[:].set(visible=True, color="#AAAAAA")
    bars = axes[0, 3]
    chosen = [row == looked_for for row in range(len(scores))]
    bars.barh(
        range(len(scores)),
        scores.tolist(),
        color=[COLORS[0] if is_it else tint(COLORS[7]) for is_it in chosen],
        hatch=[HATCHES[is_it] for is_it in chosen],
        edgecolor="white",
    )
    bars.set_yticks(range(len(class_names)), class_names, fontsize=8)
    bars.invert_yaxis()
    bars.axvline(0, color="black", linewidth=0.8)
    bars.set_title(f"score of {name}: {scores[looked_for].item():.1f}")
    bars.set_box_aspect(H / W)  # as tall as the images beside it
    figure.alt = (
        f"An image of a {class_names[label]}, the template of {name}, what each pixel adds to the score of "
        f"{name}, and the scores of all {len(class_names)} classes."
    )
    return figure
