"""Explorer: when does a polynomial learn the curve, and when the noise?"""

import numpy as np
from ipywidgets import FloatSlider, IntSlider

from course.visualize.polynomials import draw_fit, errors_by_degree, fit_polynomial, noisy_points
from course.visualize.style import COLORS, Picture, line_style, picture, styled

from .explorer import Explorer

HIGHEST = 15
TICKS = (1e-4, 1e-2, 1, 100)


@styled
def draw_polynomial(degree: int = 3, noise: float = 0.2, points: int = 16, draw: int = 0) -> Picture:
    """A polynomial fitted to noisy points, and the errors of all degrees on these points and on unseen ones.

    Args:
        degree: of the polynomial, from 0 to 15.
        noise: standard deviation of the noise.
        points: how many the polynomial is fitted to, above `degree`.
        draw: which draw of the points.

    Raises:
        ValueError: fewer points than coefficients.
    """
    x, y = noisy_points(points, noise, np.random.default_rng(draw))
    fit = fit_polynomial(x, y, degree)
    degrees = range(min(HIGHEST, points - 1) + 1)
    training, validation = errors_by_degree(degrees, points, noise, np.random.default_rng(draw))

    figure, axes = picture(1, 2, height=3.0, layout=None)
    figure.subplots_adjust(left=0.07, right=0.98, bottom=0.15, top=0.78, wspace=0.3)
    left, right = axes[0]
    draw_fit(left, x, y, fit)
    left.set(xlabel="x", ylabel="y")
    left.set_title(f"degree {degree}, {points} points, noise {noise:g}", pad=20)
    left.legend(loc="lower center", bbox_to_anchor=(0.5, 0.96), ncols=3, fontsize=7, columnspacing=1.0)
    for index, (name, errors) in enumerate({"training": training, "unseen": validation}.items()):
        right.plot(degrees, np.maximum(errors, 1e-4), label=f"{name} points", **line_style(index))
        right.plot(degree, max(errors[degree], 1e-4), "o", color=COLORS[index], markersize=7)
    right.set(xlabel="degree", ylabel="mean squared error", yscale="log", ylim=(7e-5, 1e3), xlim=(-0.5, 15.5))
    right.set_xticks(range(0, HIGHEST + 1, 3))
    right.set_yticks(TICKS, [f"{tick:g}" for tick in TICKS])
    right.minorticks_off()
    right.set_title("error of every degree", pad=20)
    right.legend(loc="lower center", bbox_to_anchor=(0.5, 0.96), ncols=2, fontsize=7)
    right.grid(True)
    figure.alt = (
        f"Left: a polynomial of degree {degree} fitted to {points} points with noise {noise:g}. "
        "Right: the mean squared error of every degree on these points and on unseen ones."
    )
    return figure


def polynomial_explorer() -> Explorer:
    """A polynomial fit, with controls for the degree, the noise, the number of points and the draw."""
    return Explorer(
        draw_polynomial,
        degree=IntSlider(3, min=0, max=HIGHEST),
        noise=FloatSlider(0.2, min=0.0, max=0.6, step=0.05),
        points=IntSlider(16, min=HIGHEST + 1, max=200, description="training points"),
        draw=IntSlider(0, min=0, max=20, description="another draw"),
    )
