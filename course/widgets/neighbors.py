"""Explorer: how do k, the metric and the noise change the regions of the nearest neighbors?"""

import numpy as np
from ipywidgets import Dropdown, FloatSlider, IntSlider

from course.neighbors import DISTANCES
from course.visualize.neighbors import draw_regions, errors_by_k, two_moons
from course.visualize.style import COLORS, Picture, line_style, picture, styled

from .explorer import Explorer

POINTS, UNSEEN = 120, 300
KS = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 120)


@styled
def draw_neighbors(k: int = 5, metric: str = "l2", noise: float = 0.3, draw: int = 0) -> Picture:
    """The regions of the k nearest of 120 points, and the error of every k on these and on 300 unseen points.

    Args:
        k: how many vote, from 1 to 120.
        metric: a name in `course.neighbors.DISTANCES`.
        noise: standard deviation of the points about two half circles of radius 1.
        draw: which draw of the points.

    Raises:
        ValueError: k out of range, or another metric.
    """
    rng = np.random.default_rng(draw)
    points, labels = two_moons(POINTS, noise, rng)
    unseen, targets = two_moons(UNSEEN, noise, rng)

    figure, axes = picture(1, 2, height=3.0, layout=None, width_ratios=[5, 4])
    figure.subplots_adjust(left=0.06, right=0.98, bottom=0.15, top=0.8, wspace=0.25)
    left, right = axes[0]
    draw_regions(left, points, labels, k, metric)
    left.set_title(f"k = {k}, {metric}, noise {noise:g}", pad=20)
    left.legend(loc="lower center", bbox_to_anchor=(0.5, 0.96), ncols=2, fontsize=7)
    ks = sorted({*KS, k})
    sets = {"training": (points, labels), "unseen": (unseen, targets)}
    for index, (name, (queries, answers)) in enumerate(sets.items()):
        errors = errors_by_k(points, labels, queries, answers, ks, metric)
        right.plot(ks, errors, label=f"{name} points", **line_style(index))
        right.plot(k, errors[ks.index(k)], "o", color=COLORS[index], markersize=7)
    right.set(xlabel="k", xscale="log", xlim=(0.9, 130), ylim=(-0.02, 0.62))
    right.set_xticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    right.minorticks_off()
    right.set_title("share of errors for every k", pad=20)
    right.legend(loc="lower center", bbox_to_anchor=(0.5, 0.96), ncols=2, fontsize=7)
    right.grid(True)
    figure.alt = (
        f"Left: the regions of {k} nearest neighbours, metric {metric}, among {POINTS} points with noise "
        f"{noise:g}. Right: the share of errors of every k on these points and on {UNSEEN} unseen ones."
    )
    return figure


def neighbor_explorer() -> Explorer:
    """Nearest neighbors in the plane, with controls for k, the metric, the noise and the draw."""
    return Explorer(
        draw_neighbors,
        k=IntSlider(5, min=1, max=POINTS),
        metric=Dropdown(options=list(DISTANCES), value="l2"),
        noise=FloatSlider(0.3, min=0.0, max=1.0, step=0.05),
        draw=IntSlider(0, min=0, max=20, description="another draw"),
    )
