"""Every picture that a test of this folder draws also proves that it leaves its arguments as they were."""

import runpy
from pathlib import Path

import course.visualize

runpy.run_path(str(Path(__file__).parents[1] / "untouched.py"))["watch"](course.visualize)
