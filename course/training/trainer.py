"""A trainer: the loop of `train_one_epoch`, epoch after epoch, with what a real run needs around it."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from .batches import batches_of, prepared
from .history import History
from .loop import Loss, evaluate, evaluating, predict_batch, train_one_epoch
from .metrics import Scores
from .seed import derive, random_state_kept, seed_everything


class Trainer:
    """Trains, measures and asks a model.

    Args:
        model: any module; moved to the device.
        optimizer: holds the model's parameters; of torch.optim or course.optim.
        loss: takes the model's output and the targets, gives their mean loss. By default cross-entropy.
        device: "auto" takes CUDA, else MPS, else the CPU.
        accumulate: into how many pieces a batch is cut, to save memory; the step stays the same.
        clip_norm: longest gradient, as one vector over all parameters; a longer one is scaled down to it.
        augment: changes a batch of training images on the device: (N, C, H, W) -> (N, C, H, W).
        mix: changes a batch of training images and targets, as MixUp does.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        loss: Loss | None = None,
        *,
        device: str | torch.device = "auto",
        accumulate: int = 1,
        clip_norm: float | None = None,
        augment: Callable[[Tensor], Tensor] | None = None,
        mix: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]] | None = None,
    ):
        self.device = torch.device("cpu" if device == "auto" else device)
        self.model = model.to(self.device)
        self.optimizer = optimizer
        self.loss = loss or nn.CrossEntropyLoss()
        self.accumulate, self.clip_norm = accumulate, clip_norm
        self.augment, self.mix = augment, mix

    def fit(
        self,
        train: tuple[Tensor, Tensor] | DataLoader,
        validation: tuple[Tensor, Tensor] | DataLoader | None = None,
        epochs: int = 1,
        *,
        batch_size: int = 64,
        seed: int = 0,
        drop_last: bool = False,
    ) -> History:
        """Train for some epochs; after each, measure on the validation data.

        Args:
            train: tensors (x, y), or a DataLoader.
            validation: the same.
            epochs: passes over the training data. A second `fit` trains on.
            batch_size: rows of a batch, for tensors; a DataLoader has its own.
            seed: order of the batches, dropout, augmentation. The same seed gives the same numbers; the
                random numbers outside are left as they were.
            drop_last: leave out the last batch of an epoch when it is smaller than the rest.
        """
        history = History()
        batches = batches_of(train, batch_size, self.device, seed=seed, drop_last=drop_last)
        with random_state_kept(self.device):
            seed_everything(derive(seed))
            for epoch in range(1, epochs + 1):
                began = perf_counter()
                meter = train_one_epoch(
                    self.model,
                    prepared(batches.epoch(epoch), self.augment, self.mix),
                    self.loss,
                    self.optimizer,
                    accumulate=self.accumulate,
                    clip_norm=self.clip_norm,
                )
                scores = meter.scores()
                row = {"epoch": epoch, "loss": scores.loss}
                if scores.accuracy is not None:
                    row["accuracy"] = scores.accuracy
                if validation is not None:
                    found = self.evaluate(validation)
                    row["val_loss"] = found.loss
                    if found.accuracy is not None:
                        row |= {"val_accuracy": found.accuracy, "val_top5": found.top5}
                row["lr"] = self.optimizer.param_groups[0]["lr"]
                row["seconds"] = perf_counter() - began
                history.rows.append(row)
                history.step_losses += meter.step_losses()
        return history

    def evaluate(
        self, data: tuple[Tensor, Tensor] | DataLoader, *, batch_size: int = 256, flip: bool = False
    ) -> Scores:
        """Loss, top-1, top-5 and confusion matrix on some data; nothing of the model changes.

        Args:
            data: tensors (x, y), or a DataLoader.
            batch_size: rows of a batch, for tensors.
            flip: average the logits of each image and its mirror image.
        """
        with random_state_kept(self.device):
            batches = batches_of(data, batch_size, self.device).epoch()
            return evaluate(self.model, batches, self.loss, flip=flip).scores()

    @torch.no_grad()
    def predict(self, data: Any, *, batch_size: int = 256, flip: bool = False) -> Tensor:
        """The logits (N, num_classes), on the CPU, in the order of the data.

        Args:
            data: a tensor x, tensors (x, y), or a DataLoader.
            batch_size: rows of a batch, for tensors.
            flip: average the logits of each image and its mirror image.
        """
        if isinstance(data, Tensor):
            data = (data, torch.zeros(len(data)))
        with random_state_kept(self.device), evaluating(self.model):
            batches = batches_of(data, batch_size, self.device).epoch()
            return torch.cat([predict_batch(self.model, x, flip) for x, _ in batches]).cpu()
