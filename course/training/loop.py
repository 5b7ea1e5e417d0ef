"""The loop of every training: predict, measure, differentiate, step; and its twin that only measures.

Both take a model, batches (x, y) on its device, and a loss that is the mean over a batch; both give a Meter
that holds what was found. The options of `train_one_epoch`:

    accumulate    into how many pieces a batch is cut, if it does not fit in memory
    clip_norm     the longest gradient, as one vector over all parameters
    autocast      the context to compute in: torch.autocast, or nothing
    scaler        multiplies the loss, so that float16 does not lose small gradients; else does nothing
    meter         goes on with an epoch that was begun
    after_loss    called with the loss, x and y, before backward
    after_step    called when the optimizer has moved
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.amp import GradScaler

from .metrics import Meter

Batches = Iterable[tuple[Tensor, Tensor]]
Loss = Callable[[Tensor, Tensor], Tensor]


FLOAT32 = nullcontext()
UNSCALED = GradScaler(enabled=False)


def nothing(*args: Any) -> None:
    """What is done after a loss or a step, unless somebody asks for more."""


def train_one_epoch(
    model: nn.Module,
    batches: Batches,
    loss: Loss,
    optimizer: torch.optim.Optimizer,
    *,
    accumulate: int = 1,
    clip_norm: float | None = None,
    autocast: AbstractContextManager = FLOAT32,
    scaler: GradScaler = UNSCALED,
    meter: Meter | None = None,
    after_loss: Callable[[Tensor, Tensor, Tensor], None] = nothing,
    after_step: Callable[[], None] = nothing,
) -> Meter:
    """Show every batch to the model once, and after each let the optimizer take one step."""
    meter = meter or Meter()
    model.train()
    for x, y in batches:
        optimizer.zero_grad()
        for part_x, part_y, share in pieces(model, x, y, accumulate):
            with autocast:
                logits = model(part_x)  # (N, num_classes)
                value = loss(logits, part_y)  # the mean over the N images
            meter.add(value, logits, part_y, share)
            after_loss(value, part_x, part_y)
            scaler.scale(value * share if share < 1 else value).backward()
        if clip_norm is not None:
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
        scaler.step(optimizer)
        scaler.update()
        after_step()
    return meter


def pieces(model: nn.Module, x: Tensor, y: Tensor, accumulate: int) -> Iterator[tuple[Tensor, Tensor, float]]:
    """Cut a batch that does not fit in memory; weighted by their shares, its pieces have its gradient.

    Between the pieces of a batch several processes need not exchange gradients (`no_sync`).
    """
    if accumulate == 1:
        yield x, y, 1.0
        return
    parts = list(zip(x.chunk(accumulate), y.chunk(accumulate), strict=True))
    for number, (part_x, part_y) in enumerate(parts, start=1):
        wait = getattr(model, "no_sync", None) if number < len(parts) else None
        with wait() if wait else nullcontext():
            yield part_x, part_y, len(part_x) / len(x)


@torch.no_grad()
def evaluate(
    model: nn.Module,
    batches: Batches,
    loss: Loss,
    *,
    autocast: AbstractContextManager = FLOAT32,
    flip: bool = False,
) -> Meter:
    """Measure the model on every batch; its mode, weights and gradients stay as they were."""
    meter = Meter(details=True)
    with evaluating(model), autocast:
        for x, y in batches:
            logits = predict_batch(model, x, flip)  # (N, num_classes)
            meter.add(loss(logits, y), logits, y)
    return meter


def predict_batch(model: nn.Module, x: Tensor, flip: bool = False) -> Tensor:
    """The logits; with `flip`, their mean over the images and their mirror images (N, C, H, W)."""
    return (model(x) + model(x.flip(-1))) / 2 if flip else model(x)


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Evaluation mode inside; afterwards every module has its own mode back, frozen ones too."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode
