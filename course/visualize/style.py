"""Figure style: how every picture of the course looks, and how it is shown.

A picture is a matplotlib Figure that knows its alternative text. A notebook shows it as one PNG of the same
bytes on every run, together with that text: for those who do not see the picture, and for comparisons.

Colors are Okabe and Ito's ("Color Universal Design", 2008), which differ for every kind of color vision;
dark gray stands for their yellow, which is lost on white. A line style, a marker or a name at the line's end
always repeats what a color says. Images are gray or in their own colors, signed values orange and purple,
landscapes run from a blue valley to pale yellow heights.
"""

import textwrap
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

from .palette import nearest_colors, paint, palette_of

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#5A5A5A")
LINE_STYLES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
HATCHES = ("", "//", "..", "xx", "\\\\", "++", "oo", "--")
SIGNED_MAP = "PuOr"  # orange for negative, purple for positive: told apart by every kind of color vision
WIDTH = 7.0  # inches: the width of a notebook's column
DPI = 180
SHARPNESS = 2  # pixels of the file for each pixel of the page, so that pictures are sharp on every screen
FEW, MANY = 96, 256  # colors of a drawing, and of one with photographs

STYLE = {
    "figure.dpi": DPI,
    "savefig.dpi": "figure",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.bbox": None,
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": "#1A1A1A",
    "axes.titlesize": 10,
    "axes.labelsize": 10,
    "axes.labelcolor": "#1A1A1A",
    "axes.edgecolor": "#555555",
    "axes.axisbelow": True,
    "xtick.color": "#555555",
    "ytick.color": "#555555",
    "xtick.labelcolor": "#333333",
    "ytick.labelcolor": "#333333",
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.7,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "lines.solid_capstyle": "round",
    "image.cmap": "gray",
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
        many_colors: whether it holds photographs, which need more colors than a drawing.
        finishers: what is done right before the picture is drawn, when the axes have their places.
    """

    def __init__(self, alt: str = "", **figure_arguments):
        super().__init__(**figure_arguments)
        self.alt = alt
        self.many_colors = False
        self.finishers: list[Callable[[], None]] = []

    def savefig(self, file: Any, **arguments) -> None:
        """Write the picture to a file, as `Figure.savefig` does, in the course's style."""
        with rc_context(STYLE):
            self.finish()
            super().savefig(file, **arguments)

    def finish(self) -> FigureCanvasAgg:
        """Find room for every label and call the finishers, once; gives the canvas to draw on."""
        canvas = FigureCanvasAgg(self)
        if self.finishers and self.get_layout_engine() is not None:
            self.get_layout_engine().execute(self)
            self.set_layout_engine("none")  # everything keeps the place that it has now
        while self.finishers:
            self.finishers.pop(0)()
        return canvas

    def pixels(self) -> np.ndarray:
        """The picture as it is seen, (H, W, 3), uint8."""
        with rc_context(STYLE):
            canvas = self.finish()
            canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :3]

    def png(self, quick: bool = False) -> bytes:
        """The picture as PNG: the same bytes on every run, so without time or the software's version.

        Args:
            quick: made in less time, but half as large again; for a picture that follows a hand.
        """
        pixels = self.pixels()
        if self.many_colors and not quick:
            image = Image.fromarray(np.ascontiguousarray(pixels)).quantize(MANY, dither=Image.Dither.NONE)
        else:
            seen = pixels[::2, ::2] if quick else pixels  # a quarter of them is enough to choose colors by
            palette = palette_of(seen, MANY if self.many_colors else FEW)
            image = Image.fromarray(paint(pixels, nearest_colors(palette)))
            image.putpalette(palette.tobytes())
        buffer = BytesIO()
        image.save(buffer, "PNG", **({"compress_level": 1} if quick else {"optimize": True}))
        return buffer.getvalue()

    def bundle(self, quick: bool = False) -> tuple[dict, dict]:
        """What a notebook stores: the data by MIME type, and their metadata; `quick` as in `png`."""
        width, height = self.canvas.get_width_height()
        return show_png(self.png(quick), (width, height), self.alt)

    def _ipython_display_(self) -> None:
        data, metadata = self.bundle()
        display(data, metadata=metadata, raw=True)


def show_png(png: bytes, size: tuple[int, int], alt: str) -> tuple[dict, dict]:
    """Data and metadata of a PNG of so many pixels: shown half as large, with its alternative text."""
    width, height = (pixels // SHARPNESS for pixels in size)
    metadata = {"image/png": {"width": width, "height": height, "alt": alt}}
    return {"image/png": png, "text/plain": alt}, metadata


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
    figure = Picture(figsize=(width, height), layout=layout, dpi=DPI)
    axes = figure.subplots(rows, columns, squeeze=False, **subplot_arguments)
    return figure, axes


def line_style(index: int) -> dict[str, Any]:
    """Color and line style of the series with this number: no two of the first 32 are equal."""
    return {
        "color": COLORS[index % len(COLORS)],
        "linestyle": LINE_STYLES[(index + index // len(COLORS)) % len(LINE_STYLES)],
    }


def headline(figure: Picture, title: str) -> None:
    """What is to be seen, above the whole picture; nothing where the title is empty."""
    if title:
        text = "\n".join(even_lines(title, int(10 * figure.get_figwidth())))
        figure.suptitle(text, x=0.01, ha="left", fontsize=11, fontweight="bold", linespacing=1.3)


def even_lines(text: str, width: int) -> list[str]:
    """Lines of at most `width` letters, no more than needed and about equally long: no word stands alone.

    >>> even_lines("The others, each at its own rate, stay together", 40)
    ['The others, each at its', 'own rate, stay together']
    """
    lines = textwrap.wrap(text, width)
    for narrower in range(width - 1, 0, -1):
        fewer = textwrap.wrap(text, narrower)
        if len(fewer) > len(lines):
            break
        lines = fewer
    return lines


def told(title: str, alt: str) -> str:
    """An alternative text that begins with the title, where there is one."""
    return f"{title.rstrip('.')}. {alt}" if title else alt


def tint(color: str, share: float = 0.3) -> tuple[float, float, float]:
    """A color mixed with white: this share of the color."""
    return tuple(1 - share * (1 - channel) for channel in to_rgb(color))


def bare(axes: Any) -> None:
    """Take ticks and frame away, where positions mean nothing."""
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)


def listing(names: Sequence[str]) -> str:
    """Names as in a sentence: "SGD, Momentum and Adam"."""
    names = [str(name) for name in names]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
