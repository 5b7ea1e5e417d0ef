"""Explorers: a pure drawing function and controls on top; without a person, the picture alone."""

from .explorer import Explorer
from .optimizers import draw_optimizer, optimizer_explorer

__all__ = ["Explorer", "draw_optimizer", "optimizer_explorer"]
