"""Mutated notebooks and messages of a kernel: whatever comes, the grader gives a result; see fuzz.py."""

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def fuzz():
    """The fuzzer, which is a script."""
    spec = importlib.util.spec_from_file_location("fuzz", Path(__file__).with_name("fuzz.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["try_notebook", "try_messages"])
def test_mutations_break_nothing(fuzz, name):
    """Three hundred of each; a number that is printed makes the same one again."""
    task = fuzz.exercise()
    found = [fuzz.run(getattr(fuzz, name), task, number) for number in range(300)]
    assert [what for what in found if what] == []


def test_mutations_mutate(fuzz):
    """The fuzzer reaches what it is for: files that are refused, messages that are dropped, and good ones."""
    task, refused = fuzz.exercise(), 0
    broken = fuzz.run(lambda task, chance: 1 / 0, task, 3)
    assert "3: ZeroDivisionError" in broken
    plain = fuzz.json.loads(fuzz.json.dumps(task.released))
    for number in range(100):
        try:
            raw = fuzz.json.dumps(fuzz.mutated(plain, fuzz.random.Random(number))).encode()
            fuzz.parse_submission(raw)
        except fuzz.NotebookError:
            refused += 1
    assert 10 < refused < 90
