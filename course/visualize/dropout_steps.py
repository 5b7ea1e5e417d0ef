"""Dropout step by step: each mask gives another output; what is their mean?

The mean over masks is compared with the one output of evaluation, which uses all units (Srivastava et al.
2014, Section 1: a net with n units is a collection of 2ⁿ thinned nets).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from course.nn.dropout import dropout_mask

from .dropout import draw_net
from .style import COLORS, Picture, picture, styled

SIZES = (5, 6, 6, 1)


@dataclass(frozen=True)
class DropoutSteps:
    """A net's outputs under dropout.

    Attributes:
        masks: for each step one mask a layer, from the input up; the output is never dropped.
        outputs: (steps,), the output of each step.
        evaluated: the output in evaluation.
    """

    masks: list[list[Tensor]]
    outputs: np.ndarray
    evaluated: float

    def running_mean(self) -> np.ndarray:
        """(steps,), the mean of the outputs up to each step."""
        return self.outputs.cumsum() / np.arange(1, len(self.outputs) + 1)


def dropout_steps(p: float, steps: int, seed: int = 0) -> DropoutSteps:
    """Send one input through one small ReLU net, with a new mask in every step.

    Args:
        p: probability that a hidden unit is dropped, 0 <= p < 1; inputs are dropped with p / 2.
        steps: how many masks, at least 1.
        seed: of the weights, the input and the masks.

    Raises:
        ValueError: p or steps out of range.
    """
    if not 0 <= p < 1:
        raise ValueError(f"p={p} must be at least 0 and below 1")
    if steps < 1:
        raise ValueError(f"steps={steps} must be at least 1")
    generator = torch.Generator().manual_seed(seed)
    weights = [
        torch.randn(below, above, generator=generator, dtype=torch.float64) * (2 / below) ** 0.5
        for below, above in pairwise(SIZES)
    ]
    x = torch.rand(SIZES[0], generator=generator, dtype=torch.float64) + 0.5
    rates = (p / 2, p, p, 0.0)
    masks = [
        [
            dropout_mask((size,), rate, generator, torch.float64)
            for size, rate in zip(SIZES, rates, strict=True)
        ]
        for _ in range(steps)
    ]
    outputs = np.array([_output(x, weights, step) for step in masks])
    return DropoutSteps(masks, outputs, _output(x, weights, [torch.ones(size) for size in SIZES]))


def _output(x: Tensor, weights: list[Tensor], masks: list[Tensor]) -> float:
    """The output of the net with these masks; the last layer is linear."""
    h = x * masks[0]
    for weight, mask in zip(weights[:-1], masks[1:-1], strict=True):
        h = (h @ weight).clamp(min=0) * mask
    return (h @ weights[-1]).item()


@styled
def draw_dropout_step(run: DropoutSteps, step: int, training: bool = True, p: float = 0.5) -> Picture:
    """Draw the net of one step, and the outputs up to it with their mean.

    Args:
        run: from `dropout_steps`.
        step: which step, from 1.
        training: False draws the whole net, as evaluation uses it.
        p: stands in the title.
    """
    figure, axes = picture(1, 2, height=3.1, layout=None, width_ratios=[1, 1.2])
    figure.subplots_adjust(left=0.02, right=0.98, bottom=0.16, top=0.88, wspace=0.2)
    left, right = axes[0]
    masks = run.masks[step - 1] if training else [torch.ones(size) for size in SIZES]
    draw_net(left, masks)
    left.set_title(f"training, step {step}, p = {p:g}" if training else "evaluation: all units")
    steps = np.arange(1, step + 1)
    right.plot(steps, run.outputs[:step], "o", color=COLORS[5], markersize=4, label="each mask")
    right.plot(steps, run.running_mean()[:step], color=COLORS[0], label="their mean")
    right.axhline(run.evaluated, color=COLORS[1], linestyle="--", label="evaluation")
    low, high = min(run.outputs.min(), run.evaluated), max(run.outputs.max(), run.evaluated)
    margin = 0.08 * (high - low) + 0.05
    limits = (low - margin, high + 3 * margin)  # room for the legend
    right.set(xlim=(0, len(run.outputs) + 1), ylim=limits, xlabel="step", title="output")
    right.legend(loc="upper right", ncols=3, fontsize=7, columnspacing=1.0, handlelength=1.5)
    dropped = [f"{int((mask == 0).sum())} of {len(mask)}" for mask in masks[:-1]]
    figure.alt = (
        f"A net with layers of {', '.join(map(str, SIZES))} units; dropped, from the input up: "
        f"{', '.join(dropped)}. Beside it the outputs of {step} steps, their mean, and evaluation's."
    )
    return figure
