"""The trainer: against the bare loop, and what it must leave alone."""

import torch
from torch import nn

from course.training import Trainer


def spots(n=96, seed=0):
    """Three classes of points that a line can part."""
    rng = torch.Generator().manual_seed(seed)
    y = torch.arange(n) % 3
    x = torch.randn(n, 2, generator=rng) * 0.3 + torch.tensor([[0.0, 2.0], [2.0, -1.0], [-2.0, -1.0]])[y]
    return x, y


def small_net(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 3))


def test_learns_and_repeats():
    """The same seed gives the same numbers, another seed others; the points are learnt."""
    runs = {}
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        model = small_net()
        trainer = Trainer(model, torch.optim.SGD(model.parameters(), lr=0.5), device="cpu")
        history = trainer.fit(spots(), validation=spots(seed=1), epochs=3, batch_size=10, seed=seed)
        runs[name] = history.step_losses, trainer.predict(spots()[0])
    assert runs["a"][0] == runs["b"][0] and torch.equal(runs["a"][1], runs["b"][1])
    assert runs["a"][0] != runs["c"][0]
    assert history["val_accuracy"][-1] > 0.9 and len(history.step_losses) == 30
