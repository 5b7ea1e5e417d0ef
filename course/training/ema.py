"""Exponential moving average of the weights (Polyak averaging), often better than the last weights."""

from copy import deepcopy
from typing import Any

import torch
from torch import nn


class EMA:
    """A copy of the model whose weights follow slowly: average ← decay · average + (1 - decay) · weights.

    In the first steps the decay is smaller, (1 + t) / (10 + t) at step t, so that the untrained weights
    are soon forgotten. Buffers (BatchNorm's running statistics) are copied, not averaged.

    Args:
        model: the model to follow.
        decay: in [0, 1); 0.999 averages over about the last thousand steps.
    """

    def __init__(self, model: nn.Module, decay: float):
        if not 0 <= decay < 1:
            raise ValueError(f"ema={decay} must be at least 0 and below 1")
        self.decay, self.steps = decay, 0
        self.module = deepcopy(model).requires_grad_(False)

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Follow the model by one step."""
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        for average, now in zip(self.module.parameters(), model.parameters(), strict=True):
            average.lerp_(now, 1 - decay)
        for average, now in zip(self.module.buffers(), model.buffers(), strict=True):
            average.copy_(now)

    def state_dict(self) -> dict[str, Any]:
        """The average and the number of steps in it."""
        return {"module": self.module.state_dict(), "steps": self.steps}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        self.module.load_state_dict(state["module"])
        self.steps = state["steps"]
