"""Training run: where one call of `Trainer.fit` stands, and what a checkpoint must hold to go on.

Going on means the same bits: weights, optimizer, schedule, scaler and averages; every generator of random
numbers; and the place in the epoch, with the losses it has seen.
"""

import math
import warnings
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim.lr_scheduler import LRScheduler

from . import distributed
from .batches import Batches
from .best import Best
from .checkpoint import Checkpoints, check_same_model, check_same_run
from .history import History
from .loaders import length
from .metrics import Meter, Scores
from .progress import Progress
from .schedules import build_schedule
from .seed import random_state, restore_random_state
from .state import TrainState
from .trouble import LabelChecked, NonFiniteLoss, non_finite_loss


class Run:
    """The state of one training.

    Args:
        state: holds model, optimizer, scaler and average.
        loss: the loss to train with.
        schedule: moves the learning rate, or None.
        best: watches the history, or None.
        checkpoints: where to write, or None.
        settings: must be the same when the run is resumed.
        progress: shows the steps.
    """

    def __init__(
        self,
        state: TrainState,
        loss: LabelChecked,
        schedule: LRScheduler | None,
        best: Best | None,
        checkpoints: Checkpoints | None,
        settings: dict[str, Any],
        progress: Progress,
    ):
        self.state, self.loss, self.schedule, self.best = state, loss, schedule, best
        self.checkpoints, self.settings, self.progress = checkpoints, settings, progress
        self.epoch, self.batch, self.step = 1, 0, 0
        self.history, self.meter = History(), Meter()
        self.rates: list[float] = []
        self.parameters = list(state.model.named_parameters())
        self.gradients: dict[str, Tensor] = {}
        self.interrupted: Callable[[], bool] = lambda: False
        self.threads: int | None = None  # that the epochs so far were computed with

    def note_threads(self) -> None:
        """Remember how many threads compute; warn if a resumed run had another number of them."""
        threads = torch.get_num_threads()
        if self.state.device.type == "cpu" and self.threads not in (None, threads):
            warnings.warn(
                f"the checkpoint was written with {self.threads} threads, this process has {threads}: "
                "the last bits may differ",
                stacklevel=4,
            )
        self.threads = threads

    def after_loss(self, value: Tensor, x: Tensor) -> None:
        """On the CPU, where reading a number is free, stop before a loss that is not finite moves weights."""
        if self.state.watch == "epoch":
            return
        if not math.isfinite(value.item()):
            with self.state.autocast:
                cause = non_finite_loss(self.state.model, x, value, self.earlier(), self.gradients)
            raise NonFiniteLoss(f"{self.where(value.item(), self.batch)}, {cause}")
        self.gradients = {}

    def after_step(self) -> None:
        """The optimizer has taken a step."""
        if self.state.watch == "step":
            self.gradients = {name: p.grad for name, p in self.parameters if p.grad is not None}
        self.rates.append(self.state.optimizer.param_groups[0]["lr"])
        self.batch += 1
        self.step += 1
        if self.schedule is not None:
            self.move_schedule()
        if self.state.ema is not None:
            self.state.ema.update(self.state.model)
        self.progress.step(self.epoch, self.meter)
        if self.interrupted():
            self.save()
            raise KeyboardInterrupt
        if self.checkpoints and self.checkpoints.every and self.step % self.checkpoints.every == 0:
            self.save()

    def move_schedule(self) -> None:
        """Move the learning rate, also where float16's scaler left out the first steps of the optimizer."""
        if not self.state.scaler.is_enabled():
            self.schedule.step()
            return
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Detected call of `lr_scheduler.step")
            self.schedule.step()

    def check_finite(self) -> None:
        """On a GPU, where reading a number means waiting, look at the losses now and then, all at once."""
        for batch, value in enumerate(self.meter.step_losses()):
            if not math.isfinite(value):
                raise NonFiniteLoss(
                    f"{self.where(value, batch)}; the weights have moved since: for the gradient "
                    "norm and the layer, resume from a checkpoint with Trainer(…, watch='step')"
                )

    def where(self, value: float, batch: int) -> str:
        """The first half of the line about a loss that is not finite."""
        lr = self.rates[batch] if batch < len(self.rates) else self.state.optimizer.param_groups[0]["lr"]
        step = self.step - self.batch + batch + 1
        return f"loss became {value} at epoch {self.epoch}, step {step}: lr {lr:.4g}"

    def earlier(self) -> list[float]:
        """The losses of the last steps, as far as they are finite."""
        losses = self.history.step_losses[-3:] + self.meter.own_step_losses()[-4:]
        return [loss for loss in losses if math.isfinite(loss)][-3:]

    @property
    def over(self) -> bool:
        """Whether there is nothing left to train."""
        return self.epoch > self.settings["epochs"] or (self.best is not None and self.best.stop)

    def end_epoch(self, validation: Scores | None, seconds: float) -> None:
        """Take the measurements of an epoch into the history, and write them down.

        Args:
            validation: scores on the validation data, or None.
            seconds: that the epoch took in this process.
        """
        self.check_finite()
        met = self.meter.scores()
        row = {"epoch": self.epoch, "loss": met.loss, "accuracy": met.accuracy}
        if validation is not None:
            row |= {
                "val_loss": validation.loss,
                "val_accuracy": validation.accuracy,
                "val_top5": validation.top5,
            }
        row |= {"lr": self.rates[-1], "seconds": seconds}
        row = {name: value for name, value in row.items() if value is not None}
        self.history.rows.append(row)
        self.history.step_losses += self.meter.step_losses()
        if self.best is not None:
            self.best.look(row, self.state.eval_model)
            self.history.best_epoch = self.best.epoch
        self.epoch, self.batch = self.epoch + 1, 0
        self.meter, self.rates = Meter(), []
        if self.checkpoints is not None:
            self.save()

    def save(self) -> None:
        """Write a checkpoint. Each process gives its random numbers, process 0 writes."""
        if self.state.watch == "epoch":
            self.check_finite()
        state = self.state_dict()
        if distributed.rank() == 0:
            self.checkpoints.save(state)

    def resume(self) -> None:
        """Go on from the newest good checkpoint, if there is one."""

        def check(state: dict[str, Any]) -> None:
            check_same_model(state["model"], self.state.model.state_dict())
            check_same_run(state["settings"], self.settings)

        state = distributed.from_first(lambda: self.checkpoints.load(check))
        if state is not None:
            self.load_state_dict(state)
            self.progress.start(self.step)

    def state_dict(self) -> dict[str, Any]:
        """All that the rest of the run depends on, in tensors and plain values."""
        return {
            "settings": self.settings,
            "place": {"epoch": self.epoch, "batch": self.batch, "step": self.step},
            "rates": torch.tensor(self.rates, dtype=torch.float64),
            **self.state.state_dict(),
            "schedule": None if self.schedule is None else self.schedule.state_dict(),
            "best": None if self.best is None else self.best.state_dict(),
            "history": self.history.state_dict(),
            "meter": self.meter.state_dict(),
            "random": distributed.gathered(random_state(self.state.device)),
            "threads": self.threads,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        self.state.load_state_dict(state)
        device = self.state.device
        if self.schedule is not None:
            self.schedule.load_state_dict(state["schedule"])
        if self.best is not None and state["best"] is not None:
            self.best.load_state_dict(state["best"], device)
        self.history.load_state_dict(state["history"])
        self.meter.load_state_dict(state["meter"], device)
        for name, value in state["place"].items():
            setattr(self, name, value)
        self.rates = state["rates"].tolist()
        restore_random_state(state["random"][distributed.rank()], device)
        self.threads = state["threads"]


def start_run(
    state: TrainState,
    loss: LabelChecked,
    batches: Batches,
    epochs: int,
    best: Best | None,
    checkpoint: str | Path | Checkpoints | None,
    progress: bool,
) -> Run:
    """A run at its beginning, or where a checkpoint says."""
    scheduler, per_epoch = None, length(batches)
    if state.schedule is not None:
        if per_epoch is None:
            raise ValueError("schedule needs to know how many batches there are; train has no length")
        for group, lr in zip(state.optimizer.param_groups, state.base_lrs, strict=True):
            group["lr"] = lr
        scheduler = build_schedule(state.schedule, state.optimizer, epochs * per_epoch, per_epoch)
    settings = {
        "epochs": epochs,
        **batches.settings(),
        "schedule": scheduler and type(scheduler).__name__,
        **state.settings(),
        "processes": distributed.world(),
    }
    run = Run(
        state,
        loss,
        scheduler,
        deepcopy(best),
        Checkpoints(checkpoint) if isinstance(checkpoint, str | Path) else checkpoint,
        settings,
        Progress(per_epoch and epochs * per_epoch, epochs, progress),
    )
    if run.checkpoints is not None and run.checkpoints.resume:
        run.resume()
    return run
