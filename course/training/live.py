"""Live plot: a curve that grows while a notebook trains, and stays as an ordinary figure afterwards.

It is a plain image under a display id, put again in the same place: only the last image is stored, and it
needs no running kernel to be seen.
"""

import sys
from time import perf_counter

from .history import History


class LiveCurve:
    """Shows a history that grows; outside a notebook it shows nothing.

    Drawing takes as long as a short epoch, so the next drawing waits until ten times as long has passed.
    The last epoch is always drawn.

    Args:
        on: False shows nothing either.
    """

    def __init__(self, on: bool = True):
        self.on = on and in_notebook()
        self.waiting: History | None = None
        self.handle = None
        self.again_at = 0.0

    def show(self, history: History) -> None:
        """An epoch has ended."""
        self.waiting = history
        if self.on and perf_counter() >= self.again_at:
            self.draw()

    def draw(self) -> None:
        """Put the figure of the history as it is now in place of the one before."""
        from IPython.display import display

        began = perf_counter()
        figure, self.waiting = self.waiting.plot(), None
        if self.handle is None:
            self.handle = display(figure, display_id=True)
        else:
            self.handle.update(figure)
        self.again_at = perf_counter() + 10 * (perf_counter() - began)

    def __enter__(self) -> "LiveCurve":
        return self

    def __exit__(self, *error: object) -> None:
        if self.on and self.waiting is not None:
            self.draw()


def in_notebook() -> bool:
    """Whether a notebook's kernel runs this. IPython is not imported to find out."""
    return "IPython" in sys.modules and hasattr(sys.modules["IPython"].get_ipython(), "kernel")
