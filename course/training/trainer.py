"""Trainer: the loop of `train_one_epoch`, epoch after epoch, with what a real run needs around it."""

from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from course.errors import unknown_name

from . import distributed
from .batches import Batches, batches_of, prepared
from .best import Best
from .checkpoint import Checkpoints
from .ema import EMA
from .history import History
from .inner_loop import train_batches
from .inputs import check_epochs, check_fit, check_loss, check_optimizer, check_positive
from .interrupts import interrupt_noted
from .live import LiveCurve
from .loop import Loss, evaluate, evaluating, mirrored
from .metrics import Scores, logits_of
from .precision import choose_precision
from .progress import person_watches
from .run import Run, start_run
from .schedules import Schedule, check_schedule
from .seed import derive, random_state_kept, seed_everything
from .state import TrainState
from .trouble import LabelChecked, trouble_named
from .work import enough_threads

Data = tuple[Tensor, Tensor] | DataLoader | Iterable[tuple[Tensor, Tensor]] | Batches


class Trainer:
    """Trains, measures and asks a model. A large net on a CPU gets all processors; see `course.threads`.

    Args:
        model: any module; moved to the device.
        optimizer: of torch.optim or course.optim; holds the model's parameters.
        loss: takes the model's output and the targets, gives their mean loss. By default cross-entropy.
        device: "auto" takes CUDA, else MPS, else the CPU; under torchrun the process's own card.
        precision: "float32", "bfloat16", "float16"; "auto" takes the shorter ones on CUDA.
        compile: True, or options of torch.compile: {"mode": "max-autotune"}.
        channels_last: keep images and weights in the order (N, H, W, C) in memory, faster on new cards.
        accumulate: into how many pieces a batch is cut, to save memory; the step stays the same.
        clip_norm: longest gradient, as one vector over all parameters; a longer one is scaled down to it.
        schedule: moves the learning rate after every step; see `schedules`.
        label_smoothing: for the default loss; in [0, 1].
        ema: decay of an average of the weights, which then measures and predicts; None for none.
        augment: changes a batch of training images on the device: (N, C, H, W) -> (N, C, H, W).
        mix: changes a batch of training images and targets, as MixUp does.
        watch: when to look for a loss that is not finite: before each "step" (waits for a GPU), or after
            each "epoch"; "auto" takes "step" on the CPU.
        progress: True, False, or "auto": a bar where a person watches.

    Attributes:
        history: of the last `fit`, also of one that was interrupted.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        loss: Loss | None = None,
        *,
        device: str | torch.device = "auto",
        precision: str = "auto",
        compile: bool | dict[str, Any] = False,
        channels_last: bool = False,
        accumulate: int = 1,
        clip_norm: float | None = None,
        schedule: Schedule | None = None,
        label_smoothing: float = 0.0,
        ema: float | None = None,
        augment: Callable[[Tensor], Tensor] | None = None,
        mix: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]] | None = None,
        watch: str = "auto",
        progress: bool | str = "auto",
    ):
        if watch not in ("auto", "step", "epoch"):
            raise ValueError(unknown_name("watch", watch, ["auto", "step", "epoch"]))
        if accumulate < 1:
            raise ValueError(f"accumulate={accumulate} must be at least 1")
        if clip_norm is not None:
            check_positive("clip_norm", clip_norm)
        if loss is not None and label_smoothing:
            raise ValueError(
                f"label_smoothing={label_smoothing} is for the default loss; loss={loss} is given"
            )
        check_optimizer(model, optimizer)
        check_loss(loss)
        check_schedule(schedule)
        self.device = distributed.start(device)
        self.memory_format = torch.channels_last if channels_last else torch.contiguous_format
        self.model = model.to(self.device, memory_format=self.memory_format if channels_last else None)
        self.optimizer = optimizer
        self.loss = loss or nn.CrossEntropyLoss(label_smoothing=label_smoothing)
        if isinstance(self.loss, nn.Module):
            self.loss.to(self.device)
        self.forward = distributed.parallel(self.model, self.device)
        if compile:
            self.forward = torch.compile(self.forward, **(compile if isinstance(compile, dict) else {}))
        self.augment, self.mix = augment, mix
        self.state = TrainState(
            self.model,
            optimizer,
            self.device,
            *choose_precision(precision, self.device),
            ema=None if ema is None else EMA(self.model, ema),
            schedule=schedule,
            base_lrs=[group["lr"] for group in optimizer.param_groups],
            accumulate=accumulate,
            clip_norm=clip_norm,
            watch=("step" if self.device.type == "cpu" else "epoch") if watch == "auto" else watch,
        )
        self.history = History()
        self.progress = (person_watches() if progress == "auto" else progress) and distributed.rank() == 0

    @property
    def eval_model(self) -> nn.Module:
        """The model that measures and predicts: the average of the weights if there is one."""
        return self.state.eval_model

    def fit(
        self,
        train: Data,
        validation: Data | None = None,
        epochs: int = 1,
        *,
        batch_size: int = 64,
        seed: int = 0,
        drop_last: bool = False,
        best: Best | None = None,
        checkpoint: str | Path | Checkpoints | None = None,
        callbacks: Iterable[Callable[[History], None]] = (),
    ) -> History:
        """Train for some epochs; after each, measure on the validation data.

        Args:
            train: tensors (x, y), or a DataLoader.
            validation: the same.
            epochs: passes over the training data. A second `fit` trains on.
            batch_size: rows of a batch, for tensors; a DataLoader has its own. Of each process, if several.
            seed: order of the batches, dropout, augmentation. The same seed gives the same numbers; the
                random numbers outside are left as they were.
            drop_last: leave out the last batch of an epoch when it is smaller than the rest.
            best: keeps the best weights and stops early: Best("val_accuracy", patience=5).
            checkpoint: a folder. A run that was cut off there goes on, and ends with the same bits (on CUDA
                after `use_deterministic_algorithms`). Ctrl-C ends the step and writes it down there.
            callbacks: called with the history after every epoch, in process 0.

        Raises:
            ValueError, TypeError: what was given cannot work; named before the first step.
            TrainingError: the training cannot go on; the text says why.
            CheckpointError: the checkpoint there is damaged, or of another model or run.
        """
        epochs = check_epochs(epochs)
        batches = batches_of(train, batch_size, self.device, seed=seed, drop_last=drop_last)
        measured = None if validation is None else batches_of(validation, batch_size, self.device)
        loss = LabelChecked(self.loss, getattr(batches, "y", None))
        check_fit(self.model, self.optimizer, loss, batches, measured)
        with random_state_kept(self.device), trouble_named(self.model, batches.batch_size):
            seed_everything(derive(seed, distributed.rank()))
            run = start_run(self.state, loss, batches, epochs, best, checkpoint, self.progress)
            self.history = run.history
            watched = interrupt_noted(run.checkpoints is not None and distributed.world() == 1)
            with run.progress, LiveCurve(self.progress and epochs > 1) as curve, watched as run.interrupted:
                while not run.over:
                    began = perf_counter()
                    self._train_epoch(run, batches)
                    val_scores = None if measured is None else self.evaluate(measured)
                    run.end_epoch(val_scores, perf_counter() - began)
                    curve.show(run.history)
                    for callback in callbacks if distributed.rank() == 0 else ():
                        callback(run.history)
            if best is not None:
                run.best.finish(self.eval_model)
        return run.history

    def _train_epoch(self, run: Run, batches: Batches) -> None:
        """What is left of one epoch."""
        ready = prepared(batches.epoch(run.epoch, run.batch), self.augment, self.mix, self.memory_format)
        with enough_threads(self.model, batches, ready) as ready:
            run.note_threads()
            train_batches(
                self.state, self.forward, ready, run.loss, run.meter, run.after_loss, run.after_step
            )
        distributed.share_buffers(self.eval_model)

    def evaluate(self, data: Data, *, batch_size: int = 256, flip: bool = False) -> Scores:
        """Loss, top-1, top-5 and confusion matrix on some data; nothing of the model changes.

        Args:
            data: tensors (x, y), or a DataLoader.
            batch_size: rows of a batch, for tensors.
            flip: average the logits of each image and its mirror image.
        """
        batches = batches_of(data, batch_size, self.device)
        with random_state_kept(self.device), trouble_named(self.model, batches.batch_size):
            ready = prepared(batches.epoch(), memory_format=self.memory_format)
            loss = LabelChecked(self.loss, getattr(batches, "y", None))
            with enough_threads(self.eval_model, batches, ready) as ready:
                return evaluate(
                    self.eval_model, ready, loss, autocast=self.state.autocast, flip=flip
                ).scores()

    @torch.no_grad()
    def predict(self, data: Tensor | Data, *, batch_size: int = 256, flip: bool = False) -> Tensor:
        """The logits (N, num_classes), on the CPU, in the order of the data; in every process all of them.

        Args:
            data: a tensor x, tensors (x, y), or a DataLoader.
            batch_size: rows of a batch, for tensors.
            flip: average the logits of each image and its mirror image.
        """
        if isinstance(data, Tensor):
            data = (data, torch.empty(len(data)))
        batches = batches_of(data, batch_size, self.device, shared=False)
        with (
            random_state_kept(self.device),
            trouble_named(self.model, batches.batch_size),
            evaluating(self.eval_model),
            self.state.autocast,
        ):
            ready = prepared(batches.epoch(), memory_format=self.memory_format)
            with enough_threads(self.eval_model, batches, ready) as ready:
                predict = mirrored if flip else lambda model, x: logits_of(model(x))
                return torch.cat([predict(self.eval_model, x).float() for x, _ in ready]).cpu()
