"""Explorers and quizzes: controls over what a page shows by itself; without a person, that alone."""

from .explorer import Explorer
from .optimizers import draw_optimizer, optimizer_explorer
from .quiz import quiz

__all__ = ["Explorer", "draw_optimizer", "optimizer_explorer", "quiz"]
