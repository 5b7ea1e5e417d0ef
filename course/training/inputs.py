"""Input validation of the trainer: looked at before the first step, and named where it cannot work."""

from numbers import Integral, Real
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .batches import Batches, TensorBatches
from .loaders import length
from .loop import modes_kept
from .seed import random_state_kept
from .trouble import LabelChecked, buffers_kept, check_labels

TOO_FEW = ("more than 1 value per channel", "training needs at least 2")  # torch's words, and ours


def check_optimizer(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Make an optimizer's numbers plain ones, which a checkpoint can hold.

    Raises:
        TypeError: it is no optimizer, such as the class of one.
        ValueError: it would move nothing of the model, or needs a closure for its step.
    """
    if not isinstance(optimizer, torch.optim.Optimizer):
        name = optimizer.__name__ if isinstance(optimizer, type) else repr(optimizer)
        raise TypeError(f"optimizer={name} must be an optimizer, such as SGD(model.parameters(), lr=0.1)")
    if isinstance(optimizer, torch.optim.LBFGS):
        raise ValueError("optimizer=LBFGS computes the loss several times a step; write its loop yourself")
    held = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
    if not any(id(parameter) in held for parameter in model.parameters()):
        raise ValueError(
            "optimizer holds no parameter of model; build it from model.parameters() of this same model"
        )
    for settings in (optimizer.defaults, *optimizer.param_groups):
        settings |= {name: plain(value) for name, value in settings.items() if name != "params"}


def check_loss(loss: Any) -> None:
    """Raises TypeError for what cannot be called with outputs and targets, such as the class of a loss."""
    if loss is not None and (isinstance(loss, type) or not callable(loss)):
        name = loss.__name__ if isinstance(loss, type) else repr(loss)
        raise TypeError(f"loss={name} must be a function of outputs and targets, such as CrossEntropyLoss()")


def plain(value: Any) -> Any:
    """A number of NumPy or a tensor of one number as Python's own; everything else as it is."""
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    if isinstance(value, np.generic) or (isinstance(value, Tensor | np.ndarray) and value.ndim == 0):
        return value.item()
    return value


def check_fit(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    loss: LabelChecked,
    train: Batches,
    validation: Batches | None,
) -> None:
    """Look at all that `fit` was given.

    Raises:
        ValueError: all weights are frozen, a set is empty, labels are no class numbers, or the last batch is
            too small for batch norm.
    """
    if not any(p.requires_grad for group in optimizer.param_groups for p in group["params"]):
        raise ValueError("optimizer holds frozen weights alone (requires_grad is False): nothing would move")
    for name, batches in (("train", train), ("validation", validation)):
        if batches is not None and length(batches) == 0:
            raise ValueError(f"{name} is empty: it has no batch")
        if isinstance(batches, TensorBatches) and loss.classifies:
            check_labels(batches.y, f"{name}'s y")
    norms = any("BatchNorm" in type(module).__name__ for module in model.modules())
    if norms and isinstance(train, TensorBatches) and train.last_rows == 1:
        check_one_row(model, train)


def check_epochs(epochs: Any) -> int:
    """A number of epochs as an int. Raises ValueError or TypeError for anything else."""
    if not isinstance(epochs, Integral) or isinstance(epochs, bool):
        raise TypeError(f"epochs={epochs!r} must be a whole number")
    if epochs < 0:
        raise ValueError(f"epochs={epochs} must be at least 0")
    return int(epochs)


def check_positive(name: str, value: Any) -> None:
    """Raises ValueError or TypeError unless a number is above 0."""
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(f"{name}={value!r} must be a number")
    if not value > 0:
        raise ValueError(f"{name}={value} must be above 0, or None")


def check_one_row(model: nn.Module, train: TensorBatches) -> None:
    """Raises ValueError if the model cannot train on a single row; it is tried, and left as it was."""
    try:
        with torch.no_grad(), modes_kept(model), buffers_kept(model), random_state_kept(train.x.device):
            model.train()
            model(train.x[:1])
    except ValueError as error:
        if not any(words in str(error) for words in TOO_FEW):
            raise
        raise ValueError(
            f"batch_size={train.batch_size} leaves a last batch of one row, of which batch norm has no "
            "variance; try drop_last=True, or another batch_size"
        ) from error
    except RuntimeError:
        return  # the first batch will tell, with its shape
