"""Shared by all tests: figures without a screen."""

import os

os.environ.setdefault("MPLBACKEND", "agg")
