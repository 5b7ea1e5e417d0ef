"""Bias–variance decomposition: the same model fitted to many draws of the training data.

Geman, Bienenstock, Doursat, "Neural networks and the bias/variance dilemma", Neural Computation 4 (1992),
section 2: the mean squared error on unseen points is noise + bias² + variance.
"""

from collections.abc import Sequence

import numpy as np

from .polynomials import CURVE, HEIGHT, evaluate_polynomial, fit_polynomial, noisy_points, wave
from .style import COLORS, Picture, headline, line_style, listing, picture, styled, told


def fits_of_draws(
    degree: int, count: int, noise: float, draws: int, rng: np.random.Generator, x: np.ndarray = CURVE
) -> np.ndarray:
    """Values at x of one polynomial a draw, (draws, len(x)); each is fitted to other noisy points.

    Args:
        degree: of all polynomials, below `count`.
        count: points of each draw.
        noise: standard deviation of the noise.
        draws: how many.
        rng: draws the noise.
        x: where the polynomials are evaluated.
    """
    fits = [fit_polynomial(*noisy_points(count, noise, rng), degree) for _ in range(draws)]
    return np.stack([evaluate_polynomial(fit, x) for fit in fits])


def bias_and_variance(values: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Squared bias and variance of some fits, both averaged over x.

    Args:
        values: (draws, points), what each fit says at each x.
        truth: (points,).

    Returns:
        The mean of (mean fit - truth)², and the mean of the variance (with n) of the fits.
    """
    return float(np.mean((values.mean(axis=0) - truth) ** 2)), float(values.var(axis=0).mean())


@styled
def plot_fits_of_draws(
    degrees: Sequence[int],
    count: int,
    noise: float,
    rng: np.random.Generator,
    draws: int = 20,
    title: str = "",
) -> Picture:
    """Draw one panel a degree: thin lines for the fits, a thick one for their mean, and the truth.

    Args:
        degrees: one to four, all below `count`.
        count, noise, rng, draws: as `fits_of_draws` takes them.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: no degree or more than four.
    """
    if not 1 <= len(degrees) <= 4:
        raise ValueError(f"degrees={list(degrees)} must hold one to four")
    figure, axes = picture(1, len(degrees), height=2.9, sharey=True)
    for panel, degree in zip(axes[0], degrees, strict=True):
        values = fits_of_draws(degree, count, noise, draws, rng)
        panel.plot(CURVE, values.T, color=COLORS[5], linewidth=0.6)
        panel.plot([], [], color=COLORS[5], linewidth=0.6, label="one fit a draw")
        panel.plot(CURVE, values.mean(axis=0), label="their mean", **line_style(0))
        panel.plot(CURVE, wave(CURVE), label="truth", **{**line_style(7), "linestyle": "--"})
        panel.set(title=f"degree {degree}", xlabel="x", xlim=(-1.03, 1.03), ylim=(-HEIGHT, HEIGHT))
    axes[0, 0].set_ylabel("y")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    headline(figure, title)
    figure.alt = told(
        title,
        f"{draws} polynomials of degree {listing(degrees)}, each fitted to another {count} noisy points.",
    )
    return figure
