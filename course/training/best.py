"""Early stopping, and the best weights kept."""

from typing import Any

import torch
from torch import Tensor, nn


class Best:
    """Watches one column of the history; a loss is better when lower, all else when higher.

    Args:
        monitor: the column, as "val_loss" or "val_accuracy".
        patience: epochs without a better value before training stops; None never stops.
        keep: end with the weights of the best epoch, not of the last.
    """

    def __init__(self, monitor: str = "val_loss", patience: int | None = None, keep: bool = True):
        if patience is not None and patience < 1:
            raise ValueError(f"patience={patience} must be at least 1 epoch, or None")
        self.monitor, self.patience, self.keep = monitor, patience, keep
        self.value: float | None = None
        self.epoch: int | None = None
        self.weights: dict[str, Tensor] | None = None
        self.stop = False

    def look(self, row: dict[str, float], model: nn.Module) -> None:
        """Compare the epoch that has just ended with the best so far.

        Raises:
            ValueError: the monitored column was not measured.
        """
        if self.monitor not in row:
            raise ValueError(f"monitor={self.monitor!r} was not measured; there are {', '.join(row)}")
        value, epoch = row[self.monitor], int(row["epoch"])
        lower = self.monitor.endswith("loss")
        if self.value is None or (value < self.value if lower else value > self.value):
            self.value, self.epoch = value, epoch
            if self.keep:
                self.weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        self.stop = self.patience is not None and epoch - self.epoch >= self.patience

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {"value": self.value, "epoch": self.epoch, "weights": self.weights, "stop": self.stop}

    def load_state_dict(self, state: dict[str, Any], device: torch.device) -> None:
        """Go on from what `state_dict` gave."""
        self.value, self.epoch, self.stop = state["value"], state["epoch"], state["stop"]
        if state["weights"] is not None:
            self.weights = {name: tensor.to(device) for name, tensor in state["weights"].items()}

    def finish(self, model: nn.Module) -> None:
        """Put the best weights into the model, if they were kept."""
        if self.weights is not None:
            model.load_state_dict(self.weights)
