"""Early stopping, and the best weights kept."""

import pytest
import torch
from torch.nn import functional as F

from course.training import Best, Trainer

from .points import net, points, sgd, weights


def ups_and_downs(losses, **options):
    """A run whose validation loss is as written, epoch after epoch."""
    model = net()
    optimizer = sgd(model)
    rows = iter(losses)

    def loss(logits, y):
        value = F.cross_entropy(logits, y)
        return value if value.requires_grad else torch.tensor(next(rows))

    trainer, seen = Trainer(model, optimizer, loss, device="cpu"), []
    history = trainer.fit(
        points(),
        points(),
        epochs=len(losses),
        batch_size=96,
        best=Best(**options),
        callbacks=[lambda _: seen.append(weights(model))],
    )
    return history, seen, weights(model)


def test_stops_early_and_keeps_the_best():
    """It stops after `patience` epochs without a lower loss, with the weights of the lowest."""
    history, seen, ended = ups_and_downs([3.0, 2.0, 1.0, 1.5, 1.0, 0.5], patience=2)
    assert len(history) == 5 and history.best_epoch == 3
    assert torch.equal(ended, seen[2]) and not torch.equal(ended, seen[4])


def test_the_last_weights_when_the_best_are_not_wanted():
    """Without `keep` the run ends with its last weights; without patience it ends with its last epoch."""
    history, seen, ended = ups_and_downs([3.0, 1.0, 2.0, 2.0, 2.0], keep=False)
    assert len(history) == 5 and history.best_epoch == 2 and torch.equal(ended, seen[-1])


def test_accuracy_is_better_when_higher():
    """Of a column that is no loss, higher is better."""
    model = net()
    best = Best("val_accuracy", patience=1)
    for epoch, accuracy in ((1, 0.5), (2, 0.7), (3, 0.7)):
        best.look({"epoch": epoch, "val_accuracy": accuracy}, model)
    assert best.epoch == 2 and best.stop
    with pytest.raises(ValueError, match="monitor='val_accuracy' was not measured; there are epoch, loss"):
        best.look({"epoch": 1, "loss": 1.0}, model)


def test_patience_is_at_least_an_epoch():
    """A patience of no epochs is refused."""
    with pytest.raises(ValueError, match="patience=0 must be at least 1 epoch, or None"):
        Best(patience=0)
