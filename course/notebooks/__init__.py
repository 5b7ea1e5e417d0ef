"""Notebooks as files: found, read, normalised, filled with quotes, cut into exercises, executed.

No torch here. Student code runs in kernels only, which `execute` starts.
"""
