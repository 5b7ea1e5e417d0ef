"""Explorers and quizzes: controls over what a page shows by itself; without a person, that alone."""

from .activations import draw_slope, slope_explorer
from .backpropagation import backward_explorer, draw_backward
from .explorer import Explorer
from .half_planes import draw_half_plane, half_plane_explorer
from .optimizers import draw_optimizer, optimizer_explorer
from .polynomials import draw_polynomial, polynomial_explorer
from .quiz import quiz
from .scores import draw_score, score_explorer
from .signals import draw_signals, signal_explorer

__all__ = [
    "Explorer",
    "backward_explorer",
    "draw_backward",
    "draw_half_plane",
    "draw_optimizer",
    "draw_polynomial",
    "draw_score",
    "draw_signals",
    "draw_slope",
    "half_plane_explorer",
    "optimizer_explorer",
    "polynomial_explorer",
    "quiz",
    "score_explorer",
    "signal_explorer",
    "slope_explorer",
]
