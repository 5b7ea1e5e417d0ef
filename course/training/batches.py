"""Data loading: batches of two tensors, and of whatever else, on the device.

Tensors are moved to the device once. An epoch is a permutation of the rows, cut into slices: several
batches are gathered at a time (up to 4 MiB), so a step costs little more than a view.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import Dataset

from . import distributed
from .loaders import LoaderBatches
from .seed import derive

GATHERED_BYTES = 4 * 2**20  # more would no longer be in the cache when its turn comes


class TensorBatches:
    """Batches of two tensors.

    With several processes, each has its own share of every batch of all: as one process with a batch
    `world` times as large. In training up to `world` - 1 rows are left out, so that all have equal work.

    Args:
        x: inputs, rows first: (N, …).
        y: targets, (N,) or (N, …).
        batch_size: rows of a batch; the last batch of an epoch may be smaller.
        seed: gives the order of the rows, another one every epoch; None keeps them in order.
        drop_last: leave out the last batch when it is smaller.
        share: which of how many processes this is.
    """

    def __init__(
        self,
        x: Tensor,
        y: Tensor,
        batch_size: int,
        *,
        seed: int | None = None,
        drop_last: bool = False,
        share: tuple[int, int] = (0, 1),
    ):
        if len(x) != len(y):
            raise ValueError(f"x has {len(x)} rows and y has {len(y)}; they must have as many")
        if batch_size < 1:
            raise ValueError(f"batch_size={batch_size} must be at least 1")
        self.x, self.y, self.batch_size, self.seed, self.drop_last = x, y, batch_size, seed, drop_last
        self.rank, self.world = share

    @property
    def rows(self) -> int:
        """The rows of this process."""
        rows = len(self.x)
        return len(range(self.rank, rows, self.world)) if self.seed is None else rows // self.world

    @property
    def last_rows(self) -> int:
        """The rows of the last batch of an epoch."""
        return self.batch_size if self.drop_last else self.rows - (len(self) - 1) * self.batch_size

    def __len__(self) -> int:
        return self.rows // self.batch_size if self.drop_last else -(-self.rows // self.batch_size)

    def epoch(self, number: int = 0, start: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of one epoch, from batch `start` on."""
        if self.seed is None:
            mine = slice(self.rank, None, self.world)
            xs, ys = self.x[mine].split(self.batch_size), self.y[mine].split(self.batch_size)
            yield from list(zip(xs, ys, strict=True))[start : len(self)]
            return
        rows = self.order(number)
        together = max(1, GATHERED_BYTES // max(1, self.x[: self.batch_size].nbytes))
        # A resumed epoch gathers the same rows together, so each batch lies at the same place in memory: some
        # products of matrices end in other bits elsewhere.
        for first in range(start - start % together, len(self), together):
            some = rows[first * self.batch_size : (first + together) * self.batch_size]
            xs, ys = self.x[some].split(self.batch_size), self.y[some].split(self.batch_size)
            yield from list(zip(xs, ys, strict=True))[max(0, start - first) : len(self) - first]

    def order(self, number: int) -> Tensor:
        """This process's rows in the order of an epoch. Drawn on the CPU: the same on every device."""
        generator = torch.Generator().manual_seed(derive(self.seed, number))
        rows = torch.randperm(len(self.x), generator=generator)
        even = len(rows) // self.world * self.world
        return rows[:even][self.rank :: self.world].to(self.x.device)

    def settings(self) -> dict[str, Any]:
        """What gives the same batches again."""
        return {
            "rows": len(self.x),
            "batch_size": self.batch_size,
            "seed": self.seed,
            "drop_last": self.drop_last,
        }


Batches = TensorBatches | LoaderBatches


def batches_of(
    data: Any,
    batch_size: int,
    device: torch.device,
    *,
    seed: int | None = None,
    drop_last: bool = False,
    shared: bool = True,
) -> Batches:
    """Batches on the device, of a pair of tensors (x, y), a DataLoader, or another iterable of batches.

    Args:
        data: what to iterate; what this function gave is given back.
        batch_size: rows of a batch, for tensors.
        device: where the batches are wanted.
        seed: for training: gives order and randomness; None for measuring: all rows, in order.
        drop_last: leave out the last batch when it is smaller, for tensors.
        shared: whether each process takes its share, or all of it.

    Raises:
        TypeError: `data` is none of these.
    """
    share = (distributed.rank(), distributed.world()) if shared else (0, 1)
    if isinstance(data, TensorBatches | LoaderBatches):
        return data
    pair = isinstance(data, tuple | list) and len(data) == 2
    if pair and all(isinstance(part, Tensor) for part in data):
        x, y = (part.to(device) for part in data)
        return TensorBatches(x, y, batch_size, seed=seed, drop_last=drop_last, share=share)
    if isinstance(data, tuple):
        kinds = ", ".join(type(part).__name__ for part in data)
        raise TypeError(f"data=({kinds}) must be a pair of tensors (x, y); torch.from_numpy makes them")
    if isinstance(data, Iterable) and not isinstance(data, Tensor | Dataset | Iterator | str | dict):
        return LoaderBatches(data, device, seed=seed, share=share)
    kind, held = type(data).__name__, (getattr(data, name, None) for name in ("images", "labels"))
    if all(isinstance(part, Tensor) for part in held):
        raise TypeError(f"data={kind} must be a pair of tensors (x, y): hand over (part.images, part.labels)")
    raise TypeError(f"data of type {kind} must be a pair of tensors (x, y) or a DataLoader")


def prepared(
    batches: Iterator[tuple[Tensor, Tensor]],
    augment: Callable[[Tensor], Tensor] | None = None,
    mix: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]] | None = None,
    memory_format: torch.memory_format = torch.contiguous_format,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Augment whole batches on the device: `augment` changes the images, `mix` images and targets."""
    for x, y in batches:
        if augment is not None:
            x = augment(x)
        if mix is not None:
            x, y = mix(x, y)
        if x.dim() == 4 and memory_format != torch.contiguous_format:
            x = x.contiguous(memory_format=memory_format)
        yield x, y
