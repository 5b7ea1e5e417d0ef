"""Animation: an animated PNG, which a stored notebook and a page of the book show without a kernel.

The first frame is the finished picture, held for a while: it is what stands still where nothing can move.
Then the motion begins from its start, again and again.
"""

from collections.abc import Callable, Sequence
from io import BytesIO
from itertools import pairwise
from typing import TypeVar

import numpy as np
from IPython.display import display
from PIL import Image

from .palette import nearest_colors, paint, palette_of
from .style import SHARPNESS, Picture, show_png

State = TypeVar("State")

MOST_BYTES = 400_000
# pixels for each pixel of the page, colors, and how many frames stand for one: sharp and smooth if it fits
QUALITIES = ((SHARPNESS, 64, 1), (SHARPNESS, 32, 1), (SHARPNESS, 32, 2), (1, 64, 1), (1, 32, 2))


class Motion:
    """Frames one after the other, shown as one animated PNG.

    Args:
        frames: each (H, W, 3), uint8, all of one size; the last one is the finished picture.
        seconds: how long the motion takes.
        hold: seconds for which the finished picture stands.
        alt: what the picture shows, for those who do not see it.

    Attributes:
        alt: may be changed until the picture is shown.

    Raises:
        ValueError: there are fewer than two frames, or of different sizes.
    """

    def __init__(self, frames: Sequence[np.ndarray], seconds: float, hold: float, alt: str):
        shapes = {frame.shape for frame in frames}
        if len(frames) < 2 or len(shapes) > 1:
            raise ValueError(f"frames has {len(frames)} of shapes {sorted(shapes)}; 2 or more of one shape")
        self.frames, self.seconds, self.hold, self.alt = frames, seconds, hold, alt

    def png(self) -> bytes:
        """The animated PNG, the same bytes on every run: as sharp and smooth as 400 KB allow.

        Raises:
            ValueError: it is larger than that at its plainest.
        """
        for pixels, colors, step in QUALITIES:
            png = self._encode(SHARPNESS // pixels, colors, step)
            if len(png) <= MOST_BYTES:
                return png
        raise ValueError(
            f"the moving picture has {len(png) // 1000} KB at its plainest, at most {MOST_BYTES // 1000} are "
            f"allowed; show fewer than {len(self.frames)} states"
        )

    def bundle(self) -> tuple[dict, dict]:
        """What a notebook stores: the data by MIME type, and their metadata."""
        height, width, _ = self.frames[0].shape
        return show_png(self.png(), (width, height), self.alt)

    def _ipython_display_(self) -> None:
        data, metadata = self.bundle()
        display(data, metadata=metadata, raw=True)

    def _encode(self, smaller: int, colors: int, step: int) -> bytes:
        step = step if len(self.frames) > 2 * step else 1
        images = [Image.fromarray(frame).reduce(smaller) for frame in self.frames[::-step]][::-1]
        frames = [np.asarray(image) for image in images]
        palette = palette_of(frames[-1], colors)
        table = nearest_colors(palette)
        painted = [paint(frame, table) for frame in (frames[-1], *frames[:-1])]
        same = len(palette)  # one more color: as it was before
        pairs = pairwise(painted)
        drawn = [painted[0], *(np.where(now == before, same, now).astype(np.uint8) for before, now in pairs)]
        finished, *changes = [Image.fromarray(numbers) for numbers in drawn]
        for image in (finished, *changes):
            image.putpalette(palette.tobytes() + b"\0\0\0")
            image.info["transparency"] = same
        each = 1000 * self.seconds / len(changes)
        buffer = BytesIO()
        finished.save(
            buffer, "PNG", save_all=True, append_images=changes, loop=0, transparency=same,
            duration=[1000 * self.hold, *[each] * len(changes)], disposal=0, blend=1,
        )  # fmt: skip
        return buffer.getvalue()


def animate(
    draw: Callable[[State], Picture | np.ndarray],
    states: Sequence[State],
    seconds: float = 4.0,
    hold: float = 1.5,
    alt: str = "",
) -> Motion:
    """Draw a list of states, one after the other, as a picture that moves.

    Args:
        draw: makes a picture of a state, always of one size; or its pixels (H, W, 3), uint8, which is faster
            where most of the picture stays.
        states: two or more; the last one gives the still.
        seconds: how long the motion takes.
        hold: seconds for which the last picture stands.
        alt: what the picture shows; by default the text of the last picture.

    Raises:
        ValueError: there are fewer than two states, or their pictures have different sizes.
    """
    drawn = [draw(state) for state in states]
    frames = [one.pixels().copy() if isinstance(one, Picture) else one for one in drawn]
    return Motion(frames, seconds, hold, alt or getattr(drawn[-1] if drawn else None, "alt", ""))
