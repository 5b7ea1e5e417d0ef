"""Learning rate schedules: steps, cosine, one cycle, each with a warm-up.

A schedule is a function (optimizer, steps, steps_per_epoch) -> torch.optim.lr_scheduler, and moves after
every step of the optimizer, not after every epoch. Lengths are given in epochs and may be fractions.

    Trainer(model, optimizer, schedule=cosine(warmup=1))
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from math import cos, pi

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, OneCycleLR, ReduceLROnPlateau

Schedule = Callable[[Optimizer, int, int], LRScheduler]


def check_schedule(schedule: Schedule | None) -> None:
    """Raises TypeError for a name, a scheduler or its class in place of a function that makes one."""
    if schedule is None or (callable(schedule) and not isinstance(schedule, type)):
        return
    if isinstance(schedule, str):
        raise TypeError(
            f"schedule={schedule!r} must be a function of course.training, called: constant(), steps([…]), "
            "cosine() or one_cycle(…)"
        )
    name = schedule.__name__ if isinstance(schedule, type) else type(schedule).__name__
    raise TypeError(
        f"schedule={name} must be a function of (optimizer, steps, steps_per_epoch) that gives a scheduler, "
        f"such as lambda optimizer, steps, steps_per_epoch: {name}(optimizer, …)"
    )


def build_schedule(schedule: Schedule, optimizer: Optimizer, steps: int, steps_per_epoch: int) -> LRScheduler:
    """The scheduler of one training.

    Raises:
        TypeError: it is none, or one that waits for a measure.
        ValueError: it moves another optimizer.
    """
    built = schedule(optimizer, steps, steps_per_epoch)
    if isinstance(built, ReduceLROnPlateau) or not isinstance(built, LRScheduler):
        raise TypeError(
            f"schedule gave a {type(built).__name__}, must give a scheduler of torch.optim.lr_scheduler "
            "that moves after every step"
        )
    if built.optimizer is not optimizer:
        raise ValueError("schedule gave the scheduler of another optimizer than the one it was handed")
    return built


def warm(step: float, warmup_steps: float) -> float:
    """The factor of a warm-up: it rises in a straight line, and is 1 from `warmup_steps` on."""
    return min(1.0, (step + 1) / (warmup_steps + 1))


def constant(warmup: float = 0) -> Schedule:
    """The same learning rate all the time, after the warm-up.

    Args:
        warmup: epochs in which the learning rate rises in a straight line.
    """
    check_length("warmup", warmup)

    def build(optimizer: Optimizer, steps: int, steps_per_epoch: int) -> LRScheduler:
        return LambdaLR(optimizer, lambda step: warm(step, warmup * steps_per_epoch))

    return build


def steps(milestones: Sequence[float], gamma: float = 0.1, warmup: float = 0) -> Schedule:
    """The learning rate times `gamma` at each milestone, as AlexNet, VGG and ResNet were trained.

    Args:
        milestones: epochs after which the learning rate falls, in rising order.
        gamma: the factor of each fall.
        warmup: epochs in which the learning rate rises in a straight line.
    """
    if list(milestones) != sorted(milestones):
        raise ValueError(f"milestones={list(milestones)} must be in rising order")
    check_length("warmup", warmup)

    def build(optimizer: Optimizer, steps: int, steps_per_epoch: int) -> LRScheduler:
        at = [round(milestone * steps_per_epoch) for milestone in milestones]
        return LambdaLR(
            optimizer, lambda step: gamma ** bisect_right(at, step) * warm(step, warmup * steps_per_epoch)
        )

    return build


def cosine(warmup: float = 0, floor: float = 0) -> Schedule:
    """Half a cosine from the learning rate down to its `floor` (Loshchilov and Hutter 2017, one period).

    Args:
        warmup: epochs in which the learning rate rises in a straight line; the cosine follows.
        floor: where it ends, as a fraction of the learning rate.
    """
    check_length("warmup", warmup)
    if not 0 <= floor <= 1:
        raise ValueError(f"floor={floor} must be between 0 and 1")

    def build(optimizer: Optimizer, steps: int, steps_per_epoch: int) -> LRScheduler:
        rise = warmup * steps_per_epoch

        def factor(step: int) -> float:
            done = min(1.0, max(0.0, step - rise) / max(1.0, steps - rise))
            return warm(step, rise) * (floor + (1 - floor) * (1 + cos(pi * done)) / 2)

        return LambdaLR(optimizer, factor)

    return build


def one_cycle(max_lr: float | Sequence[float], rise: float = 0.3) -> Schedule:
    """Up to `max_lr` and down again while the momentum does the opposite (Smith and Topin 2018).

    Args:
        max_lr: the highest learning rate; the optimizer's own is not used.
        rise: the fraction of all steps before the highest.
    """
    if not 0 < rise < 1:
        raise ValueError(f"rise={rise} must be above 0 and below 1")

    def build(optimizer: Optimizer, steps: int, steps_per_epoch: int) -> LRScheduler:
        has_momentum = any(name in optimizer.defaults for name in ("momentum", "betas"))
        return OneCycleLR(optimizer, max_lr, steps, pct_start=rise, cycle_momentum=has_momentum)

    return build


def check_length(name: str, epochs: float) -> None:
    """Raises ValueError for a negative number of epochs."""
    if epochs < 0:
        raise ValueError(f"{name}={epochs} must be at least 0 epochs")
