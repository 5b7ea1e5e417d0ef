"""Shared by all tests: figures without a screen, the system's browser, what a notebook claims."""

import os
import re
import shutil
import sys

import pytest

import course.notebooks  # before nbformat, whose import it makes cheap
from course.cli import main

os.environ.setdefault("MPLBACKEND", "agg")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Let pytest-playwright's `browser` be the system's Chromium: nothing is downloaded."""
    if CHROMIUM is None:
        pytest.skip("no Chromium: apt install chromium")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": list(QUIET)}


@pytest.fixture
def course(monkeypatch, capsys):
    """A function that calls the command line; it gives the exit code, and what was printed and told."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["course", *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        said = capsys.readouterr()
        return stop.value.code or 0, said.out, said.err

    return call


@pytest.fixture
def claims():
    """A function that gives a notebook's claims, by cell: lines with a tick, or that end in True or False."""

    def is_claim(line):
        return line.startswith("✓ ") or line.endswith(("True", "False"))

    def claims(notebook):
        found = set()
        for cell in notebook.cells:
            streams = [out.text for out in cell.get("outputs", []) if out.output_type == "stream"]
            lines = re.sub(r" +", " ", "".join(streams)).splitlines()
            found |= {(cell.id, line) for line in lines if is_claim(line)}
        return found

    return claims
