"""The tests of a session's table of answers; each module imports them beside its RIGHT and WRONG."""

from course.mutants.command import Choice, check_solution
from course.mutants.table import Report

from .conftest import LONG, SEEDS


def test_right_answers_are_right(card, right):
    """Loops, lists, lower precision and changed arguments earn the points where the text allows them."""
    assert card(*right) == "right"


def test_wrong_answers_are_told_why(card, wrong):
    """None passes, for any seed, and those with a known cause read about it."""
    question, code, words = wrong
    said = card(question, code)
    assert not said.startswith("right") and words in said, said


def test_a_sample_of_changed_answers_is_refused(asker):
    """One mutant of each question, always the same; tests/mutants asks all of them at night."""
    stem = asker.solution.stem
    late = LONG.get(stem, ())
    for name in asker.solution.session.asked:
        if name not in late:
            asker.question(name)
    choice, report = Choice(sample=1, seeds=SEEDS, without=late), Report(stem)
    check_solution(asker.solution, choice, report, asker.prepared)
    assert report.figures and report.faults == []
