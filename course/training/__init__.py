"""Training loop, and a trainer that carries it through a real run.

trainer = Trainer(model, SGD(model.parameters(), lr=0.1))
history = trainer.fit((x, y), validation=(x_val, y_val), epochs=5, batch_size=64, seed=0)
trainer.evaluate((x_test, y_test)).accuracy
"""

from .best import Best
from .checkpoint import CheckpointError, Checkpoints
from .ema import EMA
from .history import History, TensorBoard
from .loop import evaluate, train_one_epoch
from .metrics import Meter, Scores
from .paired import mcnemar_test
from .schedules import constant, cosine, one_cycle, steps
from .seed import seed_everything, use_deterministic_algorithms
from .trainer import Trainer
from .trouble import DeviceMismatch, NonFiniteLoss, OutOfMemory, TrainingError

__all__ = [
    "EMA",
    "Best",
    "CheckpointError",
    "Checkpoints",
    "DeviceMismatch",
    "History",
    "Meter",
    "NonFiniteLoss",
    "OutOfMemory",
    "Scores",
    "TensorBoard",
    "Trainer",
    "TrainingError",
    "constant",
    "cosine",
    "evaluate",
    "mcnemar_test",
    "one_cycle",
    "seed_everything",
    "steps",
    "train_one_epoch",
    "use_deterministic_algorithms",
]
