"""Explorer: which way does an optimizer go, for your learning rate and momentum?"""

from functools import partial

import numpy as np
import torch
from ipywidgets import Dropdown, FloatLogSlider, FloatSlider

from course.errors import unknown_name
from course.optim import NAG, OPTIMIZERS, Adam, Momentum
from course.visualize.optimizer_paths import clip_path, draw_path, draw_surface, optimizer_path
from course.visualize.series_styles import series_style
from course.visualize.style import Picture, picture, styled
from course.visualize.surfaces import SURFACES

from .explorer import Explorer

STEPS = 50


def settings(optimizer: str, lr: float, momentum: float) -> dict:
    """The arguments that a rule understands; Adam's momentum is its first beta."""
    if OPTIMIZERS[optimizer] in (Momentum, NAG):
        return {"lr": lr, "momentum": momentum}
    if OPTIMIZERS[optimizer] is Adam:
        return {"lr": lr, "betas": (momentum, 0.999)}
    return {"lr": lr}


@styled
def draw_optimizer(
    surface: str = "bowl", optimizer: str = "Momentum", lr: float = 0.02, momentum: float = 0.9
) -> Picture:
    """50 steps of a rule: their path on a surface, and the height that each step reaches.

    Args:
        surface: a name in `course.visualize.SURFACES`.
        optimizer: a name in `course.optim.OPTIMIZERS`.
        lr: the learning rate.
        momentum: from 0 to below 1; Adam takes it as its first beta, rules without momentum pass over it.

    Raises:
        ValueError: if a name is unknown, or the rule refuses a value.
    """
    if surface not in SURFACES:
        raise ValueError(unknown_name("surface", surface, SURFACES))
    if optimizer not in OPTIMIZERS:
        raise ValueError(unknown_name("optimizer", optimizer, OPTIMIZERS))
    ground, arguments = SURFACES[surface], settings(optimizer, lr, momentum)
    path = optimizer_path(ground, partial(OPTIMIZERS[optimizer], **arguments), STEPS)
    clipped = clip_path(ground, path)
    lowest = ground.function(torch.tensor(ground.minimum, dtype=torch.float64)).item()
    heights = ground.function(torch.from_numpy(clipped.points)).numpy() - lowest

    figure, axes = picture(1, 2, height=3.0, layout=None, width_ratios=[3, 2])
    figure.subplots_adjust(left=0.06, right=0.97, bottom=0.16, top=0.88, wspace=0.28)
    draw_surface(axes[0, 0], ground)
    style = series_style(optimizer)
    draw_path(axes[0, 0], clipped.points, **style)
    alt_text = ", ".join(f"{name} {_short(value)}" for name, value in arguments.items())
    axes[0, 0].set_title(f"{optimizer}, {alt_text}")
    axes[0, 1].plot(np.maximum(heights, 1e-6), color=style["color"])
    axes[0, 1].set(xlabel="step", yscale="log", ylim=(1e-6, 1e3), xlim=(0, STEPS))
    axes[0, 1].yaxis.set_major_formatter("{x:g}")
    axes[0, 1].set_title(clipped.note or "height above the minimum")
    axes[0, 1].grid(True)
    figure.alt = (
        f"{ground.name}: the path of {STEPS} steps of {optimizer}, {alt_text}. {clipped.note}".strip()
    )
    return figure


def _short(value: float | tuple[float, ...]) -> str:
    """Three digits are enough: a slider's steps are not round numbers."""
    return f"{value:.3g}" if isinstance(value, float | int) else f"({', '.join(map(_short, value))})"


def optimizer_explorer() -> Explorer:
    """The path of a rule on a surface, with controls for both, the learning rate and the momentum."""
    return Explorer(
        draw_optimizer,
        surface=Dropdown(options=[(surface.name, name) for name, surface in SURFACES.items()]),
        optimizer=Dropdown(options=list(OPTIMIZERS), value="Momentum"),
        lr=FloatLogSlider(0.02, min=-4, max=1, step=0.1, readout_format=".3g", description="learning rate"),
        momentum=FloatSlider(0.9, min=0.0, max=0.99, step=0.01),
    )
