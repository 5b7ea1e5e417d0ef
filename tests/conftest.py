"""Shared by all tests: figures without a screen, and the system's browser."""

import os
import shutil

import pytest

os.environ.setdefault("MPLBACKEND", "agg")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Let pytest-playwright's `browser` be the system's Chromium: nothing is downloaded."""
    if CHROMIUM is None:
        pytest.skip("no Chromium: apt install chromium")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": list(QUIET)}
