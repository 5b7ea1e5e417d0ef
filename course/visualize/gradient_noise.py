"""Gradient noise: a minibatch's gradient against that of all images, by the size of the batch.

A minibatch gradient is the mean of n random ones, so its standard deviation is that of one, over the root of
n (Bottou, Curtis, Nocedal 2018, Optimization methods for large-scale machine learning, Section 4).
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from matplotlib.ticker import NullLocator
from torch import Tensor

from .line_labels import label_lines
from .style import COLORS, Picture, headline, picture, styled, told


def gradient_noise(
    gradient: Callable[[Tensor], Tensor],
    count: int,
    sizes: Sequence[int],
    draws: int,
    generator: torch.Generator,
) -> np.ndarray:
    """Relative errors of minibatch gradients: their distance from the full gradient, over its length.

    Args:
        gradient: takes the numbers of some images, (n,), and gives the mean gradient over them, of any shape.
        count: how many images there are.
        sizes: numbers of images in a batch; a batch is drawn with replacement.
        draws: batches of each size, at least 1.
        generator: draws the batches.

    Returns:
        (draws, sizes).

    Raises:
        ValueError: a size or the number of draws is below 1, or the full gradient is zero.
    """
    if draws < 1 or min(sizes) < 1:
        raise ValueError(f"sizes={list(sizes)} and draws={draws} must all be at least 1")
    full = gradient(torch.arange(count))
    length = full.norm()
    if not length > 0:
        raise ValueError(f"the gradient of all {count} images has length {length:g}; it must be above 0")
    errors = [
        [
            (gradient(torch.randint(count, (size,), generator=generator)) - full).norm() / length
            for size in sizes
        ]
        for _ in range(draws)
    ]
    return torch.tensor(errors, dtype=torch.float64).numpy()


@styled
def plot_gradient_noise(sizes: Sequence[int], errors: np.ndarray, title: str = "") -> Picture:
    """Draw relative errors by batch size, both logarithmic, beside the law of the root.

    Args:
        sizes: numbers of images in a batch, (sizes,).
        errors: (draws, sizes), as `gradient_noise` gives them.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: the numbers of sizes and of columns differ.
    """
    errors = np.atleast_2d(errors)
    if errors.shape[1] != len(sizes):
        raise ValueError(f"errors has {errors.shape[1]} columns; sizes has {len(sizes)}")
    figure, axes = picture(height=3.2)
    panel = axes[0, 0]
    mean = errors.mean(axis=0)
    law = mean[0] * np.sqrt(sizes[0] / np.asarray(sizes, dtype=float))
    every = {"color": COLORS[5], "alpha": 0.25, "markersize": 3}
    panel.plot(np.repeat([sizes], len(errors), axis=0).T, errors.T, "o", **every)
    (measured,) = panel.plot(sizes, mean, "o-", color=COLORS[0], label="measured, mean")
    (expected,) = panel.plot(sizes, law, "--", color=COLORS[1], label="1 / root of the batch size")
    panel.set(xscale="log", yscale="log", xlabel="images in a batch", ylabel="error of the gradient")
    panel.set_xticks(list(sizes), [str(size) for size in sizes])
    panel.xaxis.set_minor_locator(NullLocator())
    panel.yaxis.set_major_formatter("{x:g}")
    panel.grid(True)
    label_lines(figure, panel, [measured, expected])
    headline(figure, title)
    alt_text = f"Error of the gradient for {len(errors)} batches each of {sizes[0]} to {sizes[-1]} images"
    figure.alt = told(title, f"{alt_text}, both axes logarithmic, beside a line of slope -1/2.")
    return figure
