"""Batches, from tensors or from a DataLoader, on the device.

Tensors are moved to the device once. An epoch is a permutation of the rows, cut into slices: several
batches are gathered at a time (up to 16 MiB), so a step costs little more than a view.
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader

from .seed import derive

GATHERED_BYTES = 16 * 2**20


class TensorBatches:
    """Batches of two tensors.

    Args:
        x: inputs, rows first: (N, …).
        y: targets, (N,) or (N, …).
        batch_size: rows of a batch; the last batch of an epoch may be smaller.
        seed: gives the order of the rows, another one every epoch; None keeps them in order.
        drop_last: leave out the last batch when it is smaller.
    """

    def __init__(
        self, x: Tensor, y: Tensor, batch_size: int, *, seed: int | None = None, drop_last: bool = False
    ):
        if len(x) != len(y):
            raise ValueError(f"x has {len(x)} rows and y has {len(y)}; they must have as many")
        if batch_size < 1:
            raise ValueError(f"batch_size={batch_size} must be at least 1")
        self.x, self.y, self.batch_size, self.seed, self.drop_last = x, y, batch_size, seed, drop_last

    def __len__(self) -> int:
        if self.drop_last:
            return len(self.x) // self.batch_size
        return -(-len(self.x) // self.batch_size)

    def epoch(self, number: int = 0, start: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of one epoch, from batch `start` on."""
        rows = self.order(number)
        row_bytes = self.x[0].numel() * self.x.element_size()
        together = max(1, GATHERED_BYTES // max(1, self.batch_size * row_bytes))
        # A resumed epoch gathers the same rows together, so that each batch lies at the same place in memory.
        for first in range(start - start % together, len(self), together):
            some = rows[first * self.batch_size : (first + together) * self.batch_size]
            xs, ys = self.x[some].split(self.batch_size), self.y[some].split(self.batch_size)
            yield from list(zip(xs, ys, strict=True))[max(0, start - first) : len(self) - first]

    def order(self, number: int) -> Tensor:
        """The rows in the order of an epoch. Drawn on the CPU: the same on every device."""
        if self.seed is None:
            return torch.arange(len(self.x), device=self.x.device)
        generator = torch.Generator().manual_seed(derive(self.seed, number))
        return torch.randperm(len(self.x), generator=generator).to(self.x.device)


class LoaderBatches:
    """Batches of a DataLoader, moved to the device."""

    def __init__(self, loader: DataLoader, device: torch.device):
        self.loader, self.device = loader, device

    def __len__(self) -> int:
        return len(self.loader)

    def epoch(self, number: int = 0, start: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of one epoch, from batch `start` on."""
        for x, y in self.loader:
            yield x.to(self.device, non_blocking=True), y.to(self.device, non_blocking=True)


def batches_of(
    data: Any, batch_size: int, device: torch.device, *, seed: int | None = None, drop_last: bool = False
) -> TensorBatches | LoaderBatches:
    """Batches on the device, of a pair of tensors (x, y) or of a DataLoader.

    Raises:
        TypeError: `data` is neither.
    """
    if isinstance(data, DataLoader):
        return LoaderBatches(data, device)
    if isinstance(data, tuple | list) and len(data) == 2 and all(isinstance(part, Tensor) for part in data):
        x, y = (part.to(device) for part in data)
        return TensorBatches(x, y, batch_size, seed=seed, drop_last=drop_last)
    raise TypeError(f"data of type {type(data).__name__} must be a pair of tensors (x, y) or a DataLoader")


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
        if memory_format != torch.contiguous_format and x.dim() == 4:
            x = x.contiguous(memory_format=memory_format)
        yield x, y
