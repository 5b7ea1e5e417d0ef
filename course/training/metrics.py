"""Metrics: loss, top-1, top-5 and the confusion matrix, gathered where the logits are.

Reading a number from a GPU makes the program wait until the GPU has caught up. So a step only appends
small tensors, and the sums are read once, at the end of the epoch.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from . import distributed


def logits_of(outputs: Any) -> Any:
    """The logits in what a model returns: a tensor, the first of a tuple, "logits" or "out" of a dict."""
    if isinstance(outputs, Tensor):
        return outputs
    if isinstance(outputs, Mapping):
        names = [name for name in ("logits", "out") if name in outputs] or list(outputs)
        return outputs[names[0]] if names else None
    return outputs[0] if isinstance(outputs, tuple | list) and outputs else outputs


@dataclass(frozen=True)
class Scores:
    """What a pass over the data found. Rates are fractions in [0, 1]."""

    loss: float
    """The mean over all examples."""

    accuracy: float | None
    """Top-1: how often the largest logit is the label's. None where the targets are no class labels."""

    top5: float | None
    """How often the label's logit is among the five largest. None where there are no more than five."""

    confusion: Tensor | None = field(repr=False)
    """(num_classes, num_classes) counts on the CPU: row = label, column = prediction. None as above."""

    count: int
    """The number of examples."""


class Meter:
    """Gathers the results of batches without waiting for the device.

    Args:
        details: whether to gather top-5 and the confusion matrix too.
    """

    def __init__(self, details: bool = False):
        self.details = details
        self.sizes: list[int] = []
        self.shares: list[float] = []
        self.losses: list[Tensor] = []
        self.hits: list[Tensor] = []
        self.hits5: list[Tensor] = []
        self.confusion: Tensor | None = None

    def add(self, loss: Tensor, outputs: Any, targets: Tensor, share: float = 1) -> None:
        """Add one batch, or one piece of it.

        Args:
            loss: the mean over the batch, a scalar.
            outputs: logits (N, num_classes), or a tuple or dict that holds them; see `logits_of`.
            targets: labels (N,). Of others, as MixUp's probabilities, the loss alone is gathered.
            share: of the piece in its batch.
        """
        self.sizes.append(len(targets))
        self.shares.append(share)
        self.losses.append(loss.detach())
        logits = logits_of(outputs)
        labels = targets.dim() == 1 and not targets.is_floating_point()
        if not labels or not isinstance(logits, Tensor) or logits.dim() != 2:
            return
        logits = logits.detach()
        predicted = logits.argmax(1)  # (N, num_classes) -> (N,)
        self.hits.append((predicted == targets).sum())
        if self.details:
            classes = logits.shape[1]
            if classes > 5:
                top = logits.topk(5, dim=1).indices  # (N, num_classes) -> (N, 5)
                self.hits5.append((top == targets[:, None]).any(1).sum())
            cells = torch.bincount(targets * classes + predicted, minlength=classes**2)
            self.confusion = cells if self.confusion is None else self.confusion + cells

    def sums(self) -> dict[str, Any]:
        """Read the sums of this process from the device; what was not gathered is absent."""
        sums: dict[str, Any] = {"count": sum(self.sizes)}
        if self.sizes:
            losses = torch.stack(self.losses).cpu().double()
            sums["loss"] = float(losses @ torch.tensor(self.sizes, dtype=torch.float64))
        if self.hits:
            sums["hits"] = int(torch.stack(self.hits).sum())
        if self.hits5:
            sums["hits5"] = int(torch.stack(self.hits5).sum())
        if self.confusion is not None:
            sums["confusion"] = self.confusion.cpu()
        return sums

    def scores(self) -> Scores:
        """Read the sums from the device, and add up those of all processes.

        Raises:
            ValueError: no batch was added.
        """
        total: dict[str, Any] = {}
        for sums in distributed.gathered(self.sums()):
            for name, value in sums.items():
                total[name] = total[name] + value if name in total else value
        count = total["count"]
        if count == 0:
            raise ValueError("data is empty: there is no batch to measure")
        confusion = total.get("confusion")
        if confusion is not None:
            classes = round(confusion.numel() ** 0.5)
            confusion = confusion.reshape(classes, classes)
        return Scores(
            loss=total["loss"] / count,
            accuracy=total["hits"] / count if "hits" in total else None,
            top5=total["hits5"] / count if "hits5" in total else None,
            confusion=confusion,
            count=count,
        )

    def step_losses(self) -> list[float]:
        """The loss of every whole batch in order; the mean over the processes."""
        own = torch.tensor(self.own_step_losses(), dtype=torch.float64)
        return torch.stack(distributed.gathered(own)).mean(0).tolist()

    def own_step_losses(self) -> list[float]:
        """The same, in this process alone, read from the device in one go."""
        if not self.losses:
            return []
        losses, loss, part = [], 0.0, 0.0
        for value, share in zip(torch.stack(self.losses).tolist(), self.shares, strict=True):
            loss, part = loss + share * value, part + share
            if part > 1 - 1e-6:
                losses.append(loss)
                loss, part = 0.0, 0.0
        return losses

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps: the part of an epoch that a training meter has seen."""
        return {
            "sizes": torch.tensor(self.sizes),
            "shares": torch.tensor(self.shares, dtype=torch.float64),
            "losses": torch.stack(self.losses) if self.losses else None,
            "hits": torch.stack(self.hits) if self.hits else None,
        }

    def load_state_dict(self, state: dict[str, Any], device: torch.device) -> None:
        """Go on from what `state_dict` gave."""
        self.sizes, self.shares = state["sizes"].tolist(), state["shares"].tolist()
        for name in ("losses", "hits"):
            setattr(self, name, [] if state[name] is None else list(state[name].to(device).unbind()))
