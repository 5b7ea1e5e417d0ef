"""Schedules against torch's own and against their formulas."""

import math

import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, MultiStepLR, OneCycleLR

from course.training import Trainer, constant, cosine, one_cycle, steps

from .points import net, points, sgd


def rates(schedule, epochs=4, per_epoch=10, lr=0.2):
    """The learning rate of each step."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr, momentum=0.9)
    scheduler, seen = schedule(optimizer, epochs * per_epoch, per_epoch), []
    for _ in range(epochs * per_epoch):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return seen


def test_steps_is_multistep():
    """Without a warm-up it is torch's MultiStepLR with milestones in epochs."""
    assert rates(steps([1, 2.5])) == pytest.approx(rates(lambda o, *_: MultiStepLR(o, [10, 25], gamma=0.1)))


def test_cosine_is_cosine_annealing():
    """Without a warm-up it is torch's CosineAnnealingLR over all steps."""
    assert rates(cosine()) == pytest.approx(rates(lambda o, n, _: CosineAnnealingLR(o, n)))
    expected = rates(lambda o, n, _: CosineAnnealingLR(o, n, eta_min=0.02))
    assert rates(cosine(floor=0.1)) == pytest.approx(expected)


def test_one_cycle_is_one_cycle():
    """It is torch's OneCycleLR over all steps, and reaches its highest rate."""
    theirs = rates(lambda o, n, _: OneCycleLR(o, 0.7, total_steps=n, pct_start=0.25))
    assert rates(one_cycle(0.7, rise=0.25)) == pytest.approx(theirs) and max(theirs) == pytest.approx(0.7)


def test_warm_up():
    """The rate rises by equal amounts, is whole after the warm-up, and goes on as it would from there."""
    rise = [0.2 * (k + 1) / 11 for k in range(10)]
    assert rates(constant(warmup=1)) == pytest.approx(rise + [0.2] * 30)
    assert rates(steps([2], warmup=1)) == pytest.approx(rise + [0.2] * 10 + [0.02] * 20)
    fall = [0.1 * (1 + math.cos(math.pi * k / 30)) for k in range(30)]
    assert rates(cosine(warmup=1)) == pytest.approx(rise + fall)
    assert rates(constant()) == [0.2] * 40


def test_the_trainer_moves_it_every_step():
    """In fit the schedule spans all steps of all epochs, and a second fit begins it anew."""
    model = net()
    trainer = Trainer(model, sgd(model, lr=0.2), device="cpu", schedule=cosine())
    for _ in range(2):
        history = trainer.fit(points(), epochs=4, batch_size=10)
        expected = [rates(cosine())[10 * k + 9] for k in range(4)]
        assert history["lr"] == pytest.approx(expected)


def test_a_stream_without_length_has_no_schedule():
    """A schedule over all steps needs their number."""
    model = net()
    x, y = points()

    class Endless:
        def __iter__(self):
            return iter([(x, y)])

    trainer = Trainer(model, sgd(model), device="cpu", schedule=cosine())
    with pytest.raises(ValueError, match="schedule needs to know how many batches there are"):
        trainer.fit(Endless())


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: cosine(warmup=-1), "warmup=-1 must be at least 0"),
        (lambda: cosine(floor=2), "floor=2 must be between 0 and 1"),
        (lambda: steps([3, 1]), r"milestones=\[3, 1\] must be in rising order"),
        (lambda: one_cycle(0.1, rise=1), "rise=1 must be above 0 and below 1"),
    ],
)
def test_says_what_is_allowed(build, message):
    """A schedule that makes no sense is refused in one line."""
    with pytest.raises(ValueError, match=message):
        build()
