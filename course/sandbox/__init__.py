"""Kernels that a stranger's code cannot leave, forked from a warm process."""
