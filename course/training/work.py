"""Thread count of a training: all processors if a batch costs enough, else the one that there is.

That is decided from the number of multiply-adds, never from a clock: sums of floats depend on the number of
threads, and results must not depend on how busy the machine is.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import chain
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from course import threads

from .batches import Batches

# Multiply-adds of a batch's prediction. With less, two threads take up to 1.5 times the processor time.
WORTH = 1_000_000_000

_known: WeakKeyDictionary[nn.Module, dict[tuple[int, ...], int]] = WeakKeyDictionary()


@contextmanager
def enough_threads(
    model: nn.Module, batches: Batches, ready: Iterator[tuple[Tensor, Tensor]]
) -> Iterator[Iterable[tuple[Tensor, Tensor]]]:
    """Gives the batches of `ready`; inside, a net that is worth it computes with all processors.

    A number of threads that somebody has chosen stays, and several processes have their share each.

    Args:
        model: what will see the batches.
        batches: where they come from.
        ready: the batches as the model gets them.
    """
    first = next(ready, None)
    several = first is not None and first[0].device.type == "cpu" and is_worth_it(model, batches, first[0])
    with threads.use() if several else nullcontext():
        yield chain([] if first is None else [first], ready)


def is_worth_it(model: nn.Module, batches: Batches, x: Tensor) -> bool:
    """Whether batches like x, the first, pay for all processors, and those are ours to take."""
    if not threads.may_be_raised() or threads.processors() == 1 or batches.world > 1:
        return False
    rows = batches.batch_size or getattr(batches.loader, "batch_size", None) or len(x)
    known = _known.setdefault(model, {})
    shape = (rows, *x.shape[1:])
    if shape not in known:
        known[shape] = multiply_adds(model, torch.empty(shape, dtype=x.dtype, device="meta"))
    return known[shape] >= WORTH


def multiply_adds(model: nn.Module, x: Tensor) -> int:
    """Of one prediction; 0 where they cannot be counted. A copy without values is asked, not the model.

    Args:
        model: left as it is; its hooks are not called.
        x: a batch on the device "meta": a shape.
    """
    from torch.utils.flop_counter import FlopCounterMode

    from course.models.describe import without_values

    counter = FlopCounterMode(display=False)
    try:
        copy = without_values(getattr(model, "_orig_mod", model)).eval()
        with counter, torch.no_grad():
            copy(x)
    except Exception:  # whatever it is, the batch itself will tell
        return 0
    return counter.get_total_flops() // 2
