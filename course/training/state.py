"""Training state: what is trained, by what, and on which machine."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.amp import GradScaler

from .ema import EMA
from .schedules import Schedule


@dataclass
class TrainState:
    """What a training moves, and how. A trainer makes one; its runs and checkpoints read and write it."""

    model: nn.Module
    optimizer: torch.optim.Optimizer
    device: torch.device
    autocast: AbstractContextManager
    """The context to compute in: torch.autocast, or nothing."""

    scaler: GradScaler
    """Multiplies the loss, so that float16 does not lose small gradients; else does nothing."""

    ema: EMA | None
    """An average of the weights."""

    schedule: Schedule | None
    """Makes what moves the learning rate."""

    base_lrs: list[float]
    """The optimizer's own learning rates, one a group, where each run begins."""

    accumulate: int
    """Into how many pieces a batch is cut, if it does not fit in memory."""

    clip_norm: float | None
    """The longest gradient, as one vector over all parameters."""

    watch: str
    """When to look for a loss that is not finite: "step" or "epoch"."""

    @property
    def eval_model(self) -> nn.Module:
        """The model that measures and predicts: the average of the weights if there is one."""
        return self.model if self.ema is None else self.ema.module

    def settings(self) -> dict[str, Any]:
        """What must not change when a training is resumed."""
        defaults = self.optimizer.defaults.items()
        return {
            "device": self.device.type,
            "ema": self.ema and self.ema.decay,
            "accumulate": self.accumulate,
            "clip_norm": self.clip_norm,
            "optimizer": type(self.optimizer).__name__,
            **{name: value for name, value in defaults if isinstance(value, int | float | str | tuple)},
            "lrs": self.base_lrs,
        }

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps of it, in tensors and plain values."""
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
            "ema": None if self.ema is None else self.ema.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scaler.load_state_dict(state["scaler"])
        if self.ema is not None:
            self.ema.load_state_dict(state["ema"])
