"""Answers as students write them, put to the questions of a solution notebook in this process.

A module names its session, ``STEM = "09_dropout"``, and asks ``card(question, code)`` for what is said. Its
tables RIGHT, of (question, code), and WRONG, of (question, code, words), are put to the tests of `table`. The
questions of LONG wait for the night: to ask them takes seconds.
"""

import textwrap
from functools import partial
from pathlib import Path

import pytest

from course.mutants.bounds import quiet
from course.mutants.proof import ask, prepare
from course.mutants.solution import load_solution
from course.questions import session

SOLUTIONS = Path(__file__).parents[3] / "solutions"
SEEDS = (0, 1_000_003)
LONG = {
    "05_activations": ("diagnose",),
    "06_optimizers": ("edge",),
    "07_convolution": ("project", "faults"),
    "08_augmentation": ("diagnosis",),
}
trains = pytest.mark.nightly(
    "takes seconds; `course check` proves the question's mistakes by day", early=True
)


class Asker:
    """A solution, and its questions, each prepared when it is asked for the first time."""

    def __init__(self, stem):
        self.solution = load_solution(SOLUTIONS / f"{stem}.ipynb")
        self.prepared = {}

    def question(self, name):
        """A question with what it expects for all seeds."""
        if name not in self.prepared:
            with quiet():
                self.prepared[name] = prepare(self.solution, name, SEEDS)
        return self.prepared[name]

    def verdicts(self, question, code):
        """What an answer is worth, for each of the seeds."""
        change = partial(exec, compile(textwrap.dedent(code), "an answer", "exec"), self.solution.namespace)
        prepared, (first, *others) = self.question(question), SEEDS
        with quiet():  # of the other seeds one wrong case is enough: see `course.mutants.proof`
            verdicts = [ask(self.solution, prepared, first, change)]
            verdicts += [ask(self.solution, prepared, seed, change, whole=False) for seed in others]
        return verdicts

    def said(self, question, code):
        """What a question says of an answer: "right", "right for some seeds", or its hint or sentence."""
        verdicts = self.verdicts(question, code)
        if any(verdict.right for verdict in verdicts):
            return "right" if all(verdict.right for verdict in verdicts) else "right for some seeds"
        return verdicts[0].hint or verdicts[0].text


@pytest.fixture(scope="module")
def asker(request):
    """The solution of the module's session."""
    yield Asker(request.module.STEM)
    session._current = None


@pytest.fixture(scope="module")
def whole_card(asker):
    """All that a question says of an answer: its hints, and the sentence about what they leave."""

    def said(question, code):
        verdict = asker.verdicts(question, code)[0]
        return "\n".join(filter(None, (verdict.hint, verdict.text)))

    return said


@pytest.fixture(scope="module")
def card(asker):
    """What a question says of an answer."""
    return asker.said


def pytest_generate_tests(metafunc):
    """A test asks for one row of its module's table by the argument `right` or `wrong`."""
    for argument in {"right", "wrong"} & {*metafunc.fixturenames}:
        table = getattr(metafunc.module, argument.upper())
        rows = table.values() if isinstance(table, dict) else table
        names = table if isinstance(table, dict) else [f"{row[0]}-{row[1].strip()[:40]}" for row in table]
        late = LONG.get(metafunc.module.STEM, ())
        marked = [pytest.param(row, marks=trains if row[0] in late else ()) for row in rows]
        metafunc.parametrize(argument, marked, ids=names)
