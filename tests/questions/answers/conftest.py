"""Answers as students write them, put to the questions of a solution notebook in this process.

A module names its session, ``STEM = "09_dropout"``, and asks ``card(question, code)`` for what is said. Its
tables RIGHT, of (question, code), and WRONG, of (question, code, words), are put to the tests of `table`.
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


@pytest.fixture(scope="module")
def card(request):
    """What a question says of an answer: "right", "right for some seeds", or its hint or sentence."""
    solution = load_solution(SOLUTIONS / f"{request.module.STEM}.ipynb")
    prepared = {}

    def said(question, code):
        change = partial(exec, compile(textwrap.dedent(code), "an answer", "exec"), solution.namespace)
        with quiet():
            if question not in prepared:
                prepared[question] = prepare(solution, question, SEEDS)
            verdicts = [ask(solution, prepared[question], seed, change) for seed in SEEDS]
        if any(verdict.right for verdict in verdicts):
            return "right" if all(verdict.right for verdict in verdicts) else "right for some seeds"
        return verdicts[0].hint or verdicts[0].text

    yield said
    session._current = None


def pytest_generate_tests(metafunc):
    """A test asks for one row of its module's table by the argument `right` or `wrong`."""
    for argument in {"right", "wrong"} & {*metafunc.fixturenames}:
        table = getattr(metafunc.module, argument.upper())
        rows = table.values() if isinstance(table, dict) else table
        names = table if isinstance(table, dict) else [f"{row[0]}-{row[1].strip()[:40]}" for row in table]
        metafunc.parametrize(argument, rows, ids=names)
