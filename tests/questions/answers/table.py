"""The two tests of a session's table of answers; each module imports them beside its RIGHT and WRONG."""


def test_right_answers_are_right(card, right):
    """Loops, lists, lower precision and changed arguments earn the points where the text allows them."""
    assert card(*right) == "right"


def test_wrong_answers_are_told_why(card, wrong):
    """None passes, for any seed, and those with a known cause read about it."""
    question, code, words = wrong
    said = card(question, code)
    assert not said.startswith("right") and words in said, said
