"""The loop against one written out by hand, and what measuring must leave alone."""

import inspect

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course.training import Trainer, evaluate, train_one_epoch

from .points import conv_net, images, net, points, sgd, weights


def batches(n=96, size=16):
    x, y = points(n)
    return list(zip(x.split(size), y.split(size), strict=True))


def test_is_the_loop_by_hand():
    """Losses and weights are, to the last bit, those of the loop that everybody writes."""
    ours, theirs = net(), net()
    meter = train_one_epoch(ours, batches(), F.cross_entropy, sgd(ours))
    optimizer, losses, hits = sgd(theirs), [], 0
    for x, y in batches():
        optimizer.zero_grad()
        logits = theirs(x)
        loss = F.cross_entropy(logits, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        hits += int((logits.argmax(1) == y).sum())
    assert meter.step_losses() == losses
    assert torch.equal(weights(ours), weights(theirs))
    assert meter.scores().accuracy == hits / 96


def test_can_be_read_aloud():
    """The function that a lecture quotes stands alone: its body has ten lines."""
    source = inspect.getsource(train_one_epoch)
    assert len(source.split('"""')[2].strip().splitlines()) <= 10
    names = set(train_one_epoch.__code__.co_names) & set(train_one_epoch.__globals__)
    assert names == {"Meter"}


def fitted(rows=96, size=16, optimizer=None, **options):
    """A net after one epoch of the trainer on plain batches in order, and what the trainer saw."""
    model = net()
    trainer = Trainer(model, optimizer or sgd(model), device="cpu", **options)
    return model, trainer.fit(batches(rows, size))


@pytest.mark.parametrize("accumulate", [2, 3, 5])
def test_pieces_make_the_same_step(accumulate):
    """A batch cut into pieces, even or uneven, gives the step of the whole batch."""
    (whole, one), (cut, many) = fitted(size=10), fitted(size=10, accumulate=accumulate)
    torch.testing.assert_close(weights(cut), weights(whole), rtol=0, atol=1e-5)
    assert many.step_losses == pytest.approx(one.step_losses, abs=1e-5)
    assert many["accuracy"] == one["accuracy"]


def test_clips_the_whole_gradient():
    """The gradient over all parameters together is scaled down to `clip_norm`, and never up."""
    norms = []

    class Spy(torch.optim.SGD):
        def step(self):
            norms.append(float(nn.utils.get_total_norm([p.grad for p in self.param_groups[0]["params"]])))

    for clip in (None, 0.1, 1e6):
        model = net()
        trainer = Trainer(model, Spy(model.parameters()), device="cpu", clip_norm=clip)
        trainer.fit(batches()[:1])
    free, clipped, never = norms
    assert clipped == pytest.approx(0.1, rel=1e-4) and never == free > 0.1


def test_gradients_do_not_pile_up():
    """Each step sees the gradient of its own batch alone."""
    model, seen = net(), []
    parameter = next(model.parameters())
    optimizer = sgd(model, lr=0.0)

    optimizer.register_step_post_hook(lambda *_: seen.append(parameter.grad.clone()))
    train_one_epoch(model, batches()[:1] * 3, F.cross_entropy, optimizer)
    assert torch.equal(seen[0], seen[1]) and torch.equal(seen[0], seen[2]) and seen[0].abs().sum() > 0


def test_trains_in_training_mode():
    """Dropout and BatchNorm are in training mode, whatever the model was in before."""
    model, modes = conv_net().eval(), []
    model[1].register_forward_hook(lambda module, *_: modes.append(module.training))
    before = model[1].running_mean.clone()
    train_one_epoch(model, [images()], F.cross_entropy, sgd(model))
    assert modes == [True] and not torch.equal(model[1].running_mean, before)


def test_evaluating_leaves_the_model_alone():
    """Modes (a frozen BatchNorm too), weights, running statistics and gradients are as they were."""
    model = conv_net().train()
    model[1].eval()
    x, y = images()
    F.cross_entropy(model(x), y).backward()
    modes = [module.training for module in model.modules()]
    state = {name: value.clone() for name, value in model.state_dict().items()}
    gradients = [p.grad.clone() for p in model.parameters()]
    evaluate(model, [(x, y)], F.cross_entropy)
    assert [module.training for module in model.modules()] == modes
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert all(torch.equal(p.grad, g) for p, g in zip(model.parameters(), gradients, strict=True))


def test_evaluates_in_evaluation_mode():
    """Dropout is off while measuring, and BatchNorm uses its running statistics."""
    model = net(dropout=0.9).train()
    x, y = points()
    scores = evaluate(model, batches(), F.cross_entropy).scores()
    model.eval()
    assert scores.loss == pytest.approx(F.cross_entropy(model(x), y).item(), rel=1e-5)


def test_an_error_in_the_model_restores_its_mode():
    """A model that breaks while it is measured is left in the mode it had."""
    model = net().train()
    with pytest.raises(RuntimeError):
        evaluate(model, [(torch.zeros(4, 99), torch.zeros(4, dtype=torch.long))], F.cross_entropy)
    assert model.training


def test_flip_averages_the_mirror_image():
    """With `flip` the logits are the mean of those of the image and of its mirror image."""
    model = conv_net().eval()
    x, y = images()
    expected = (model(x) + model(torch.flip(x, dims=[3]))) / 2
    scores = evaluate(model, [(x, y)], F.cross_entropy, flip=True).scores()
    assert scores.loss == pytest.approx(F.cross_entropy(expected, y).item(), rel=1e-6)
    assert scores.loss != pytest.approx(F.cross_entropy(model(x), y).item(), rel=1e-3)
