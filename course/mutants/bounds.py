"""Resource limits for code that may never end: processor time and memory, never the clock on the wall."""

import contextlib
import io
import random
import resource
import signal
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np

MEMORY_BYTES = 3 * 2**30  # beyond what the process has already


class TimeUp(BaseException):
    """The processor time is used up. No `except Exception` of an answer can catch it."""


@contextlib.contextmanager
def processor_time(seconds: float) -> Iterator[None]:
    """End the block with `TimeUp` when this process has computed for `seconds` in it.

    A busy machine changes nothing: time in which others compute does not count.
    """

    def stop(number, frame):
        raise TimeUp

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.5)  # once more, should somebody swallow the first
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextlib.contextmanager
def memory(extra: int = MEMORY_BYTES) -> Iterator[None]:
    """Let the block have at most `extra` bytes more than the process has now; Linux only."""
    status = Path("/proc/self/statm")
    if not status.is_file():
        yield
        return
    now = int(status.read_text().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = now + extra if hard == resource.RLIM_INFINITY else min(now + extra, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Nothing is printed and nothing is warned of."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        yield


def seed_global_generators(seed: int) -> None:
    """The generators that everybody shares, so that two runs of this check say the same."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(seed)
