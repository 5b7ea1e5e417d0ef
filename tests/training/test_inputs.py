"""What people put into a trainer works, or is refused in one line before the first step."""

from collections import OrderedDict

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim import LBFGS, SGD, Adam
from torch.optim.lr_scheduler import CosineAnnealingLR, ReduceLROnPlateau
from torch.utils.data import DataLoader, TensorDataset

from course import optim
from course.nn import BatchNorm1d
from course.training import Trainer, TrainingError

from .points import conv_net, images, net, points, sgd, weights


def normed(layer=nn.BatchNorm1d):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 8), layer(8), nn.ReLU(), nn.Linear(8, 3))


@pytest.mark.parametrize("lr", [np.float64(0.1), np.float32(0.1), np.array(0.1), torch.tensor(0.1)])
def test_a_rate_of_another_kind_trains_and_resumes(lr, tmp_path):
    """NumPy's numbers and tensors of one number become Python's own: the checkpoint can be read again."""
    for epochs in (1, 2):
        model = net()
        optimizer = SGD(model.parameters(), lr=lr, momentum=np.float64(0.9))
        trainer = Trainer(model, optimizer, device="cpu")
        trainer.fit(points(), epochs=2 if epochs == 2 else 1, checkpoint=tmp_path / str(epochs))
        trainer.fit(points(), epochs=2 if epochs == 2 else 1, checkpoint=tmp_path / str(epochs))
    assert type(optimizer.param_groups[0]["lr"]) is float
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.1)


@pytest.mark.parametrize("dtype", [torch.int32, torch.int16, torch.uint8])
@pytest.mark.parametrize("loader", [False, True])
def test_labels_of_any_whole_kind_train(dtype, loader):
    """Labels of another integer type give the same steps, as tensors and from a DataLoader."""
    x, y = points()
    results = []
    for labels in (y, y.to(dtype)):
        model = net()
        data = DataLoader(TensorDataset(x, labels), 16) if loader else (x, labels)
        history = Trainer(model, sgd(model), device="cpu").fit(data, data, batch_size=16)
        results.append((weights(model).tolist(), history["accuracy"], history["val_loss"]))
    assert results[0] == results[1]


class Many(nn.Module):
    """A net whose output comes in another form."""

    def __init__(self, form):
        super().__init__()
        self.net, self.form = net(), form

    def forward(self, x):
        return self.form(self.net(x), x)


FORMS = {
    "a tuple": (lambda out, x: (out, x), lambda out, y: F.cross_entropy(out[0], y)),
    "a list": (lambda out, x: [out, x], lambda out, y: F.cross_entropy(out[0], y)),
    "logits in a dict": (
        lambda out, x: {"features": x, "logits": out},
        lambda out, y: F.cross_entropy(out["logits"], y),
    ),
    "out in a dict": (
        lambda out, x: OrderedDict(out=out, aux=x),
        lambda out, y: F.cross_entropy(out["out"], y),
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_net_that_returns_more_than_logits(form):
    """It trains, measures and predicts as the plain net does, with a loss of its own."""
    shape, loss = FORMS[form]
    plain, many = net(), Many(shape)
    ours = Trainer(plain, sgd(plain), device="cpu")
    theirs = Trainer(many, sgd(many), loss=loss, device="cpu")
    assert ours.fit(points(), points(1)).step_losses == theirs.fit(points(), points(1)).step_losses
    assert torch.equal(ours.predict(points()[0]), theirs.predict(points()[0]))
    assert theirs.evaluate(points()).accuracy == ours.evaluate(points()).accuracy
    with pytest.raises(TypeError, match="default loss takes logits alone; give a loss of your own"):
        Trainer(many, sgd(many), device="cpu").fit(points())


def test_epochs_that_cannot_be():
    """None at all is no training; fewer, or a fraction, is refused."""
    model = net()
    trainer = Trainer(model, sgd(model), device="cpu")
    before = weights(model)
    assert len(trainer.fit(points(), epochs=0)) == 0
    with pytest.raises(ValueError, match="epochs=-1 must be at least 0"):
        trainer.fit(points(), epochs=-1)
    for wrong in (2.5, "3", True, None):
        with pytest.raises(TypeError, match=f"epochs={wrong!r} must be a whole number"):
            trainer.fit(points(), epochs=wrong)
    assert torch.equal(weights(model), before)
    trainer.fit(points(), epochs=np.int64(1))


X, Y = points()
NOTHING = (X[:0], Y[:0])
REFUSED = {
    "labels in a column": ((X, Y[:, None]), None, ValueError, r"train's y has the shape \(96, 1\).*squeeze"),
    "labels with a point": ((X, Y.float()), None, ValueError, r"train's y is torch.float32.*y.long\(\)"),
    "broken validation labels": ((X, Y), (X, Y.double()), ValueError, "validation's y is torch.float64"),
    "a validation column": ((X, Y), (X, Y[:, None]), ValueError, "validation's y has the shape"),
    "no validation rows": ((X, Y), NOTHING, ValueError, "validation is empty: it has no batch"),
    "no rows": (NOTHING, None, ValueError, "train is empty: it has no batch"),
    "float64 images": ((X.double(), Y), None, TrainingError, r"differ in dtype; try x.float\(\):"),
    "int64 images": ((X.long(), Y), None, TrainingError, r"try x.float\(\), divided by 255 where"),
    "uint8 images": ((X.byte(), Y), None, TrainingError, r"try x.float\(\) / 255"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_data_that_cannot_train_is_one_line(case):
    """The line names the argument and what to do, and no weight has moved."""
    train, validation, kind, words = REFUSED[case]
    model = net()
    trainer, before = Trainer(model, sgd(model), device="cpu"), weights(model)
    with pytest.raises(kind, match=words):
        trainer.fit(train, validation, epochs=2)
    assert torch.equal(weights(model), before)


@pytest.mark.parametrize("labels", [Y[:, None], Y.float()])
def test_labels_of_a_loader_are_looked_at_too(labels):
    """Before the first step, as they come."""
    model = net()
    trainer, before = Trainer(model, sgd(model), device="cpu"), weights(model)
    with pytest.raises(ValueError, match=r"y has the shape|y is torch.float32"):
        trainer.fit(DataLoader(TensorDataset(X, labels), 16))
    assert torch.equal(weights(model), before)


def test_images_with_their_channels_last():
    """The advice is the one that helps; float64 is told from it."""
    model = conv_net()
    x, y = images()
    with pytest.raises(TrainingError, match=r"channels last; try x.permute\(0, 3, 1, 2\)"):
        Trainer(model, sgd(model), device="cpu").fit((x.permute(0, 2, 3, 1).contiguous(), y))
    with pytest.raises(TrainingError, match=r"try x.float\(\): Input type"):
        Trainer(model, sgd(model), device="cpu").fit((x.double(), y))


@pytest.mark.parametrize("layer", [nn.BatchNorm1d, BatchNorm1d])
def test_a_last_batch_of_one_row(layer):
    """Batch norm has no variance for it: said before the first step; where it works, nothing is said."""
    model = normed(layer)
    trainer, before = Trainer(model, sgd(model), device="cpu"), weights(model)
    state = {name: value.clone() for name, value in model.state_dict().items()}
    with pytest.raises(ValueError, match=r"batch_size=19 leaves a last batch of one row.*drop_last=True"):
        trainer.fit(points(96), batch_size=19)
    assert torch.equal(weights(model), before)
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    trainer.fit(points(96), batch_size=19, drop_last=True)
    trainer.fit(points(96), batch_size=18)
    pictures = conv_net()
    x, y = images(17)
    Trainer(pictures, sgd(pictures), device="cpu").fit((x, y), batch_size=16)


SCHEDULES = {
    "a class": (lambda _: CosineAnnealingLR, TypeError, "schedule=CosineAnnealingLR must be a function of"),
    "a scheduler": (lambda o: CosineAnnealingLR(o, 5), TypeError, "schedule=CosineAnnealingLR must be a fun"),
    "a name": (
        lambda _: "cosine",
        TypeError,
        "schedule='cosine' must be a function of course",
    ),
    "a number": (lambda _: 0.1, TypeError, "schedule=float must be a function of"),
    "nothing": (lambda _: lambda *_: None, TypeError, "schedule gave a NoneType"),
    "a plateau": (lambda o: lambda *_: ReduceLROnPlateau(o), TypeError, "gave a ReduceLROnPlateau"),
    "another's": (
        lambda _: lambda *_: CosineAnnealingLR(sgd(net()), 5),
        ValueError,
        "the scheduler of another optimizer",
    ),
}


@pytest.mark.parametrize("case", SCHEDULES)
def test_a_schedule_that_is_none(case):
    """No rate is trained with that nobody has chosen."""
    make, kind, words = SCHEDULES[case]
    model = net()
    optimizer = sgd(model)
    with pytest.raises(kind, match=words):
        Trainer(model, optimizer, schedule=make(optimizer), device="cpu").fit(points())


def test_optimizers_that_move_nothing():
    """Frozen weights alone are refused when training starts; LBFGS and an optimizer of others at once."""
    model = net()
    with pytest.raises(TypeError, match="optimizer=SGD must be an optimizer"):
        Trainer(model, SGD, device="cpu")
    for loss, name in ((nn.CrossEntropyLoss, "CrossEntropyLoss"), ("mse", "'mse'")):
        with pytest.raises(TypeError, match=f"loss={name} must be a function of outputs and targets"):
            Trainer(model, sgd(model), loss=loss, device="cpu")
    with pytest.raises(ValueError, match="optimizer=LBFGS computes the loss several times a step"):
        Trainer(model, LBFGS(model.parameters()), device="cpu")
    with pytest.raises(ValueError, match="optimizer holds no parameter of model"):
        Trainer(model, Adam(net().parameters()), device="cpu")
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    trainer = Trainer(model, optim.SGD(model.parameters(), lr=0.1), device="cpu")
    assert trainer.evaluate(points()).count == 96
    with pytest.raises(ValueError, match="frozen weights alone"):
        trainer.fit(points())


@pytest.mark.parametrize("clip", [0, -1.0, float("nan"), "1"])
def test_a_clip_norm_that_is_no_length(clip):
    """A longest gradient is a number above 0."""
    model = net()
    with pytest.raises((ValueError, TypeError), match="clip_norm="):
        Trainer(model, sgd(model), clip_norm=clip, device="cpu")
