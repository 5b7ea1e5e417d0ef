"""A training script that torchrun may start, or plain python: it is the same script.

    python together.py FOLDER BATCH_SIZE
    torchrun --nproc-per-node=2 together.py FOLDER BATCH_SIZE

Process 0 writes FOLDER/PROCESSES.pt.
"""

import os
import sys
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course.training import Best, Checkpoints, Trainer, cosine


class Cut(Exception):
    """Stands for whatever stops a process."""


def trained(data, validation, batch_size, accumulate=1, dropout=0.0, cut_at=None, **options):
    torch.manual_seed(5)
    model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Dropout(dropout), nn.Linear(16, 7))
    seen = []

    def count(x):
        seen.append(len(x))
        if len(seen) == cut_at:
            raise Cut
        return x

    optimizer = torch.optim.SGD(model.parameters(), lr=0.2, momentum=0.9)
    trainer = Trainer(
        model, optimizer, device="cpu", accumulate=accumulate, schedule=cosine(), augment=count, ema=0.9
    )
    history = trainer.fit(data, validation, epochs=3, batch_size=batch_size, best=Best(), **options)
    scores = trainer.evaluate(validation)
    rows = [{name: value for name, value in row.items() if name != "seconds"} for row in history.rows]
    return {
        "rows": rows,
        "step_losses": torch.tensor(history.step_losses, dtype=torch.float64),
        "weights": torch.cat([p.detach().flatten() for p in model.parameters()]),
        "confusion": scores.confusion,
        "count": scores.count,
        "seen": seen,
    }


def main(folder, batch_size):
    generator = torch.Generator().manual_seed(1)
    x, y = torch.randn(102, 6, generator=generator), torch.randint(0, 7, (102,), generator=generator)
    validation = x[:33], y[:33]
    loader = DataLoader(TensorDataset(x, y), batch_size=batch_size, shuffle=True)
    results = {
        "tensors": trained((x, y), validation, batch_size),
        "pieces": trained((x, y), validation, batch_size, accumulate=2),
        "loader": trained(loader, DataLoader(TensorDataset(*validation), batch_size=5), batch_size),
        "odd": trained((x[:101], y[:101]), validation, batch_size),
    }
    dropout = {"data": (x, y), "validation": validation, "batch_size": batch_size, "dropout": 0.3}
    results["whole"] = trained(**dropout)
    processes, rank = (
        int(os.environ.get(name, default)) for name, default in (("WORLD_SIZE", 1), ("RANK", 0))
    )
    checkpoints = Checkpoints(folder / f"checkpoints-{processes}", every=2)
    try:
        trained(**dropout, cut_at=8, checkpoint=checkpoints)
    except Cut:
        results["resumed"] = trained(**dropout, checkpoint=checkpoints)
    if rank == 0:
        torch.save(results, folder / f"{processes}.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
