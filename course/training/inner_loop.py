"""Gradient accumulation, clipping and loss scaling: `train_one_epoch` for large nets and special machines.

A batch may be cut into pieces, gradients clipped, the loss scaled for float16, and somebody told of each
loss and each step. With none of that its steps are, to the last bit, those of `train_one_epoch`.
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext

from torch import Tensor, nn

from .loop import Batches, Loss
from .metrics import Meter
from .state import TrainState


def train_batches(
    state: TrainState,
    forward: nn.Module,
    batches: Batches,
    loss: Loss,
    meter: Meter,
    after_loss: Callable[[Tensor, Tensor], None],
    after_step: Callable[[], None],
) -> None:
    """Show every batch to the model once; after each the optimizer takes one step.

    Args:
        state: of the training.
        forward: its model as it computes: compiled, or one of several processes.
        batches: pairs (x, y) on the device.
        loss: the mean over a batch.
        meter: gathers losses and hits; may have gathered the first part of the epoch.
        after_loss: called with the loss and x, before backward.
        after_step: called when the optimizer has moved.
    """
    optimizer, scaler, autocast = state.optimizer, state.scaler, state.autocast
    scaled = scaler.is_enabled()
    forward.train()
    for x, y in batches:
        optimizer.zero_grad()
        for part_x, part_y, share in micro_batches(forward, x, y, state.accumulate):
            with autocast:
                outputs = forward(part_x)
                value = loss(outputs, part_y)
            meter.add(value, outputs, part_y, share)
            after_loss(value, part_x)
            part = value * share if share < 1 else value
            (scaler.scale(part) if scaled else part).backward()
        if state.clip_norm is not None:
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(state.model.parameters(), state.clip_norm)
        if scaled:
            scaler.step(optimizer)
            scaler.update()
        else:
            optimizer.step()
        after_step()


def micro_batches(
    model: nn.Module, x: Tensor, y: Tensor, accumulate: int
) -> Iterator[tuple[Tensor, Tensor, float]]:
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
