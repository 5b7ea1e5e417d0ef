"""Batches: every row once, the same again from anywhere, whoever reads them."""

import random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset

from course.data.dataset import Part
from course.training.batches import GATHERED_BYTES, TensorBatches, batches_of, prepared
from course.training.loaders import dealt

CPU = torch.device("cpu")


def read(batches, number=1, start=0):
    return [(x.tolist(), y.tolist()) for x, y in batches.epoch(number, start)]


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 40), st.integers(1, 9), st.booleans(), st.booleans(), st.integers(0, 9))
def test_an_epoch_is_a_permutation_cut_into_slices(rows, size, shuffled, drop_last, start):
    """Each row comes once, x with its y; an epoch entered at a batch goes on as the whole one does."""
    x = torch.arange(rows)
    batches = TensorBatches(x, 2 * x, size, seed=3 if shuffled else None, drop_last=drop_last)
    whole = read(batches)
    flat = [row for xs, _ in whole for row in xs]
    assert all(ys == [2 * row for row in xs] for xs, ys in whole)
    assert len(whole) == len(batches) and all(len(xs) == size for xs, _ in whole[:-1])
    kept = rows // size * size if drop_last else rows
    assert len(set(flat)) == len(flat) == kept and (shuffled or flat == list(range(kept)))
    assert read(batches, start=start) == whole[start:]


def test_gathers_a_few_batches_at_a_time(monkeypatch):
    """However few bytes are gathered together, the batches are the same."""
    x = torch.randn(50, 7)
    expected = read(TensorBatches(x, x, 4, seed=1))
    for limit in (1, 7 * 4 * 4 * 3, GATHERED_BYTES):
        monkeypatch.setattr("course.training.batches.GATHERED_BYTES", limit)
        batches = TensorBatches(x, x, 4, seed=1)
        assert read(batches) == expected and read(batches, start=5) == expected[5:]


def test_another_order_every_epoch():
    """The order changes from epoch to epoch and from seed to seed, and nothing else changes it."""
    x = torch.arange(50)
    orders = {(seed, n): str(read(TensorBatches(x, x, 7, seed=seed), n)) for seed in (0, 1) for n in (1, 2)}
    assert len(set(orders.values())) == 4
    torch.rand(5)
    assert str(read(TensorBatches(x, x, 7, seed=1), 2)) == orders[1, 2]


@pytest.mark.parametrize("world", [2, 3])
def test_processes_share_each_batch(world):
    """The batches of all processes are together those of one process with a larger batch."""
    x = torch.arange(44)
    one = read(TensorBatches(x, x, 4 * world, seed=5))
    many = [read(TensorBatches(x, x, 4, seed=5, share=(rank, world))) for rank in range(world)]
    assert len({len(batches) for batches in many}) == 1 == len({len(b[-1][0]) for b in many})
    for whole, *parts in zip(one, *many, strict=True):
        together = {row for part in parts for row in part[0]}
        assert together <= set(whole[0]) and len(whole[0]) - len(together) < world
    measured = [read(TensorBatches(x, x, 4, share=(rank, world))) for rank in range(world)]
    assert sorted(row for part in measured for xs, _ in part for row in xs) == list(range(44))


class Random(Dataset):
    """Rows with noise from each of the three libraries that people draw from."""

    def __len__(self):
        return 22

    def __getitem__(self, row):
        noise = [random.random(), np.random.rand(), torch.rand(()).item()]
        return torch.tensor([row, *noise], dtype=torch.float64), row


class Stream(IterableDataset):
    """The same as a stream, whose order is random too."""

    def __iter__(self):
        rows = Random()
        yield from (rows[row] for row in torch.randperm(22).tolist())


@pytest.mark.parametrize(
    "loader",
    [
        DataLoader(Random(), batch_size=4, shuffle=True),
        DataLoader(Random(), batch_size=4, shuffle=True, generator=torch.Generator().manual_seed(7)),
        DataLoader(Stream(), batch_size=4),
        DataLoader(Random(), batch_size=4, shuffle=True, worker_init_fn=print),
    ],
    ids=["shuffled", "generator", "stream", "special"],
)
def test_a_loader_can_be_entered_anywhere(loader):
    """Order and noise depend on seed, epoch and batch: not on what was drawn before, nor on the start."""
    whole = read(batches_of(loader, 0, CPU, seed=1), 2)
    assert sorted(row for _, ys in whole for row in ys) == list(range(22))
    torch.rand(3), np.random.rand(3), random.random()
    for start in (0, 1, 4):
        assert read(batches_of(loader, 0, CPU, seed=1), 2, start) == whole[start:]
    assert read(batches_of(loader, 0, CPU, seed=1), 1) != whole != read(batches_of(loader, 0, CPU, seed=2), 2)
    noise = {value for xs, _ in whole for row in xs for value in row[1:]}
    assert len(noise) == 3 * 22


def test_any_number_of_workers_gives_the_same_images():
    """Two worker processes read the noise that the main process would have read, also when they persist."""
    alone = batches_of(DataLoader(Random(), batch_size=4, shuffle=True), 0, CPU, seed=1)
    loader = DataLoader(Random(), batch_size=4, shuffle=True, num_workers=2, persistent_workers=True)
    helped = batches_of(loader, 0, CPU, seed=1)
    for number, start in ((1, 0), (2, 0), (2, 3)):
        assert read(helped, number, start) == read(alone, number, start)


def test_rows_of_tensors_are_gathered_as_they_would_be_read():
    """The batches of a TensorDataset are those of a data set that gives the same rows one by one."""

    class OneByOne(TensorDataset):
        pass

    parts = torch.rand(22, 3), torch.arange(22)
    gathered, read_in_turn = (
        batches_of(DataLoader(rows, batch_size=4, shuffle=True), 0, CPU, seed=1)
        for rows in (TensorDataset(*parts), OneByOne(*parts))
    )
    assert read(gathered, 2) == read(read_in_turn, 2) != read(gathered, 3)


def test_a_loader_in_order_stays_in_order():
    """Measuring reads a loader that does not shuffle row by row, and leaves its generator as it was."""
    loader = DataLoader(Random(), batch_size=5, generator=torch.Generator().manual_seed(1))
    before = loader.generator.get_state()
    labels = [row for _, ys in read(batches_of(loader, 0, CPU)) for row in ys]
    assert labels == list(range(22)) and torch.equal(loader.generator.get_state(), before)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=9), st.integers(1, 4))
def test_batches_are_dealt_out_evenly(sizes, world):
    """In training every process has as many batches as the others, of the same sizes; fewer than `world` rows
    are left out of each uneven group. In measuring every batch goes to one process."""
    rows = iter(range(100))
    batches = [[next(rows) for _ in range(size)] for size in sizes]
    even = [dealt(batches, rank, world, even=True) for rank in range(world)]
    assert len({tuple(len(batch) for batch in mine) for mine in even}) == 1
    flat = [row for mine in even for batch in mine for row in batch]
    groups = -(-len(batches) // world)
    assert len(set(flat)) == len(flat) and sum(sizes) - len(flat) <= groups * (world - 1)
    uneven = [batch for rank in range(world) for batch in dealt(batches, rank, world, even=False)]
    assert sorted(uneven) == batches


def test_augments_on_the_device():
    """`augment` sees whole batches of images, `mix` images and targets, after it."""
    x, y = torch.ones(6, 3, 4, 4), torch.arange(6)
    batches = batches_of((x, y), 4, CPU).epoch()
    ready = prepared(batches, lambda x: x + 1, lambda x, y: (x * 10, -y), torch.channels_last)
    (first, _), (second, labels) = ready
    assert first.shape == (4, 3, 4, 4) and first.unique().tolist() == [20]
    assert second.is_contiguous(memory_format=torch.channels_last) and labels.tolist() == [-4, -5]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((torch.zeros(3), torch.zeros(4)), "x has 3 rows and y has 4"),
        (torch.zeros(3), "data of type Tensor must be a pair of tensors"),
        (TensorDataset(torch.zeros(3)), "data of type TensorDataset must be a pair"),
        ([[1], [2]], "a batch of type list must be a pair"),
        (
            (np.zeros(3), np.zeros(3)),
            r"data=\(ndarray, ndarray\) must be a pair of tensors \(x, y\); torch\.from",
        ),
        (7, "data of type int must be"),
        (
            Part(torch.zeros(3, 1, 2, 2), torch.zeros(3)),
            r"data=Part must be .*\(part\.images, part\.labels\)",
        ),
    ],
)
def test_says_what_data_may_be(data, message):
    """Data of another kind is refused in one line."""
    with pytest.raises((ValueError, TypeError), match=message):
        list(batches_of(data, 2, CPU).epoch())


def test_a_batch_has_a_row():
    """A batch of no rows is refused."""
    with pytest.raises(ValueError, match="batch_size=0 must be at least 1"):
        TensorBatches(torch.zeros(3), torch.zeros(3), 0)
