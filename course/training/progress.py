"""Progress bar for people; silence for machines.

A person sits at a terminal (standard error is a tty) or in a notebook session (Jupyter sets
JPY_SESSION_NAME for those). papermill, nbval and batch jobs have neither: their stored output stays clean.
"""

import os
import sys
from time import perf_counter

from .metrics import Meter

SECONDS_BETWEEN_READINGS = 0.5


def person_watches() -> bool:
    """Whether somebody sees the output while it is written."""
    return "JPY_SESSION_NAME" in os.environ or bool(sys.stderr and sys.stderr.isatty())


class Progress:
    """One bar for a whole training, a step at a time; nothing at all if it is off.

    Args:
        total: steps of the whole training; None if not known.
        epochs: of the whole training.
        on: whether to show it.
    """

    def __init__(self, total: int | None, epochs: int, on: bool):
        self.bar, self.epochs = None, epochs
        if on:
            from tqdm.auto import tqdm

            self.bar = tqdm(total=total, unit="step")
        self.read_at = perf_counter()

    def start(self, done: int) -> None:
        """Begin at a step that a resumed training has reached."""
        if self.bar is not None and done:
            self.bar.update(done)

    def step(self, epoch: int, meter: Meter) -> None:
        """One step more. The loss is read twice a second at most: reading it waits for the device."""
        if self.bar is None:
            return
        self.bar.update()
        now = perf_counter()
        if now - self.read_at > SECONDS_BETWEEN_READINGS and meter.losses:
            self.bar.set_description(f"epoch {epoch}/{self.epochs}", refresh=False)
            self.bar.set_postfix(loss=f"{float(meter.losses[-1]):.3f}", refresh=False)
            self.read_at = now

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *error: object) -> None:
        if self.bar is not None:
            self.bar.close()
