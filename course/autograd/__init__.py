"""Autograd: a small automatic differentiation on numbers; course.visualize.graph draws its graph."""

from .engine import Value, topological

__all__ = ["Value", "topological"]
