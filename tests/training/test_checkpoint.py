"""Checkpoints: whole or refused, the one before in reserve, and no code in them."""

import os
import pickle

import pytest
import torch

from course.training import CheckpointError, Checkpoints, Trainer, cosine
from course.training.checkpoint import NEWEST, PREVIOUS, REFUSED

from .points import net, points, sgd, weights


class Stop(Exception):
    """Whatever ends a run too early."""


def fit(folder, model=None, lr=0.1, stop_after=None, epochs=3, **options):
    """Three epochs of six steps, with everything that is random; perhaps broken off."""
    model = net(dropout=0.2) if model is None else model
    steps = []

    def count(x):
        steps.append(1)
        if len(steps) == stop_after:
            raise Stop
        return x

    ema, schedule = options.pop("ema", None), options.pop("schedule", cosine())
    trainer = Trainer(model, sgd(model, lr), device="cpu", augment=count, schedule=schedule, ema=ema)
    data = options.pop("data", points())
    history = trainer.fit(
        data, epochs=epochs, batch_size=16, checkpoint=Checkpoints(folder, every=2), **options
    )
    return weights(model), history, len(steps)


def broken_off(folder, stop_after=11):
    with pytest.raises(Stop):
        fit(folder, stop_after=stop_after)


def test_goes_on_in_the_middle_of_an_epoch(tmp_path):
    """A run that broke off takes only the steps that are missing, and ends where the whole one does."""
    whole, history, _ = fit(tmp_path / "a")
    broken_off(tmp_path / "b")
    ended, resumed, steps = fit(tmp_path / "b")
    assert torch.equal(ended, whole) and resumed.step_losses == history.step_losses and steps == 18 - 10
    again, finished, steps = fit(tmp_path / "b")
    assert torch.equal(again, whole) and finished.rows == resumed.rows and steps == 0


@pytest.mark.parametrize("damage", ["empty", "half", "last byte", "one bit", "other file"])
def test_a_damaged_one_gives_way_to_the_one_before(tmp_path, damage):
    """However the newest is damaged, the run says so and ends with the same bits from the previous one."""
    whole, _, _ = fit(tmp_path / "a")
    broken_off(tmp_path / "b")
    path = tmp_path / "b" / NEWEST
    data = bytearray(path.read_bytes())
    if damage == "one bit":
        data[len(data) // 2] ^= 1
    path.write_bytes(
        {"empty": b"", "half": data[: len(data) // 2], "last byte": data[:-1], "other file": b"PK" * 999}.get(
            damage, data
        )
    )
    with pytest.warns(UserWarning, match=r"cut short or damaged; going on from checkpoint\.previous\.pt"):
        ended, _, steps = fit(tmp_path / "b")
    assert torch.equal(ended, whole) and steps == 18 - 8
    assert (tmp_path / "b" / REFUSED).exists()


def test_none_left_is_an_error(tmp_path):
    """With both files damaged the run stops with the newest's path; it does not begin anew by itself."""
    broken_off(tmp_path)
    for name in (NEWEST, PREVIOUS):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(CheckpointError, match=r"checkpoint\.pt: the file is cut short or damaged"):
        fit(tmp_path)


def test_of_another_model(tmp_path):
    """A checkpoint of another model is refused with the first weight that differs."""
    broken_off(tmp_path)
    with pytest.raises(
        CheckpointError, match=r"another model: '3\.weight' is \(3, 8\) there and \(4, 8\) here"
    ):
        fit(tmp_path, net(classes=4))
    with pytest.raises(CheckpointError, match=r"another model: it has no 'weight'"):
        fit(tmp_path, torch.nn.Linear(2, 3))
    with pytest.raises(CheckpointError, match=r"another model: '3\.weight' is not in this one"):
        fit(tmp_path, torch.nn.Sequential(torch.nn.Linear(2, 8)))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"lr": 0.2}, "lr=0.1, this run has lr=0.2"),
        ({"seed": 1}, "seed=0, this run has seed=1"),
        ({"epochs": 4}, "epochs=3, this run has epochs=4"),
        ({"ema": 0.9}, r"ema=None, this run has ema=0\.9"),
        ({"schedule": None}, "schedule='LambdaLR', this run has schedule=None"),
        ({"data": points(95)}, "rows=96, this run has rows=95"),
    ],
)
def test_of_another_run(tmp_path, change, text):
    """A run with other settings does not go on from it: it would end as neither of the two."""
    broken_off(tmp_path)
    with pytest.raises(CheckpointError, match=f"{text}; use the same, or another folder, or .*resume=False"):
        fit(tmp_path, **change)


def test_begins_anew_when_told_to(tmp_path):
    """With resume=False what lies in the folder is not read."""
    broken_off(tmp_path)
    model = net()
    trainer = Trainer(model, sgd(model, 0.5), device="cpu")
    history = trainer.fit(points(), batch_size=16, checkpoint=Checkpoints(tmp_path, resume=False))
    assert len(history.step_losses) == 6


class Trap:
    """A pickle that makes a file when it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_runs_no_code(tmp_path):
    """A checkpoint that holds a program is refused and the program is not run."""
    (tmp_path / "a").mkdir()
    torch.save({"model": Trap(tmp_path / "trap")}, tmp_path / "a" / NEWEST)
    with pytest.raises(CheckpointError, match="more than tensors and plain values, and is not trusted"):
        Checkpoints(tmp_path / "a").load()
    assert not (tmp_path / "trap").exists()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / NEWEST).write_bytes(pickle.dumps(Trap(tmp_path / "trap")))
    with pytest.raises(CheckpointError, match="damaged"):
        Checkpoints(tmp_path / "b").load()
    assert not (tmp_path / "trap").exists()


@pytest.mark.parametrize("moment", [1, 2])
def test_cut_off_between_the_renames(tmp_path, monkeypatch, moment):
    """If the program ends at either rename, a whole checkpoint is still found."""
    checkpoints, replaced = Checkpoints(tmp_path), []
    for number in (1, 2):
        checkpoints.save({"number": number})

    def replace(*paths, rename=os.replace):
        replaced.append(paths)
        if len(replaced) == moment:
            raise Stop
        rename(*paths)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(Stop):
        checkpoints.save({"number": 3})
    assert checkpoints.load() == {"number": 2}


def test_another_number_of_threads_is_said(tmp_path):
    """Sums of floats depend on the number of threads: who resumes with another is warned."""
    broken_off(tmp_path)
    threads = torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    try:
        with pytest.warns(UserWarning, match=f"{threads} threads, this process has {threads + 1}"):
            fit(tmp_path)
    finally:
        torch.set_num_threads(threads)


def test_says_what_every_may_be(tmp_path):
    """Zero steps between checkpoints is refused."""
    with pytest.raises(ValueError, match="every=0 must be at least 1 step, or None"):
        Checkpoints(tmp_path, every=0)
