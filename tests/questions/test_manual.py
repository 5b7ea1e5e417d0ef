"""Questions that a person judges: the card keeps the text, and no program says what it is worth."""

import numpy as np
import pytest

from course.questions.manual import LONGEST, WAITING, public_form, verdict_on
from course.questions.values import encode

ESSAY = '@question("essay", points=2, manual=True)\ndef _(rng):\n    return essay()'
RECORD = {"question": "essay", "points": 2, "rtol": 1e-5, "atol": 1e-6, "manual": True, "answers": []}


def one(value):
    return [{"value": encode(value)}]


@pytest.mark.parametrize(
    ("answer", "card"),
    [
        (
            "    return 'Momentum keeps what was.'",
            "✎ essay · kept; a person reads this answer · 2 points waiting",
        ),
        ("    raise NotImplementedError", "○ essay · not attempted yet · 0 of 2 points"),
        ("    return '  '", "○ essay · not attempted yet · 0 of 2 points"),
        ("    print('no return')", "! essay · this cannot be an answer · 0 of 2 points"),
        ("    return 1 / 0", "! essay · stopped with an error · 0 of 2 points"),
        (f"    return 'x' * {LONGEST + 1}", "! essay · this cannot be an answer · 0 of 2 points"),
    ],
)
def test_the_card_says_that_the_text_is_kept(notebook, answer, card):
    """The text is not repeated, only counted; a stub or nothing at all waits for nobody."""
    notebook.begin()
    notebook.run(f"def essay():\n{answer}")
    shown = notebook.run(ESSAY).cards[0]["text/plain"]
    assert shown.split("\n")[0] == card
    if "Momentum" in answer:
        assert shown.split("\n")[1:] == ["  4 words"]
    if "print" in answer:
        assert shown.endswith("\n  your function returned nothing: return the text, do not print it")


def test_it_is_asked_once_and_its_text_goes_to_the_grader(notebook):
    """One case, whatever the seed, with the text as it was written."""
    notebook.begin(seed=7, collect=True)
    notebook.run("def essay():\n    return ' Two\\nlines. '")
    [bundle] = notebook.run(ESSAY).bundles
    assert bundle["manual"] is True and len(bundle["answers"]) == 1
    verdict = verdict_on(RECORD, bundle["answers"])
    assert (verdict.kind, verdict.text, verdict.right, verdict.earned) == (WAITING, "Two\nlines.", False, 0)


def test_the_running_total_names_what_waits(notebook, store_public):
    """It is neither open nor earned."""
    double = RECORD | {"question": "double", "points": 1, "answers": one(2.0) * 3}
    store_public(essay=RECORD, double={name: double[name] for name in double if name != "manual"})
    essay = "def essay():\n    return 'One sentence.'\ndef double(x):\n    return 2 * x"
    notebook.begin(answers="0123abcd")  # as in an exercise
    notebook.run(essay)
    shown = notebook.run(ESSAY).cards[0]["text/plain"]
    assert shown.endswith("0 of 3 points so far; open: double; waiting to be read: essay")
    shown = notebook.run('@question("double")\ndef _(rng):\n    return double(1.0)').cards[0]["text/plain"]
    assert shown.endswith("1 of 3 points so far; waiting to be read: essay")
    notebook.begin()  # as in a solution, whose card is the same before there are public answers
    notebook.run(essay)
    assert notebook.run(ESSAY).cards[0]["text/plain"].endswith("2 points waiting\n  2 words")


@pytest.mark.parametrize(
    "cases",
    [
        None,
        "essay",
        [],
        [None],
        [{}],
        [{"value": {"$array": 3}}],
        one("a") * 2,
        [{"error": 3}],
        [{"value": [[]] * 9}],
    ],
)
def test_forged_answers_wait_for_nobody_or_are_shown_as_they_are(cases):
    """Cases may hold anything; a verdict comes back, and never points."""
    verdict = verdict_on(RECORD, cases)
    assert not verdict.right and verdict.earned == 0


def test_an_answer_need_not_be_text():
    """Numbers and lists are read as Python writes them."""
    assert verdict_on(RECORD, one([1.5, "because"])).text == "[1.5, 'because']"
    assert verdict_on(RECORD, one(np.arange(3.0))).text == "array([0., 1., 2.])"


def test_public_answers_hold_no_text_of_the_solution():
    """A record of a judged question is public as it is."""
    assert public_form(RECORD | {"answers": one("the model answer")}) == RECORD
    judged = {name: RECORD[name] for name in RECORD if name != "manual"} | {"answers": one(1.0)}
    assert public_form(judged) is judged


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ('points={"a": 1}', "points={'a': 1} must be an integer, for with manual=True a person gives them"),
        ('choices=("a", "b")', "choices=('a', 'b') must be left out with manual=True: a person judges"),
        ('says={"a": "b"}', "says={'a': 'b'} must be left out with manual=True: a person judges"),
        ('without=("torch",)', "without=('torch',) must be left out with manual=True: a person judges"),
    ],
)
def test_what_says_what_is_right_is_refused(notebook, arguments, line):
    """One line names the argument."""
    notebook.begin()
    error = notebook.run(f'@question("essay", manual=True, {arguments})\ndef _(rng):\n    return ""').error
    assert isinstance(error, ValueError) and str(error) == line


def test_a_text_in_place_of_the_function(notebook):
    """The line says what is wanted, in place of Python's own words."""
    notebook.begin()
    notebook.run("essay = 'Momentum keeps what was.'")
    shown = notebook.run(ESSAY).cards[0]["text/plain"]
    assert "essay is a value (str), not a function; keep its line def essay(...): as it was given" in shown
