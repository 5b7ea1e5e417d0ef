"""Answers that are as_spelt from a few texts."""

import pytest

from course.questions.choices import as_spelt, unknown_choice

RECORD = {"choices": ["too high", "too low"]}


@pytest.mark.parametrize("text", ["too high", "Too High", "  too   high\n", "TOO HIGH"])
def test_case_and_spaces_do_not_matter(text):
    """The answer is spelt as the question spells it, at any depth."""
    assert as_spelt(RECORD, text) == "too high" and unknown_choice(RECORD, text) is None
    assert as_spelt(RECORD, {"a": [text, 3]}) == {"a": ["too high", 3]}


def test_another_text_is_none_of_the_choices():
    """The line says which there are, and gives nothing else away."""
    line = unknown_choice(RECORD, ["too low", "too big"])
    assert line == "'too big' is none of the choices: 'too high', 'too low'"
    assert as_spelt(RECORD, "too big") == "too big"


def test_questions_without_choices_take_any_text():
    """And texts are left alone."""
    assert as_spelt({}, "Any Text") == "Any Text" and unknown_choice({}, "Any Text") is None
