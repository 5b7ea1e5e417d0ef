"""Training: one readable loop, and a trainer that carries it through a real run.

trainer = Trainer(model, SGD(model.parameters(), lr=0.1))
history = trainer.fit((x, y), validation=(x_val, y_val), epochs=5, batch_size=64, seed=0)
trainer.evaluate((x_test, y_test)).accuracy
"""

from .history import History
from .loop import evaluate, train_one_epoch
from .metrics import Meter, Scores
from .trainer import Trainer

__all__ = ["History", "Meter", "Scores", "Trainer", "evaluate", "train_one_epoch"]
