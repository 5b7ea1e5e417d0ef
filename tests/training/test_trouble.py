"""Trouble is named: the text says what, where and what to try."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course.training import Checkpoints, DeviceMismatch, NonFiniteLoss, OutOfMemory, Trainer, TrainingError
from course.training.trouble import LabelChecked

from .points import conv_net, images, net, points, sgd


def fit(model, data=None, lr=0.1, **options):
    data = points() if data is None else data
    return Trainer(model, sgd(model, lr), device="cpu", **options).fit(data, epochs=3, batch_size=16)


def test_a_learning_rate_too_high():
    """The line has epoch, step, rate, gradient norm, the losses before and the layer first hit."""
    with pytest.raises(NonFiniteLoss) as caught:
        fit(net(), lr=1e6)
    text = str(caught.value)
    assert text.startswith("loss became nan at epoch 1, step 5: lr 1e+06, gradient norm 7.1")
    assert "in the step before, losses before: 5.1" in text
    assert "First hit: '3' (Linear), from finite weights, the largest of the model 5.3" in text
    assert "try a smaller lr, a warm-up, or clip_norm" in text


class RootOfZero(nn.Module):
    """Its output is finite and its gradient is not."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(2, 3), nn.Linear(3, 3)

    def forward(self, x):
        return self.second((self.first(x) * 0).abs().sqrt())


def test_a_gradient_that_is_not_finite():
    """When backward made it, the line names the layer that backward met first."""
    with pytest.raises(NonFiniteLoss, match=r"step 2: .* gradient norm nan in the step before") as caught:
        fit(RootOfZero())
    assert "First hit: 'first' (Linear), whose weights are not finite after the step before" in str(
        caught.value
    )
    assert "for the gradient of 'first.bias' was not" in str(caught.value)


def test_images_that_are_not_finite():
    """A NaN in the data is found there, not in a layer."""
    x, y = points()
    x[40, 1] = float("inf")
    with pytest.raises(NonFiniteLoss, match=r"The images are not finite, first in row \d+ of the batch"):
        fit(net(), (x, y))


def test_a_loss_that_is_not_finite_by_itself():
    """log(0) in the loss is found to be the loss's own."""
    with pytest.raises(NonFiniteLoss, match=r"step 1: lr 0\.1, gradient norm nan here, losses before: none"):
        fit(net(), loss=lambda logits, y: (logits.softmax(1)[:, 0] * 0).log().mean())
    with pytest.raises(NonFiniteLoss, match="it came from the loss, as from log"):
        fit(net(), loss=lambda logits, y: (logits.softmax(1)[:, 0] * 0).log().mean())


def test_on_a_gpu_it_is_found_after_the_epoch(tmp_path):
    """Where losses are read once an epoch, step and rate are still right, the way to more is told, and no
    checkpoint holds the ruined weights."""
    with pytest.raises(
        NonFiniteLoss, match=r"epoch 1, step 5: lr 1e\+06; .* with Trainer\(…, watch='step'\)"
    ):
        fit(net(), lr=1e6, watch="epoch")
    model = net()
    trainer = Trainer(model, sgd(model, 1e6), device="cpu", watch="epoch")
    with pytest.raises(NonFiniteLoss):
        trainer.fit(points(), batch_size=16, checkpoint=Checkpoints(tmp_path, every=1))
    saved = Checkpoints(tmp_path).load()
    assert saved["place"]["step"] == 4 and all(w.isfinite().all() for w in saved["model"].values())


@pytest.mark.parametrize("label", [3, -1, 99])
def test_a_label_out_of_range(label):
    """The line names label, row and the labels that there are."""
    x, y = points()
    y[:] = 1
    y[16 - 1 :: 16] = label
    message = f"label {label} in row 15 of the batch is out of range: the model gives 3 logits, .* 0 to 2"
    model = net()
    with pytest.raises(ValueError, match=message):
        Trainer(model, sgd(model), device="cpu").evaluate((x, y), batch_size=16)
    with pytest.raises(ValueError, match=rf"label {label} in row \d+ of the batch is out of range"):
        fit(model, (x, y))


def test_labels_are_looked_at_before_a_gpu_stops():
    """Off the CPU all labels are checked before the first loss is computed; ignored ones may be anything."""

    class OffTheCpu(torch.Tensor):
        device = torch.device("meta")

    def refuse(*_):
        raise AssertionError("the loss was computed")

    loss = nn.CrossEntropyLoss(ignore_index=-100)
    loss.forward = refuse
    labels = torch.tensor([0, -100, 1, 5])
    batch = torch.Tensor._make_subclass(OffTheCpu, torch.tensor([0, 1]))
    with pytest.raises(ValueError, match="label 5 in row 3 of the data is out of range"):
        LabelChecked(loss, labels)(torch.zeros(2, 3), batch)


def test_an_index_error_of_ones_own_stays():
    """An IndexError that has nothing to do with labels is not reworded."""
    with pytest.raises(IndexError, match="mine"):
        LabelChecked(lambda *_: [][0] if False else (_ for _ in ()).throw(IndexError("mine")))(
            torch.zeros(2, 3), torch.tensor([0, 1])
        )


class Masked(nn.Module):
    """Keeps a tensor that does not move with the model."""

    def __init__(self):
        super().__init__()
        self.inner = net()
        self.inner.masks = [torch.ones(3, device="meta")]

    def forward(self, x):
        return self.inner(x) * self.inner.masks[0]


def test_a_tensor_left_on_another_device():
    """A plain attribute is found by its name; a tensor made on the way is told how to be made."""
    with pytest.raises(
        DeviceMismatch, match=r"'inner\.masks' is on meta, the weights on cpu: .*register_buffer"
    ):
        fit(Masked())
    with pytest.raises(DeviceMismatch, match=r"one made in forward or in the loss needs device=x\.device"):
        fit(net(), loss=lambda logits, y: F.cross_entropy(logits * torch.ones(3, device="meta"), y))


def test_weights_on_two_devices():
    """A layer that was left behind is found by its name."""
    model = net()
    trainer = Trainer(model, sgd(model), device="cpu")
    model[3].to("meta")
    with pytest.raises(DeviceMismatch, match=r"'3\.weight' is on meta, the first weights on cpu"):
        trainer.evaluate(points())


def test_out_of_memory():
    """The line names the batch size and what to try."""

    class Hungry(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(2, 3)

        def forward(self, x):
            return self.layer(x) + torch.empty(2**60)

    with pytest.raises(
        OutOfMemory, match=r"out of memory with batch_size=16: try accumulate=2 .*batch_size=8"
    ):
        fit(Hungry())


def test_images_that_are_still_bytes():
    """Bytes as they come from a file are told to be divided by 255."""
    x, y = images()
    with pytest.raises(TrainingError, match=r"differ in dtype; try x\.float\(\) / 255"):
        fit(conv_net(), (x.to(torch.uint8), y))
    x, y = points()
    with pytest.raises(TrainingError, match=r"differ in dtype; try x\.float\(\) / 255"):
        fit(net(), (x.to(torch.uint8), y))


def test_images_of_another_size_than_the_models():
    """A linear layer that is handed more numbers, or maps with nothing left, say so and what to do."""
    with pytest.raises(TrainingError, match="takes 512 numbers a row and is handed 2048; resize the images"):
        fit(conv_net(), images(size=16))
    pooled = nn.Sequential(nn.Conv2d(3, 4, 5), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16, 10))
    for size in (4, 5):
        with pytest.raises(TrainingError, match="the images are too small for the model"):
            fit(pooled, images(size=size))


class Strange(nn.Linear):
    """Fails in a way of its own."""

    def forward(self, x):
        raise RuntimeError("something of its own")


def test_other_errors_stay_as_they_are():
    """What is not known is not reworded."""
    with pytest.raises(RuntimeError, match=r"^something of its own$") as error:
        fit(Strange(2, 3))
    assert not isinstance(error.value, TrainingError)
