"""Families of mistakes, and one hint over several functions, in a real solution's cells."""

import pytest

from course.questions.judge import MISTAKE, judge
from course.questions.proof import distinct_hints, faults_of

RIGHT = "def log_of(p):\n    return np.log(p)"
FAMILY = """
@mistake("logarithm", "The small number is too large.", tiny=(1e-3, 1e-2), floor=(0, 1e-1))
def log_of(p, tiny=0, *, floor):
    return np.log(np.maximum(p, floor) + tiny)
"""
TWO = """
@mistake("logarithm", "Not this base.")
def log_of(p):
    return np.log2(p)

@mistake("logarithm", "Not this base.")
def log_of(p):
    return np.log10(p)

@variant("logarithm")
def log_of(p):
    return -np.log(1 / p)
"""
ASK = """
@question("logarithm")
def _(rng):
    return log_of(rng.uniform(0.01, 1, size=9))
"""


def record_of(notebook, *cells):
    """The record that the question publishes after these cells."""
    notebook.begin(collect=True)
    for cell in (RIGHT, *cells):
        assert notebook.run(cell).error is None
    result = notebook.run(ASK)
    assert result.error is None
    return result.bundles[0], result.cards[0]["text/plain"]


def test_a_family_is_every_combination_under_one_hint(notebook):
    """Each member is a mistake of its own in the record; card and proof count hints."""
    record, card = record_of(notebook, FAMILY, TWO)
    assert [wrong["hint"] for wrong in record["mistakes"]] == [
        *["The small number is too large."] * 4,
        *["Not this base."] * 2,
    ]
    assert faults_of(record) == [] and len(distinct_hints(record)) == 2
    assert "2 typical mistakes told apart, 1 odd but right accepted" in card
    for wrong in record["mistakes"]:
        verdict = judge(record, wrong["answers"])
        assert (verdict.kind, verdict.hint) == (MISTAKE, wrong["hint"])


def test_running_a_cell_again_replaces_its_versions(notebook):
    """Neither a family nor a class nor a variant is there twice."""
    thing = (
        '@mistake("logarithm", "A class.")\nclass log_of:\n'
        "    def __new__(cls, p):\n        return np.log1p(p)"
    )
    record, _ = record_of(notebook, FAMILY, TWO, thing, FAMILY, TWO, thing)
    assert len(record["mistakes"]) == 7 and len(record["variants"]) == 1


def test_a_family_is_told_apart_from_other_hints(notebook):
    """A member that passes as right, or answers as another hint does, is a fault."""
    record, _ = record_of(notebook, FAMILY.replace("1e-3, 1e-2", "0, 1e-2"), TWO)
    assert faults_of(record) == ["mistake 1 passes as right: The small number is too large."]
    other = TWO.replace("Not this base.", "Base 10.", 2).replace("Base 10.", "Base 2.", 1)
    record, _ = record_of(notebook, other.replace("log10", "log2"))
    assert faults_of(record) == ["mistake 2 answers the same as another: Base 10."]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("tiny=1e-8", "tiny=1e-08 must be a tuple of values"),
        ("tiny=()", "tiny=() must be a tuple of values"),
        ("tiny=range(2)", "tiny=range(0, 2) must be a tuple of values"),
        ("tiny=(1, 2, 3, 4, 5), floor=(1, 2, 3, 4)", "tiny, floor make 20 versions; at most 16"),
        ("huge=(1, 2)", "huge=1: log_of has no parameter of this name"),
    ],
)
def test_bad_families_get_one_line(notebook, arguments, words):
    """The argument, its value, and what is allowed."""
    notebook.begin()
    notebook.run(RIGHT)
    code = f'@mistake("logarithm", "hint", {arguments})\ndef log_of(p, tiny=0, floor=0):\n    return p'
    error = notebook.run(code).error
    assert isinstance(error, ValueError) and words in str(error)
