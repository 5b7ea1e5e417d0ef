"""A small automatic differentiation on numbers; its picture is drawn by course.visualize.graph."""

from .engine import Value, topological

__all__ = ["Value", "topological"]
