"""Precision: computed in the short type, kept in the long one."""

import pytest
import torch
from torch.nn import functional as F

from course.training import Trainer, cosine
from course.training.precision import choose_precision

from .points import net, points, sgd, weights


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_half_the_bits(precision):
    """Layers compute in the short type, weights and their updates stay in float32, and it still learns."""
    model, dtypes = net(), set()
    model[0].register_forward_hook(lambda _, inputs, output: dtypes.add(output.dtype))
    trainer = Trainer(model, sgd(model), device="cpu", precision=precision)
    history = trainer.fit(points(), points(seed=1), epochs=6, batch_size=16)
    assert dtypes == {getattr(torch, precision)} and weights(model).dtype == torch.float32
    assert history["val_accuracy"][-1] == 1 and trainer.predict(points()[0]).dtype == torch.float32
    assert trainer.state.scaler.is_enabled() == (precision == "float16")


def test_a_step_left_out_does_not_stop_the_schedule():
    """When float16 overflows at first, the weights wait and the learning rate moves on, without a warning."""
    model = net()
    trainer = Trainer(
        model,
        sgd(model),
        lambda *args: 1e6 * F.cross_entropy(*args),
        device="cpu",
        precision="float16",
        schedule=cosine(),
    )
    history = trainer.fit(points(), epochs=1, batch_size=48)
    assert history["lr"] == [pytest.approx(0.05)] and torch.equal(weights(model), weights(net()))


def test_a_cpu_computes_in_float32_by_itself():
    """ "auto" is float32 on a CPU, without a scaler."""
    autocast, scaler = choose_precision("auto", torch.device("cpu"))
    with autocast:
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32
    assert not scaler.is_enabled()
