"""The record of a training: one row an epoch, one loss a step; as a table, a figure, CSV or JSON."""

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

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


@dataclass
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

    def __str__(self) -> str:
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
        from matplotlib.figure import Figure

        panels = ["loss", "accuracy"] if "accuracy" in self.columns() else ["loss"]
        figure = Figure(figsize=(4.2 * len(panels), 3.0), layout="constrained")
        for axes, name in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
            for column, label, style in ((name, "training", "o-"), (f"val_{name}", "validation", "s--")):
                if column in self.columns():
                    axes.plot(self["epoch"], self[column], style, markersize=3, label=label)
            axes.set(xlabel="epoch", ylabel=name)
            axes.grid(True, alpha=0.3)
            axes.legend()
        return figure

    def to_csv(self, path: str | Path) -> None:
        """Write one line an epoch, below a line with the columns' names."""
        with Path(path).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, self.columns())
            writer.writeheader()
            writer.writerows(self.rows)

    def to_json(self, path: str | Path) -> None:
        """Write rows and step losses; `from_json` reads them back, to the last bit."""
        Path(path).write_text(json.dumps(self.state_dict(), indent=1), encoding="utf-8")

    @classmethod
    def from_json(cls, path: str | Path) -> "History":
        """Read what `to_json` wrote."""
        return cls(**json.loads(Path(path).read_text(encoding="utf-8")))

    def state_dict(self) -> dict[str, Any]:
        """All of it, in plain values."""
        return {"rows": self.rows, "step_losses": self.step_losses, "best_epoch": self.best_epoch}
