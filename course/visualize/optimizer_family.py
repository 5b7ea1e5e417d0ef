"""Family tree of optimizers: who came from whom, and how each walks down the same bowl."""

from functools import partial

from course import optim

from .optimizer_paths import clip_path, draw_path, draw_surface, optimizer_path
from .series_styles import series_style
from .style import COLORS, Picture, bare, picture, styled
from .surfaces import BOWL

STEPS = 40

# name: column and row of its panel, and a learning rate that suits it on the bowl
MEMBERS = {
    "GradientDescent": (0, 1.45, {"lr": 0.04}),
    "SGD": (1, 1.45, {"lr": 0.04}),
    "Momentum": (2, 0.75, {"lr": 0.02, "momentum": 0.8}),
    "NAG": (3, 0, {"lr": 0.02, "momentum": 0.8}),
    "Adagrad": (2, 2.2, {"lr": 0.6}),
    "RMSprop": (3, 1.75, {"lr": 0.12}),
    "Adadelta": (3, 2.75, {"rho": 0.9, "lr": 25.0}),
    "Adam": (4, 1.15, {"lr": 0.3}),
}

LINKS = {
    ("GradientDescent", "SGD"): "batches",
    ("SGD", "Momentum"): "velocity",
    ("Momentum", "NAG"): "looks ahead",
    ("SGD", "Adagrad"): "a rate for\neach weight",
    ("Adagrad", "RMSprop"): "forgets",
    ("Adagrad", "Adadelta"): "forgets,\nhas units",
    ("Momentum", "Adam"): "",
    ("RMSprop", "Adam"): "both",
}
"""Parent and child, and what the child has that the parent has not."""


def ancestors(name: str) -> set[str]:
    """All from whom a member of the family descends.

    >>> sorted(ancestors("NAG"))
    ['GradientDescent', 'Momentum', 'SGD']
    """
    parents = {parent for parent, child in LINKS if child == name}
    return parents.union(*(ancestors(parent) for parent in parents))


@styled
def plot_optimizer_family() -> Picture:
    """Draw a panel a member with its path on the bowl, and an arrow from parent to child."""
    figure, ((whole,),) = picture(height=3.9, layout=None)
    whole.set_position((0, 0, 1, 1))
    whole.set(xlim=(0, 5), ylim=(3.9, 0))
    bare(whole)
    size, places = (0.58, 0.74), {}
    for name, (column, row, settings) in MEMBERS.items():
        left, top = column * 1.07 + 0.12, 0.28 + row * 0.98
        places[name] = (left, top)
        panel = figure.add_axes((left / 5, 1 - (top + size[1]) / 3.9, size[0] / 5, size[1] / 3.9))
        path = optimizer_path(BOWL, partial(optim.OPTIMIZERS[name], **settings), STEPS)
        draw_surface(panel, BOWL)
        draw_path(panel, clip_path(BOWL, path).points, **series_style(name))
        panel.set(xticks=[], yticks=[])
        panel.set_title("Gradient descent" if name == "GradientDescent" else name, fontsize=8.5, pad=3)
    arrow = {"arrowstyle": "-|>", "color": COLORS[7], "shrinkA": 2, "shrinkB": 2}
    for (parent, child), text in LINKS.items():
        (x0, y0), (x1, y1) = places[parent], places[child]
        start, end = (x0 + size[0], y0 + size[1] / 2), (x1, y1 + size[1] / 2)
        whole.annotate("", end, start, arrowprops=arrow)
        white = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        if text:
            whole.text(*middle, text, fontsize=7, ha="center", va="center", bbox=white)
    alt_text = [f"{parent} to {child}" for parent, child in LINKS]
    figure.alt = (
        f"Eight optimizers, each with its path of {STEPS} steps on a long bowl, and arrows from "
        f"{'; '.join(alt_text)}."
    )
    return figure
