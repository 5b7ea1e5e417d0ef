"""A real IPython shell, one session at a time, and public answers in a folder of their own."""

import json
from types import SimpleNamespace

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from course.questions import public, session
from course.questions.ask import ANSWERS

DIGEST = "0123abcd"  # that an exercise names; a solution names none


class Notebook:
    """Runs cells as a kernel does, and keeps what they display."""

    def __init__(self, shell):
        self.shell = shell

    def run(self, source):
        """Run one cell: its cards and bundles in order, its error, what it printed."""
        with capture_output() as out:
            result = self.shell.run_cell(source, store_history=False)
        data = [output.data for output in out.outputs]
        return SimpleNamespace(
            cards=[item for item in data if "text/html" in item],
            bundles=[item[ANSWERS] for item in data if ANSWERS in item],
            data=data,
            error=result.error_before_exec or result.error_in_exec,
            printed=out.stdout,
        )

    def begin(self, **options):
        """A fresh kernel's first cell."""
        session._current = None
        arguments = ", ".join(f"{name}={value!r}" for name, value in options.items())
        return self.run(
            "import numpy as np\n"
            "from course.questions import begin, mistake, question, variant\n"
            f"begin('01_test', {arguments})"
        )


@pytest.fixture(scope="session")
def shell():
    """One shell for all tests, without a history file."""
    config = Config()
    config.HistoryManager.enabled = False
    yield InteractiveShell.instance(config=config)
    InteractiveShell.clear_instance()


@pytest.fixture
def notebook(shell):
    """A shell with an empty namespace and no session."""
    given = dict(shell.user_ns)
    yield Notebook(shell)
    for name in set(shell.user_ns) - set(given):
        del shell.user_ns[name]
    session._current = None


@pytest.fixture
def store_public(tmp_path, monkeypatch):
    """Store records as the public answers of the session 01_test."""

    def store(*given, **records):
        stored = {"solution": "", "digest": DIGEST, "questions": records, "given": given}
        (tmp_path / "01_test.json").write_text(json.dumps(stored), "utf-8")

    monkeypatch.setattr(public, "FOLDER", tmp_path)
    public._stored.cache_clear()
    yield store
    public._stored.cache_clear()
