"""The trainer: what fit, evaluate and predict promise, and what they leave alone."""

import random

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from course import optim
from course.training import Trainer, train_one_epoch
from course.training.batches import TensorBatches

from .points import conv_net, images, net, points, sgd, weights


def test_fit_is_the_loop():
    """Without extras, fit is train_one_epoch over its batches, to the last bit."""
    ours, theirs = net(), net()
    history = Trainer(ours, sgd(ours), device="cpu").fit(points(), epochs=2, batch_size=16, seed=4)
    optimizer, losses = sgd(theirs), []
    batches = TensorBatches(*points(), 16, seed=4)
    for epoch in (1, 2):
        losses += train_one_epoch(theirs, batches.epoch(epoch), F.cross_entropy, optimizer).step_losses()
    assert history.step_losses == losses and torch.equal(weights(ours), weights(theirs))


def test_overfits_one_batch():
    """Eight images of noise are learnt by heart: loss near 0, every label right."""
    model = conv_net()
    trainer = Trainer(model, optim.Adam(model.parameters(), lr=0.01), device="cpu")
    history = trainer.fit(images(8), epochs=30, batch_size=8)
    assert history["loss"][0] > 1.5 and history["loss"][-1] < 0.01
    assert trainer.evaluate(images(8)).accuracy == 1


@pytest.mark.parametrize("loader", [False, True])
def test_one_seed_gives_the_same_numbers(loader):
    """The same seed repeats every bit, whatever was drawn before; another seed does not."""
    runs = []
    for seed, drawn in ((1, 0), (1, 7), (2, 0)):
        model = net(dropout=0.2)
        torch.rand(drawn), np.random.rand(drawn), [random.random() for _ in range(drawn)]
        trainer = Trainer(model, sgd(model), device="cpu", augment=lambda x: x + torch.randn_like(x))
        data = DataLoader(TensorDataset(*points()), 16, shuffle=True) if loader else points()
        history = trainer.fit(data, points(seed=1), epochs=2, batch_size=16, seed=seed)
        runs.append((history.step_losses, trainer.predict(points()[0]).tolist()))
    assert runs[0] == runs[1] != runs[2]


def test_random_numbers_outside_go_on():
    """fit, evaluate and predict draw without disturbing what the caller draws next."""
    model = net(dropout=0.5)
    trainer = Trainer(model, sgd(model), device="cpu")
    loader = DataLoader(TensorDataset(*points()), 16, shuffle=True)
    draws = []
    for works in ((), (trainer.fit, trainer.evaluate, trainer.predict)):
        torch.manual_seed(3), np.random.seed(3), random.seed(3)
        for work in works:
            work(loader)
        draws.append((torch.rand(2).tolist(), np.random.rand(), random.random()))
    assert draws[0] == draws[1]


def test_measuring_does_not_change_the_training():
    """With validation data or without, the steps are the same."""
    histories = []
    for validation in (None, points(seed=1), DataLoader(TensorDataset(*points()), 16, shuffle=True)):
        model = net(dropout=0.5)
        trainer = Trainer(model, sgd(model), device="cpu")
        histories.append(trainer.fit(points(), validation, epochs=2, batch_size=16).step_losses)
    assert histories[0] == histories[1] == histories[2]


def test_the_history_has_what_was_measured():
    """Rows hold training and validation measures; the training ones are means over the batches met."""
    model = net()
    trainer = Trainer(model, sgd(model), device="cpu")
    history = trainer.fit(points(), points(seed=1), epochs=2, batch_size=20)
    assert history.columns() == ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "lr", "seconds"]
    assert history["epoch"] == [1, 2] and len(history.step_losses) == 10
    sizes = np.array([20, 20, 20, 20, 16])
    assert history["loss"][1] == pytest.approx(np.average(history.step_losses[5:], weights=sizes))
    found = trainer.evaluate(points(seed=1))
    assert history["val_loss"][-1] == pytest.approx(found.loss)
    assert history["val_accuracy"][-1] == found.accuracy


def test_predicts_in_order():
    """Logits come in the order of the data, on the CPU, as from the model in evaluation mode."""
    model = net(dropout=0.5)
    trainer = Trainer(model, sgd(model), device="cpu")
    x, y = points()
    expected = model.eval()(x).detach()
    model.train()
    for data in (x, (x, y), DataLoader(TensorDataset(x, y), 7)):
        torch.testing.assert_close(trainer.predict(data, batch_size=10), expected)
    assert model.training


def test_predicts_with_the_mirror_image():
    """With `flip` the logits are averaged with those of the mirror image, in predict and in evaluate."""
    model = conv_net()
    trainer = Trainer(model, sgd(model), device="cpu")
    x, y = images()
    expected = (trainer.predict(x) + trainer.predict(x.flip(3))) / 2
    torch.testing.assert_close(trainer.predict(x, flip=True), expected)
    assert trainer.evaluate((x, y), flip=True).loss == pytest.approx(F.cross_entropy(expected, y).item())


def test_label_smoothing_is_cross_entropys():
    """The default loss is cross-entropy, with torch's label smoothing if it is asked for."""
    model = net()
    logits, y = model(points()[0]).detach(), points()[1]
    for smoothing in (0.0, 0.2):
        scores = Trainer(model, sgd(model), device="cpu", label_smoothing=smoothing).evaluate(points())
        assert scores.loss == pytest.approx(F.cross_entropy(logits, y, label_smoothing=smoothing).item())


def test_a_regression_has_no_accuracy():
    """Any loss will do; where targets are no labels there are only losses."""
    model = nn.Linear(2, 1)
    trainer = Trainer(model, sgd(model, lr=0.01), loss=nn.MSELoss(), device="cpu")
    x = points()[0]
    history = trainer.fit((x, x[:, :1] * 2), (x, x[:, :1] * 2), epochs=20)
    assert history.columns() == ["epoch", "loss", "val_loss", "lr", "seconds"]
    assert history["val_loss"][-1] < 0.01


def test_pieces_and_layout_do_not_change_the_result():
    """Accumulation and channels_last change where numbers lie, not what comes out."""
    results, layout = [], {"memory_format": torch.channels_last}
    for options in ({}, {"accumulate": 4}, {"channels_last": True}):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 10))
        seen = []
        model[0].register_forward_pre_hook(
            lambda _, inputs, seen=seen: seen.append(inputs[0].is_contiguous(**layout))
        )
        Trainer(model, sgd(model, 0.01), device="cpu", **options).fit(images(), epochs=2, batch_size=16)
        results.append(weights(model.to(memory_format=torch.contiguous_format)))
        assert all(seen) == ("channels_last" in options)
    torch.testing.assert_close(results[1], results[0])
    torch.testing.assert_close(results[2], results[0])


def test_compiles():
    """A compiled model is trained under its own names of weights, with the same numbers."""
    plain, compiled, calls = net(), net(), []

    def backend(graph, inputs):
        calls.append(graph)
        return graph.forward

    Trainer(plain, sgd(plain), device="cpu").fit(points(), batch_size=16)
    trainer = Trainer(compiled, sgd(compiled), device="cpu", compile={"backend": backend})
    trainer.fit(points(), batch_size=16)
    torch.testing.assert_close(weights(compiled), weights(plain))
    assert calls and list(trainer.model.state_dict()) == list(plain.state_dict())


def test_mixes_labels():
    """`mix` may turn labels into probabilities; the training accuracy is then left out."""

    def mix(x, y):
        return (x + x.roll(1, 0)) / 2, (F.one_hot(y, 3) + F.one_hot(y.roll(1), 3)) / 2

    model = net()
    history = Trainer(model, sgd(model), device="cpu", mix=mix).fit(points(), points(), epochs=2)
    assert "accuracy" not in history.columns() and "val_accuracy" in history.columns()


def test_a_second_fit_trains_on():
    """The optimizer's memory and the weights stay; the history begins anew."""
    model = net()
    trainer = Trainer(model, sgd(model), device="cpu")
    first, second = (trainer.fit(points(), epochs=3, batch_size=16) for _ in range(2))
    assert len(second) == 3 and second["loss"][0] < first["loss"][0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"device": "tpu"}, "device='tpu' must be auto, cpu, cuda"),
        ({"device": "cuda:99"}, "device='cuda:99' must be"),
        ({"precision": "float61"}, "precision='float61' is unknown; .*did you mean 'float16'"),
        ({"watch": "steps"}, "watch='steps' is unknown; choose from auto, step, epoch"),
        ({"accumulate": 0}, "accumulate=0 must be at least 1"),
        ({"clip_norm": 0.0}, r"clip_norm=0\.0 must be above 0, or None"),
        ({"ema": 1.0}, r"ema=1\.0 must be at least 0 and below 1"),
        ({"loss": F.cross_entropy, "label_smoothing": 0.1}, r"label_smoothing=0\.1 is for the default loss"),
        ({"optimizer": sgd(nn.Linear(2, 2))}, "optimizer holds no parameter of model"),
    ],
)
def test_says_what_is_allowed(options, message):
    """An argument that makes no sense is refused in one line."""
    model = net()
    with pytest.raises(ValueError, match=message):
        Trainer(model, **{"optimizer": sgd(model), "device": "cpu", **options})


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_resumes_on_a_gpu(tmp_path):
    """With deterministic algorithms a CUDA run that broke off ends with the same bits."""
    torch.use_deterministic_algorithms(True)
    ends = []
    try:
        for stop in (None, 5, None):
            model, steps = conv_net(), []

            def count(x, steps=steps, stop=stop):
                steps.append(1)
                if len(steps) == stop:
                    raise KeyboardInterrupt
                return x + torch.randn_like(x)

            trainer = Trainer(model, sgd(model), device="cuda", augment=count, precision="bfloat16")
            folder = tmp_path / ("cut" if ends else "whole")
            try:
                trainer.fit(images(), epochs=4, batch_size=16, checkpoint=folder)
            except KeyboardInterrupt:
                continue
            ends.append(weights(model))
    finally:
        torch.use_deterministic_algorithms(False)
    assert torch.equal(*ends)
