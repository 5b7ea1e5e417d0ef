"""Resumable DataLoader: an epoch can be entered at any batch and comes out the same.

A DataLoader's order and its random transforms depend on how often anybody has drawn random numbers before.
Here they depend on (seed, epoch, batch) alone: the plan of an epoch, which rows make which batch, is drawn
first, and each batch is read with a seed of its own. So a resumed epoch skips what it has seen without
reading it, and any number of worker processes gives the same images.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import (
    DataLoader,
    Dataset,
    DistributedSampler,
    IterableDataset,
    TensorDataset,
    default_collate,
)

from . import distributed
from .seed import CPU, derive, random_state_kept, seed_cpu

KEPT = (
    "num_workers",
    "pin_memory",
    "timeout",
    "multiprocessing_context",
    "prefetch_factor",
    "persistent_workers",
)


class LoaderBatches:
    """Batches of a DataLoader, or of another iterable of (x, y), moved to the device.

    With several processes, each takes every `world`-th batch. In training the last ones, where they do not
    come out even, are dealt out row by row, and up to `world` - 1 rows are left out.

    Args:
        loader: gives pairs (x, y).
        device: where the batches are wanted.
        seed: for training: gives order and randomness, others every epoch; None for measuring.
        share: which of how many processes this is.
    """

    batch_size = None

    def __init__(
        self,
        loader: Iterable[tuple[Tensor, Tensor]],
        device: torch.device,
        *,
        seed: int | None = None,
        share: tuple[int, int] = (0, 1),
    ):
        self.loader, self.device, self.train, self.seed = loader, device, seed is not None, seed or 0
        self.rank, self.world = (0, 1) if shards_itself(loader) else share
        self.plan = Plan()
        self.reader = None
        if can_be_planned(loader):
            # The generator is the reader's own: it must not draw from the one that dropout draws from.
            self.reader = DataLoader(
                SeededDataset(loader.dataset, loader.collate_fn),
                batch_sampler=self.plan,
                collate_fn=as_it_is,
                generator=torch.Generator(),
                **{name: getattr(loader, name) for name in KEPT},
            )

    def __len__(self) -> int:
        """Batches of an epoch in this process. Raises TypeError where the loader has no length."""
        return -(-len(self.loader) // self.world)

    def epoch(self, number: int = 0, start: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of one epoch, from batch `start` on."""
        if self.reader is None:
            batches = self.stream(number, start)
        else:
            self.plan.batches = self.planned(number)[start:]
            batches = iter(self.reader)
        for batch in batches:
            if not isinstance(batch, tuple | list) or len(batch) != 2:
                raise TypeError(f"a batch of type {type(batch).__name__} must be a pair (x, y)")
            x, y = batch
            yield x.to(self.device, non_blocking=True), y.to(self.device, non_blocking=True)

    def planned(self, number: int) -> list[tuple[int, list[int]]]:
        """A seed and the rows, for every batch of an epoch."""
        seed = derive(self.seed, number)
        with random_state_kept(CPU), samplers_seeded(self.loader, seed, number):
            batches = [list(rows) for rows in self.loader.batch_sampler]
        mine = dealt(batches, self.rank, self.world, even=self.train)
        return list(zip(self.seeds(number, 1 + distributed.rank()), mine, strict=False))

    def seeds(self, number: int, line: int) -> Iterator[int]:
        """A seed for every batch of an epoch: line 0 for what all processes read, line 1 + rank for each."""
        root = np.random.SeedSequence([self.seed, number, line])
        while True:
            yield from root.generate_state(1024, np.uint64).tolist()
            root = root.spawn(1)[0]

    def stream(self, number: int, start: int) -> Iterator[Any]:
        """The batches of a loader that cannot be planned; those before `start` are read and left out."""
        group, done = [], 0
        own = self.seeds(number, 1 + distributed.rank())
        for batch in read_seeded(self.loader, self.seeds(number, 0)):
            group.append(batch)
            if len(group) == self.world:
                seed_cpu(next(own))
                if done >= start:
                    yield group[self.rank]
                group, done = [], done + 1
        if not self.train and self.rank < len(group):
            yield group[self.rank]

    def settings(self) -> dict[str, Any]:
        """What gives the same batches again."""
        return {"batches": length(self), "seed": self.seed}


def length(batches: Any) -> int | None:
    """How many batches an epoch has; None for a stream that cannot tell."""
    try:
        return len(batches)
    except TypeError:
        return None


class Plan:
    """A batch sampler that gives what it was told."""

    def __init__(self) -> None:
        self.batches: list[tuple[int, list[int]]] = []

    def __iter__(self) -> Iterator[tuple[int, list[int]]]:
        return iter(self.batches)

    def __len__(self) -> int:
        return len(self.batches)


class SeededDataset(Dataset):
    """Reads and collates a batch after seeding, in whichever process it does so.

    In the main process dropout goes on from there: it too depends on (seed, epoch, batch) alone.

    Rows of a TensorDataset are gathered at once: the same values as one by one, in a third of the time.
    Nothing is drawn for them, so only torch is seeded; Python's and numpy's seeds take 20 µs.
    """

    def __init__(self, dataset: Dataset, collate_fn: Any):
        self.dataset, self.collate_fn = dataset, collate_fn
        self.of_tensors = type(dataset) is TensorDataset and collate_fn is default_collate

    def __getitems__(self, batch: tuple[int, list[int]]) -> Any:
        seed, rows = batch
        if self.of_tensors:
            torch.default_generator.manual_seed(seed)
            return [tensor[rows] for tensor in self.dataset.tensors]
        seed_cpu(seed)
        if hasattr(self.dataset, "__getitems__"):
            return self.collate_fn(self.dataset.__getitems__(rows))
        return self.collate_fn([self.dataset[row] for row in rows])


def as_it_is(batch: Any) -> Any:
    """The reader's collate function: the dataset has collated already."""
    return batch


def can_be_planned(loader: Any) -> bool:
    """Whether the rows of each batch are known before it is read, and nothing of the reading is special."""
    return (
        type(loader) is DataLoader
        and loader.batch_sampler is not None
        and not isinstance(loader.dataset, IterableDataset)
        and loader.worker_init_fn is None
    )


def shards_itself(loader: Any) -> bool:
    """Whether the loader gives each process its share already."""
    return isinstance(getattr(loader, "sampler", None), DistributedSampler)


@contextmanager
def samplers_seeded(loader: DataLoader, seed: int, epoch: int) -> Iterator[None]:
    """Inside, the order that the loader's samplers draw depends on the seed alone."""
    samplers = (loader.sampler, loader.batch_sampler)
    own = {id(g): g for g in (loader.generator, *(getattr(s, "generator", None) for s in samplers)) if g}
    before = [(generator, generator.get_state()) for generator in own.values()]
    seed_cpu(seed)
    for generator, _ in before:
        generator.manual_seed(seed)
    for sampler in samplers:
        if hasattr(sampler, "set_epoch"):
            sampler.set_epoch(epoch)
    try:
        yield
    finally:
        for generator, state in before:
            generator.set_state(state)


def dealt(batches: list[list[int]], rank: int, world: int, even: bool) -> list[list[int]]:
    """The batches of one process: every `world`-th.

    Args:
        batches: the rows of every batch of all processes.
        rank: which process.
        world: how many there are.
        even: whether all must have equally many rows at every step, as averaged gradients need.
    """
    if not even or world == 1:
        return batches[rank::world]
    mine = []
    for first in range(0, len(batches), world):
        group = batches[first : first + world]
        if len(group) < world or len({len(rows) for rows in group}) > 1:
            rows = [row for batch in group for row in batch]
            rows = rows[: len(rows) // world * world]
            group = [rows[r::world] for r in range(world)]
        if group[rank]:
            mine.append(group[rank])
    return mine


def read_seeded(loader: Iterable[Any], seeds: Iterator[int]) -> Iterator[Any]:
    """Iterate; begin, and read each batch, with a seed of its own."""
    seed_cpu(next(seeds))
    iterator = iter(loader)
    for seed in seeds:
        seed_cpu(seed)
        try:
            batch = next(iterator)
        except StopIteration:
            return
        yield batch
