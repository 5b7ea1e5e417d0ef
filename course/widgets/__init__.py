"""Explorers and quizzes: controls over what a page shows by itself; without a person, that alone."""

from .backpropagation import backward_explorer, draw_backward
from .explorer import Explorer
from .optimizers import draw_optimizer, optimizer_explorer
from .polynomials import draw_polynomial, polynomial_explorer
from .quiz import quiz

__all__ = [
    "Explorer",
    "backward_explorer",
    "draw_backward",
    "draw_optimizer",
    "draw_polynomial",
    "optimizer_explorer",
    "polynomial_explorer",
    "quiz",
]
