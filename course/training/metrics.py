"""Loss, top-1, top-5 and the confusion matrix, gathered where the logits are.

Reading a number from a GPU makes the program wait until the GPU has caught up. So a step only appends
small tensors, and the sums are read once, at the end of the epoch.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Scores:
    """What a pass over the data found. Rates are fractions in [0, 1]."""

    loss: float
    """The mean over all examples."""

    accuracy: float | None
    """Top-1: how often the largest logit is the label's. None where the targets are no class labels."""

    top5: float | None
    """How often the label's logit is among the five largest. None where it was not asked for."""

    confusion: Tensor | None
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
        self.losses: list[Tensor] = []
        self.hits: list[Tensor] = []
        self.hits5: list[Tensor] = []
        self.confusion: Tensor | None = None

    def add(self, loss: Tensor, outputs: Tensor | tuple[Tensor, ...], targets: Tensor) -> None:
        """Add one batch.

        Args:
            loss: the mean over the batch, a scalar.
            outputs: logits (N, num_classes), or a tuple that begins with them.
            targets: labels (N,), or probabilities (N, num_classes) as from MixUp; of others, the loss alone
                is gathered.
        """
        self.sizes.append(len(targets))
        self.losses.append(loss.detach())
        logits = outputs if isinstance(outputs, Tensor) else outputs[0]
        labels = targets.argmax(1) if targets.shape == logits.shape and logits.dim() == 2 else targets
        if logits.dim() != 2 or labels.dim() != 1 or labels.is_floating_point():
            return
        logits = logits.detach()
        predicted = logits.argmax(1)
        self.hits.append((predicted == labels).sum())
        if self.details:
            top = logits.topk(min(5, logits.shape[1]), dim=1).indices
            self.hits5.append((top == labels[:, None]).any(1).sum())
            classes = logits.shape[1]
            cells = torch.bincount(labels * classes + predicted, minlength=classes**2)
            self.confusion = cells if self.confusion is None else self.confusion + cells

    def scores(self) -> Scores:
        """Read the sums from the device.

        Raises:
            ValueError: no batch was added.
        """
        if not self.sizes:
            raise ValueError("data is empty: there is no batch to measure")
        count = sum(self.sizes)
        sizes = torch.tensor(self.sizes, dtype=torch.float64)
        loss = float(torch.stack(self.losses).cpu().double() @ sizes / count)
        hits, hits5 = (int(torch.stack(many).sum()) if many else None for many in (self.hits, self.hits5))
        confusion = self.confusion
        if confusion is not None:
            classes = round(confusion.numel() ** 0.5)
            confusion = confusion.reshape(classes, classes).cpu()
        return Scores(
            loss=loss,
            accuracy=None if hits is None else hits / count,
            top5=None if hits5 is None else hits5 / count,
            confusion=confusion,
            count=count,
        )

    def step_losses(self) -> list[float]:
        """The loss of every batch, in order, read in one go."""
        return torch.stack(self.losses).tolist() if self.losses else []
