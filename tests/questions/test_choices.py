"""Answers that are chosen from a few texts."""

import pytest

from course.questions.choices import as_spelt, unknown_choice
from course.questions.judge import judge

RECORD = {"choices": ["too high", "too low"]}


@pytest.mark.parametrize("text", ["too high", "Too High", "  too   high\n", "TOO HIGH"])
def test_case_and_spaces_do_not_matter(text):
    """The answer is spelt as the question spells it, at any depth."""
    assert as_spelt(RECORD, text) == "too high" and unknown_choice(RECORD, text) is None
    assert as_spelt(RECORD, {"a": [text, 3]}) == {"a": ["too high", 3]}


@pytest.mark.parametrize("text", ["too_high", "too-high", "Too - High", "TOO_HIGH"])
def test_underscores_hyphens_and_blanks_are_the_same(text):
    """In the answer as in the choices; without any, the word is another one."""
    assert as_spelt(RECORD, [text]) == ["too high"] and unknown_choice(RECORD, text) is None
    assert as_spelt({"choices": ["batch-norm_1"]}, "Batch norm 1") == "batch-norm_1"
    assert unknown_choice(RECORD, "toohigh").startswith("'toohigh' is none of the choices")


def test_another_text_is_none_of_the_choices():
    """The line says which there are, and gives nothing else away."""
    line = unknown_choice(RECORD, ["too low", "too big"])
    assert line == "'too big' is none of the choices: 'too high', 'too low'"
    assert as_spelt(RECORD, "too big") == "too big"


def test_questions_without_choices_take_any_text():
    """And texts are left alone."""
    assert as_spelt({}, "Any Text") == "Any Text" and unknown_choice({}, "Any Text") is None


def cases(*words):
    """One case for each input, of two curves each."""
    return [{"value": {"$dict": [["curve 1", first], ["curve 2", second]]}} for first, second in words]


RIGHT = cases(("too high", "too low"), ("too low", "too high"))


def test_a_choice_that_does_not_fit_is_told_and_the_right_one_is_not():
    """The card quotes the student's word, and names the curve."""
    record = RECORD | {"rtol": 0, "atol": 0, "answers": RIGHT, "mistakes": [], "variants": []}
    verdict = judge(record, cases(("too high", "Too high"), ("too low", "too high")))
    assert (verdict.kind, verdict.text) == ("wrong", "input 1, curve 2: 'too high' does not fit")
    assert verdict.diagnosed


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ((("too high", "too high"), ("too low", "too high")), ""),
        ((("too high", "too high"), ("too high", "too high")), "; you never say anything else"),
    ],
)
def test_a_word_that_is_never_said_is_told(words, end):
    """Where the right word is said elsewhere, nothing is added."""
    record = RECORD | {"rtol": 0, "atol": 0, "answers": RIGHT, "mistakes": [], "variants": []}
    text = judge(record, cases(*words)).text
    assert text.endswith(f"'too high' does not fit{end}")


def test_words_that_are_never_said_are_named():
    """Of several words."""
    right = cases(("a", "b"), ("c", "d"))
    record = {"choices": list("abcd"), "rtol": 0, "atol": 0, "answers": right, "mistakes": [], "variants": []}
    text = judge(record, cases(("a", "a"), ("c", "c"))).text
    assert text == "curve 2: 'a' does not fit; you never say 'b', 'd'"


def test_a_word_that_a_mistake_chooses_too_is_luck():
    """Of few words two are often the same; a hint needs all that its mistake has wrong."""
    known = {"hint": "exchanged", "answers": cases(("too low", "too high"), ("too high", "too low"))}
    record = RECORD | {"rtol": 0, "atol": 0, "answers": RIGHT, "mistakes": [known], "variants": []}
    assert judge(record, known["answers"]).hint == "exchanged"
    assert judge(record, cases(("too low", "too low"), ("too low", "too high"))).hint is None


def test_no_word_at_all_is_a_return_that_is_not_reached():
    """The card says so, and which words there are."""
    record = RECORD | {"rtol": 0, "atol": 0, "answers": RIGHT, "mistakes": [], "variants": []}
    verdict = judge(record, cases(("too high", None), ("too low", "too high")))
    assert (
        verdict.text
        == "None came back: for some input no return is reached; the choices: 'too high', 'too low'"
    )
    assert verdict.diagnosed and judge(record, RIGHT).right


def test_a_word_is_right_however_it_was_found():
    """Who experiments with a generator of his own, and not with the one at hand, finds out all the same."""
    drawn = [case | {"draws": {"diagnose": 2}} for case in RIGHT]
    record = {"rtol": 0, "atol": 0, "answers": drawn, "mistakes": [], "variants": []}
    strays = [case | {"strays": ["diagnose"]} for case in RIGHT]
    for own in (RIGHT, strays):
        assert judge(RECORD | record, own).right
        assert not judge(record, own).right  # a number that comes from elsewhere is another matter
