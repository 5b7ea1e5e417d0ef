"""Copied answers are found behind new names; right answers that everybody writes are no copies."""

import copy
import random

import pytest

from course.grading.submission.compose import compose
from course.grading.submission.plagiarism import (
    LONG_ANSWER,
    fingerprints,
    fingerprints_by_question,
    released_fingerprints,
    similar_pairs,
    tokens,
    winnow,
)

OWN = '''
def double(values):
    """Twice each of the values."""
    result = []
    for index in range(len(values)):
        number = values[index]
        if number > 0:
            result.append(number + abs(number))
        else:
            result.append(-(abs(number) * 2))  # negative
    while len(result) < len(values):
        result.insert(0, sum([0.0, 0.0]))
    return [float(item) for item in result if item is not None]
'''
COPY = """
def double(v):
    # all my own work
    out = []

    for i in range(len(v)):
        n = v[i]
        if n > 0:
            out.append(n + abs(n))
        else:
            out.append( -( abs(n)*2 ) )
    while len(out) < len(v):
        out.insert(0, sum([0.0, 0.0]))
    return [float(x)
            for x in out if x is not None]
"""
HALF = "def half(x):\n    return x / 2"


def honest(seed):
    """An answer of its own: other statements in another order."""
    draw = random.Random(seed)
    lines = ["def double(x):"]
    for n in range(12):
        a, b, c = (draw.choice(["x", "y", "1", "2.5", "len(x)", "x[0]", "(x or 3)"]) for _ in range(3))
        lines.append(f"    z{n} = {a} {draw.choice('+-*/%')} {b} {draw.choice(['if', 'and', 'or'])} {c}")
        if "if" in lines[-1]:
            lines[-1] += f" else {draw.randint(1, 9)}"
    return "\n".join([*lines, "    return z1"])


def prints(released, answers):
    """Fingerprints of students with these answers to double; half is everybody's."""
    found = {}
    for student, source in answers.items():
        notebook = copy.deepcopy(released)
        for cell in notebook.cells:
            cell.source = {"double-answer": source, "half-answer": HALF}.get(cell.id, cell.source)
        found[student] = fingerprints_by_question(compose(released, notebook))
    return found


def test_the_example_of_the_paper():
    """Figure 2: the hashes of "adorunrunrunadorunrun", windows of four, select 17, 17, 8, 39, 17."""
    hashes = [77, 74, 42, 17, 98, 50, 17, 98, 8, 88, 67, 39, 77, 74, 42, 17, 98]
    assert winnow(hashes, 4) == {17, 8, 39}
    assert winnow([], 4) == set() and winnow([3, 2], 4) == {2}


def test_names_comments_and_layout_do_not_count():
    """Both writings are the same tokens; numbers, attributes and operators are not normalised away."""
    assert tokens(OWN) == tokens(COPY)
    assert tokens("np.sin(x)") != tokens("np.cos(x)") and tokens("x + 1") != tokens("x + 2")
    assert tokens("'a'\nx = 'b'") == ["name", "=", "text"]
    for rubbish in ("((", "'''", "\0", "if 1:\n  x\n y", "€ = 3", "x" * 100_000):
        assert isinstance(tokens(rubbish), list)


def test_a_copy_is_found_and_nobody_else(released):
    """In a class of twenty: the pair with new names and comments, in the question that it copied."""
    answers = {f"honest {n:02}": honest(n) for n in range(18)} | {"ann": OWN, "bob": COPY}
    pairs = similar_pairs(prints(released, answers), released_fingerprints(released))
    assert [(pair.first, pair.second, pair.questions) for pair in pairs] == [("ann", "bob", ("double",))]
    assert pairs[0].share == 1
    changed = COPY.replace("n + abs(n)", "abs(n) + n").replace("0.0, 0.0", "0.0")
    pairs = similar_pairs(prints(released, answers | {"bob": changed}))
    assert not pairs or pairs[0].share < 1


def test_one_copied_answer_among_own_ones(released):
    """Two notebooks that are unlike but for one long answer: the pair is named with that question alone."""
    honest_class = {f"honest {n:02}": {"double": honest(n), "half": honest(n + 100)} for n in range(18)}
    class_of = honest_class | {
        "ann": {"double": OWN, "half": honest(200) + honest(201)},
        "bob": {"double": COPY, "half": honest(300) + honest(301)},
    }
    found = {}
    for student, answers in class_of.items():
        found[student] = {name: fingerprints(tokens(source)) for name, source in answers.items()}
    assert len(found["ann"]["double"]) >= LONG_ANSWER, "long enough to be compared by itself"
    [pair] = similar_pairs(found)
    assert (pair.first, pair.second, pair.share) == ("ann", "bob", 1)
    assert (pair.questions, pair.whole) == (("double",), False)
    others = {f"same {n}": fingerprints(tokens(honest(400 + n))) for n in range(3)}
    five = found | {name: {"double": found["bob"]["double"], "half": half} for name, half in others.items()}
    assert not [pair for pair in similar_pairs(five) if not pair.whole], "five who wrote it are no pair"


def test_what_many_write_is_no_copy(released):
    """When half of the class has the textbook's answer, nobody is named; nor for what the release gives."""
    answers = {f"honest {n:02}": honest(n) for n in range(10)} | {f"same {n}": OWN for n in range(10)}
    assert similar_pairs(prints(released, answers)) == []
    pair = prints(released, {"ann": OWN, "bob": COPY, "eve": honest(1)})
    assert len(similar_pairs(pair)) == 1
    assert similar_pairs(pair, fingerprints(tokens(OWN))) == []


def test_empty_classes(released):
    """Nobody, and students who wrote next to nothing."""
    assert similar_pairs({}) == []
    assert similar_pairs(prints(released, {"a": "", "b": "", "c": "x = 1"})) == []


@pytest.mark.parametrize("line", ["\\'" * 40_000, "x " + " " * 90_000 + "$", "f'" + "{" * 90_000])
def test_a_line_that_is_no_python_costs_no_time_and_hides_nothing(line):
    """Python's tokenizer would read the rest of such a line once for each of its characters: hours."""
    assert tokens(f"{line}\nx = 1 + 2\n")[-5:] == ["name", "=", "1", "+", "2"]
