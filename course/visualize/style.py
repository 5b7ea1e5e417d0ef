"""How every picture of the course looks, and how it is shown.

A picture is a matplotlib Figure that knows its alternative text. A notebook shows it as one PNG of the same
bytes on every run, together with that text: for those who do not see the picture, and for comparisons.

Colours are Okabe and Ito's ("Color Universal Design", 2008), which differ for every kind of colour vision;
dark grey stands for their yellow, which is lost on white. Values on a scale use cividis. A line style or a
marker always repeats what a colour says.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from io import BytesIO
from typing import Any

import numpy as np
from IPython.display import display
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#5A5A5A")
LINE_STYLES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
HATCHES = ("", "//", "..", "xx", "\\\\", "++", "oo", "--")
COLOR_MAP = "cividis"
SIGNED_MAP = "PuOr"  # orange for negative, purple for positive: told apart by every kind of colour vision
WIDTH = 7.0  # inches: the width of a notebook's column
DPI = 90

STYLE = {
    "figure.dpi": DPI,
    "savefig.dpi": "figure",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.bbox": None,
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 10,
    "axes.labelsize": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "grid.color": "#DDDDDD",
    "lines.linewidth": 1.6,
    "lines.markersize": 5,
    "image.cmap": COLOR_MAP,
    "image.interpolation": "nearest",
    "path.simplify": True,
}


class Picture(Figure):
    """A matplotlib Figure with alternative text; a notebook shows it as one PNG.

    Args:
        alt: what the picture shows, in one or two sentences.
        **figure_arguments: what `matplotlib.figure.Figure` takes.

    Attributes:
        alt: may be changed until the picture is shown.
        many_colors: whether the PNG keeps every colour, as photos need; 256 make it less than half as large.
    """

    def __init__(self, alt: str = "", **figure_arguments):
        super().__init__(**figure_arguments)
        self.alt = alt
        self.many_colors = False

    def savefig(self, file: Any, **arguments) -> None:
        """Write the picture to a file, as `Figure.savefig` does, in the course's style."""
        with rc_context(STYLE):
            super().savefig(file, **arguments)

    def png(self) -> bytes:
        """The picture as PNG: the same bytes on every run, so without time or the software's version."""
        canvas = FigureCanvasAgg(self)
        with rc_context(STYLE):
            canvas.draw()
        image = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3])
        if not self.many_colors:
            image = image.quantize(256, dither=Image.Dither.NONE)
        buffer = BytesIO()
        image.save(buffer, "PNG")
        return buffer.getvalue()

    def bundle(self) -> tuple[dict, dict]:
        """What a notebook stores: the data by MIME type, and their metadata."""
        return {"image/png": self.png(), "text/plain": self.alt}, {"image/png": {"alt": self.alt}}

    def _ipython_display_(self) -> None:
        data, metadata = self.bundle()
        display(data, metadata=metadata, raw=True)


def styled(plot: Callable[..., Picture]) -> Callable[..., Picture]:
    """Let a function draw in the course's style, and leave matplotlib's own settings as they were."""

    @wraps(plot)
    def in_style(*args, **kwargs):
        with rc_context(STYLE):
            return plot(*args, **kwargs)

    return in_style


def picture(
    rows: int = 1,
    columns: int = 1,
    height: float = 3.0,
    width: float = WIDTH,
    layout: str | None = "constrained",
    **subplot_arguments,
) -> tuple[Picture, np.ndarray]:
    """A new picture and its axes, (rows, columns).

    Args:
        rows: how many rows of axes.
        columns: how many columns of axes.
        height: of the picture, in inches.
        width: of the picture, in inches; 7 fill a notebook's column.
        layout: "constrained" finds room for every label; None leaves it to the caller, and is faster.
        **subplot_arguments: what `Figure.subplots` takes.
    """
    figure = Picture(figsize=(width, height), layout=layout)
    axes = figure.subplots(rows, columns, squeeze=False, **subplot_arguments)
    return figure, axes


def line_style(index: int) -> dict[str, Any]:
    """Colour and line style of the series with this number: no two of the first 32 are equal."""
    return {
        "color": COLORS[index % len(COLORS)],
        "linestyle": LINE_STYLES[(index + index // len(COLORS)) % len(LINE_STYLES)],
    }


def tint(color: str, share: float = 0.3) -> tuple[float, float, float]:
    """A colour mixed with white: this share of the colour."""
    return tuple(1 - share * (1 - channel) for channel in to_rgb(color))


def bare(axes: Any) -> None:
    """Take ticks and frame away, where positions mean nothing."""
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)


def listing(names: Sequence[str]) -> str:
    """Names as in a sentence: "SGD, Momentum and Adam"."""
    names = [str(name) for name in names]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
