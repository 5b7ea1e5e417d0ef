"""Digit reader: what a trained net sees in a drawing, its answer, and the maps of its first layer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from course.data.drawings import Stroke, center_digit, rasterize
from course.training.loop import evaluating

from .style import COLORS, SIGNED_MAP, Picture, bare, picture, styled, tint


@dataclass(frozen=True)
class Reading:
    """What a net makes of one drawing.

    `digit` is (28, 28), in [0, 1]; `probabilities` are (classes,) and add up to 1; `maps` is (C, H, W), the
    output of the first convolution.
    """

    digit: np.ndarray
    probabilities: np.ndarray
    maps: np.ndarray

    @property
    def answer(self) -> int:
        """The class with the largest probability."""
        return int(self.probabilities.argmax())


@torch.no_grad()
def read_drawing(
    model: nn.Module, strokes: Sequence[Stroke], prepare: Callable[[Tensor], Tensor] = lambda x: x
) -> Reading:
    """Make a digit of a drawing, as MNIST was made, and let a net read it in evaluation mode.

    Args:
        model: takes (1, 1, 28, 28), or what `prepare` makes of it, and gives logits (1, classes).
        strokes: as for `course.data.drawings.rasterize`.
        prepare: what the training did to its images, such as padding or shifting their values.

    Raises:
        ValueError: the model has no nn.Conv2d whose maps could be shown.
    """
    first = next((layer for layer in model.modules() if isinstance(layer, nn.Conv2d)), None)
    if first is None:
        raise ValueError(f"model={type(model).__name__} has no nn.Conv2d whose maps could be shown")
    digit = center_digit(rasterize(strokes))
    seen = []
    handle = first.register_forward_hook(lambda layer, inputs, output: seen.append(output[0].clone()))
    try:
        with evaluating(model):
            logits = model(prepare(torch.from_numpy(digit)[None, None]))  # (1, classes)
    finally:
        handle.remove()
    return Reading(digit, logits.softmax(1)[0].numpy(), seen[0].numpy())


@styled
def plot_reading(reading: Reading, class_names: Sequence[str] = tuple("0123456789")) -> Picture:
    """Draw the digit as the net sees it, the probabilities, and up to eight maps of the first convolution."""
    blank = not reading.digit.any()
    shown = reading.maps[:8]
    figure, axes = picture(1, 2, height=3.9, layout=None, width_ratios=[1, 1.7])
    figure.subplots_adjust(left=0.02, right=0.98, bottom=0.40, top=0.92, wspace=0.16)
    axes[0, 0].imshow(reading.digit, cmap="gray", vmin=0, vmax=1)
    axes[0, 0].set_title("what the net sees")
    bare(axes[0, 0])
    chances = np.zeros_like(reading.probabilities) if blank else reading.probabilities
    colors = [tint(COLORS[0])] * len(chances)
    colors[reading.answer] = COLORS[0]
    axes[0, 1].bar(range(len(chances)), chances, color=colors)
    axes[0, 1].set(ylim=(0, 1), yticks=[0, 0.5, 1], xticks=range(len(chances)), xticklabels=class_names)
    answer = class_names[reading.answer]
    axes[0, 1].set_title("draw a digit" if blank else f"answer: {answer}")
    most = max(float(np.abs(shown).max()), 1e-9)
    for number, values in enumerate(shown):
        panel = figure.add_axes((0.02 + number * 0.96 / len(shown), 0.02, 0.92 / len(shown), 0.26))
        panel.imshow(values, cmap=SIGNED_MAP, vmin=-most, vmax=most)
        bare(panel)
    figure.text(0.02, 0.31, f"{len(shown)} maps of the first convolution, purple above 0, orange below")
    figure.alt = (
        "An empty board."
        if blank
        else f"A drawn digit as the net sees it; the net answers {answer}. "
        f"Below, {len(shown)} maps of its first convolution."
    )
    return figure
