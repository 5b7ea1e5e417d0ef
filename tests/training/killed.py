"""A training that gets killed: run in a process of its own, which forks one child for each life.

    python killed.py FOLDER tensors|loader TIMES

Writes FOLDER/whole.pt, of a run that nobody interrupts, and FOLDER/cut.pt, of one that is killed TIMES
times at random moments; prints how many kills found a checkpoint half written.
"""

import os
import random
import signal
import sys
import time
from itertools import count
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from course.training import Best, Checkpoints, Trainer, cosine

EPOCHS, ROWS, BATCH = 5, 200, 8


class Noisy(Dataset):
    """Points with new noise every time they are read."""

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __len__(self):
        return len(self.x)

    def __getitem__(self, row):
        return self.x[row] + 0.1 * torch.randn(self.x.shape[1]), self.y[row]


def train(folder, kind, tell):
    """Everything that has a state is in it: dropout, BatchNorm, momentum, schedule, average, noise."""
    torch.manual_seed(0)
    x, y = torch.randn(ROWS, 7), torch.randint(0, 3, (ROWS,))
    model = nn.Sequential(nn.Linear(7, 9), nn.BatchNorm1d(9), nn.ReLU(), nn.Dropout(0.3), nn.Linear(9, 3))

    def augment(x):
        tell()
        return x + 0.1 * torch.randn_like(x)

    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    trainer = Trainer(
        model, optimizer, device="cpu", schedule=cosine(warmup=1), ema=0.9, clip_norm=1.0, augment=augment
    )
    data = (x, y) if kind == "tensors" else DataLoader(Noisy(x, y), batch_size=BATCH, shuffle=True)
    history = trainer.fit(
        data,
        validation=(x, y),
        epochs=EPOCHS,
        batch_size=BATCH,
        seed=3,
        best=Best("lr"),  # the first epoch is best: its weights must live through every kill
        checkpoint=Checkpoints(folder, every=3),
    )
    rows = [{name: value for name, value in row.items() if name != "seconds"} for row in history.rows]
    return {
        "model": model.state_dict(),
        "average": trainer.state.ema.module.state_dict(),
        "optimizer": optimizer.state_dict(),
        "rows": rows,
        "step_losses": history.step_losses,
        "best_epoch": history.best_epoch,
    }


def life(folder, kind, result, steps=None):
    """One child: it trains until it is done, or is killed at some moment after so many steps."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code, told = 1, count(1)

        def tell():
            os.write(writing, b".")
            if steps is not None and next(told) == steps + 5:
                signal.pause()  # on a busy machine the end may come late

        try:
            torch.save(train(folder, kind, tell), result)
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    if steps is not None:
        for _ in range(steps):
            os.read(reading, 1)
        time.sleep(random.uniform(0, 0.006))
        os.kill(child, signal.SIGKILL)
    while os.read(reading, 65536):
        pass
    os.close(reading)
    return os.waitpid(child, 0)[1]


def main(folder, kind, times):
    # The first optimizer of a process imports torch's compiler, for seconds; the children inherit it.
    torch.optim.SGD([torch.zeros(1)]).zero_grad()
    random.seed(1)
    half_written = 0
    assert life(folder / "a", kind, folder / "whole.pt") == 0
    for number in range(times):
        status = life(folder / "b", kind, folder / "cut.pt", steps=random.randint(1, 9))
        assert os.WIFSIGNALED(status), f"life {number} ended before it was killed"
        half_written += (folder / "b" / "checkpoint.pt.new").exists()
    assert life(folder / "b", kind, folder / "cut.pt") == 0
    print(half_written)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
