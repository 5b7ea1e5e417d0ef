"""Training log: one row an epoch, one loss a step; as a table, a figure, CSV or JSON."""

import csv
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = {
    "epoch": "d",
    "loss": ".4f",
    "accuracy": ".3f",
    "val_loss": ".4f",
    "val_accuracy": ".3f",
    "val_top5": ".3f",
    "lr": ".3g",
    "seconds": ".2f",
}


@dataclass(repr=False)
class History:
    """What `Trainer.fit` saw. `history["val_loss"]` is a list with one number an epoch.

    Columns: epoch (from 1), loss and accuracy on the training batches as they were met (in training mode,
    while the weights moved), val_loss, val_accuracy and val_top5 after the epoch, lr at its end, seconds.
    A column that was not measured is absent.
    """

    rows: list[dict[str, float]] = field(default_factory=list)
    step_losses: list[float] = field(default_factory=list)
    """The loss of every training batch, before the step it led to."""
    best_epoch: int | None = None
    """The epoch with the best value, if `fit` was asked to watch for it."""

    def __getitem__(self, column: str) -> list[float]:
        if not any(column in row for row in self.rows):
            raise KeyError(f"history has no column {column!r}; it has {', '.join(self.columns())}")
        return [row.get(column, float("nan")) for row in self.rows]

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return self.table()

    def columns(self) -> list[str]:
        """The names of what was measured."""
        return [name for name in COLUMNS if any(name in row for row in self.rows)]

    def table(self, seconds: bool = False) -> str:
        """The rows as text. Seconds only when asked for: they differ from run to run."""
        names = [name for name in self.columns() if seconds or name != "seconds"]
        lines = [names]
        lines += [
            [format(row[n], COLUMNS[n]) if row.get(n) is not None else "" for n in names] for row in self.rows
        ]
        widths = [max(len(line[i]) for line in lines) for i in range(len(names))]
        return "\n".join(
            "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines
        )

    def plot(self) -> "Figure":
        """Loss and accuracy by epoch, training and validation in the same axes."""
        from .curves import plot_history

        return plot_history({name: self[name] for name in self.columns()})

    def to_csv(self, path: str | Path) -> None:
        """Write one line an epoch, below a line with the columns' names."""
        with Path(path).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, self.columns())
            writer.writeheader()
            writer.writerows(self.rows)

    def to_json(self, path: str | Path) -> None:
        """Write rows and step losses; `from_json` reads them back, to the last bit."""
        Path(path).write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @classmethod
    def from_json(cls, path: str | Path) -> "History":
        """Read what `to_json` wrote."""
        return cls(**json.loads(Path(path).read_text(encoding="utf-8")))

    def to_tensorboard(self, folder: str | Path) -> None:
        """Write every epoch for TensorBoard.

        Raises:
            ModuleNotFoundError: TensorBoard is not installed.
        """
        writer = TensorBoard(folder)
        for row in self.rows:
            writer(History([row]))

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps: all of it."""
        losses = torch.tensor(self.step_losses, dtype=torch.float64)
        return {"rows": self.rows, "step_losses": losses, "best_epoch": self.best_epoch}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        self.rows, self.best_epoch = state["rows"], state["best_epoch"]
        self.step_losses = state["step_losses"].tolist()


class TensorBoard:
    """A callback of `Trainer.fit` that writes every epoch for TensorBoard.

        trainer.fit(…, callbacks=[TensorBoard("runs/lenet")])      then:  tensorboard --logdir runs

    Raises:
        ModuleNotFoundError: TensorBoard is not installed.
    """

    def __init__(self, folder: str | Path):
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                f"TensorBoard is not installed: pip install tensorboard ({error})"
            ) from None
        self.writer = SummaryWriter(str(folder))

    def __call__(self, history: History) -> None:
        row = history.rows[-1]
        for name, value in row.items():
            if name != "epoch":
                self.writer.add_scalar(name, value, row["epoch"])
        self.writer.flush()
