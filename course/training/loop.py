"""Training loop: predict, measure, differentiate, step; and its twin that only measures.

Both take a model, batches (x, y) on its device, and a loss that is the mean over a batch; both give a Meter
that holds what was found. What large nets and special machines need besides stands in `inner_loop`.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch import Tensor, nn

from .metrics import Meter, logits_of

Batches = Iterable[tuple[Tensor, Tensor]]
Loss = Callable[[Tensor, Tensor], Tensor]


def train_one_epoch(
    model: nn.Module, batches: Batches, loss: Loss, optimizer: torch.optim.Optimizer
) -> Meter:
    """Show every batch to the model once; after each the optimizer takes one step."""
    meter = Meter()
    model.train()
    for x, y in batches:
        optimizer.zero_grad()
        logits = model(x)  # (N, num_classes)
        value = loss(logits, y)  # the mean over the N images
        value.backward()
        optimizer.step()
        meter.add(value, logits, y)
    return meter


@torch.no_grad()
def evaluate(
    model: nn.Module,
    batches: Batches,
    loss: Loss,
    *,
    autocast: AbstractContextManager | None = None,
    flip: bool = False,
) -> Meter:
    """Measure the model on every batch; its mode, weights and gradients stay as they were.

    Args:
        autocast: the context to compute in, such as torch.autocast.
        flip: average the logits of each image and its mirror image.
    """
    meter = Meter(details=True)
    with evaluating(model), autocast or nullcontext():
        for x, y in batches:
            logits = mirrored(model, x) if flip else model(x)  # (N, num_classes)
            meter.add(loss(logits, y), logits, y)
    return meter


def mirrored(model: nn.Module, x: Tensor) -> Tensor:
    """The mean of the logits of images (N, C, H, W) and of their mirror images."""
    return (logits_of(model(x)) + logits_of(model(x.flip(-1)))) / 2


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Evaluation mode inside; afterwards every module has its own mode back, frozen ones too."""
    with modes_kept(model):
        model.eval()
        yield


@contextmanager
def modes_kept(model: nn.Module) -> Iterator[None]:
    """Inside, modes may change; afterwards every module has its own back."""
    modes = [(module, module.training) for module in model.modules()]
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode
