"""AlexNet's two towers as a drawing, one on each GPU, and what crosses between them.

After Figure 2 of Krizhevsky, Sutskever and Hinton 2012.
"""

from collections.abc import Mapping

from matplotlib.patches import FancyBboxPatch

from .style import COLORS, Picture, bare, picture, styled, tint

# name: channels (or units) on one GPU, and side of the map
LAYERS = {
    "conv1": (48, 55),
    "conv2": (128, 27),
    "conv3": (192, 13),
    "conv4": (192, 13),
    "conv5": (128, 13),
    "fc6": (2048, 1),
    "fc7": (2048, 1),
    "fc8": (500, 1),
}


@styled
def plot_towers(traffic: Mapping[str, int]) -> Picture:
    """Draw both towers, with arrows across where a layer reads both halves.

    Args:
        traffic: layer to bytes that one image sends in each direction, as `TwoTowerAlexNet.traffic` holds it.

    Raises:
        ValueError: a layer is unknown, or the first one: nothing can cross before it.
    """
    names = list(LAYERS)
    strange = [name for name in traffic if name not in names[1:]]
    if strange:
        raise ValueError(f"traffic={strange[0]!r} must be one of {', '.join(names[1:])}")
    figure, ((axes,),) = picture(height=2.7, layout=None)
    axes.set_position((0, 0, 1, 1))
    bare(axes)
    axes.set(xlim=(-1.15, 8.0), ylim=(-0.75, 2.15))
    straight = {"arrowstyle": "-|>", "color": "#777777", "shrinkA": 0, "shrinkB": 0}
    for tower in (0, 1):
        color = COLORS[tower]
        axes.text(-0.95, tower * 1.4, f"GPU {2 - tower}", va="center", fontsize=9, weight="bold", color=color)
        for place, (name, (channels, side)) in enumerate(LAYERS.items()):
            box = FancyBboxPatch(
                (place - 0.3, tower * 1.4 - 0.3), 0.6, 0.6, boxstyle="round,pad=0.03",
                facecolor=tint(color, 0.25), edgecolor=color,
            )  # fmt: skip
            axes.add_patch(box)
            size = f"{channels}\n@{side}×{side}" if side > 1 else str(channels)
            axes.text(place, tower * 1.4, f"{name}\n{size}", ha="center", va="center", fontsize=7.5)
            if place:
                axes.annotate(
                    "", (place - 0.33, tower * 1.4), (place - 0.67, tower * 1.4), arrowprops=straight
                )
    for name, count in traffic.items():
        place = names.index(name)
        across = {**straight, "color": COLORS[1], "linewidth": 1.8}
        for start, end in ((0, 1.4), (1.4, 0)):
            offset = 0.3 if end > start else -0.3
            axes.annotate(
                "", (place - 0.32, end - offset * 0.5), (place - 0.68, start + offset), arrowprops=across
            )
        axes.text(place - 0.5, -0.6, f"{count / 1024:.1f} KiB", ha="center", fontsize=8, color=COLORS[1])
    total = sum(traffic.values()) / 1024
    axes.text(
        3.5, 2.0, f"each image sends {total:.1f} KiB in each direction", ha="center", va="center", fontsize=9
    )
    alt_text = ", ".join(f"{name} {count / 1024:.1f} KiB" for name, count in traffic.items())
    figure.alt = f"Two rows of eight layers, one a GPU; arrows cross in front of {alt_text}."
    return figure
