"""A quiz: choices for every reader, feedback for a person, and no answer in plain sight."""

import json

import pytest

from course.widgets.quiz import FOLDER, QuizQuestion, load_quiz, quiz

SESSIONS = sorted(path.name.removesuffix(".json") for path in FOLDER.iterdir() if path.name.endswith(".json"))


@pytest.mark.parametrize("session", SESSIONS)
def test_every_quiz_can_be_answered(session):
    """Each question has two to six choices, exactly one of them right, each with its own feedback."""
    for item in load_quiz(session):
        choices = item["choices"]
        assert item["question"].strip() and 2 <= len(choices) <= 6
        assert sum(bool(choice.get("right")) for choice in choices) == 1
        assert len({choice["text"] for choice in choices}) == len(choices)
        assert all(len(choice["feedback"]) > 10 for choice in choices)


@pytest.mark.parametrize("session", SESSIONS)
def test_no_answer_in_plain_sight(session):
    """What a notebook stores holds no feedback and does not tell right from wrong."""
    for number, item in enumerate(load_quiz(session), start=1):
        stored = json.dumps(QuizQuestion(number, item["question"], item["choices"]).bundle())
        assert not any(json.dumps(choice["feedback"])[1:-1] in stored for choice in item["choices"])
        assert "✓" not in stored and "✗" not in stored


def test_a_letter_is_no_word_of_its_choice():
    """ "a)  A larger test set": the letter stands apart from a choice that begins with the same."""
    choices = [{"text": "A larger test set"}, {"text": "Bigger steps"}]
    lines = QuizQuestion(1, "What helps?", choices).bundle()["text/plain"].splitlines()
    assert lines == ["1. What helps?", "a)  A larger test set", "b)  Bigger steps"]


def test_a_program_gets_the_questions_and_one_sentence(kernel):
    """Below all questions stands once that there are controls."""
    take = "import os; name = os.environ.pop('JPY_SESSION_NAME')"
    try:
        messages = kernel.run(f"{take}\nfrom course.widgets import quiz\nquiz('06_optimizers')")
    finally:
        kernel.run("os.environ['JPY_SESSION_NAME'] = name")
    *questions, sentence = kernel.of_type(messages, "display_data")
    assert len(questions) == len(load_quiz("06_optimizers"))
    assert all("text/html" in question["data"] for question in questions)
    assert sentence["data"] == {"text/plain": "Run this cell to get the controls."}


def test_a_person_presses_a_button_and_reads_the_feedback(kernel):
    """Below the buttons each of them replaces one feedback by that of its choice, in place."""
    item = load_quiz("06_optimizers")[0]
    messages = kernel.run("from course.widgets import quiz\nquiz('06_optimizers')")
    shown = kernel.of_type(messages, "display_data")
    *shown, total = shown
    questions, controls, feedbacks = shown[::3], shown[1::3], shown[2::3]
    assert total["data"]["text/plain"] == f"0 of {len(questions)} right, {len(questions)} open"
    sentences = {control["data"]["text/plain"] for control in controls}
    assert sentences == {"Run this cell to get the controls."}
    assert all("widget-view" in "".join(control["data"]) for control in controls)
    states = [m for m in kernel.of_type(messages, "comm_open") if "target_name" in m]
    buttons = [m["comm_id"] for m in states if m["data"]["state"].get("_model_name") == "ToggleButtonsModel"]
    assert len(questions) == len(buttons) == len(load_quiz("06_optimizers"))
    for index, choice in enumerate(item["choices"]):
        update, summed = kernel.of_type(kernel.move(buttons[0], index=index), "update_display_data")
        right = int(bool(choice.get("right")))
        assert summed["transient"]["display_id"] == total["transient"]["display_id"]
        assert summed["data"]["text/plain"] == f"{right} of {len(questions)} right, {len(questions) - 1} open"
        assert update["transient"]["display_id"] == feedbacks[0]["transient"]["display_id"]
        assert choice["feedback"] in update["data"]["text/plain"]
        assert ("✓ right" in update["data"]["text/plain"]) is bool(choice.get("right"))
        others = [other["feedback"] for other in item["choices"] if other is not choice]
        assert not any(feedback in update["data"]["text/plain"] for feedback in others)


def test_an_unknown_quiz():
    """The line lists the quizzes that there are."""
    with pytest.raises(ValueError, match=r"session='06_optimisers' is unknown; choose from .*06_optimizers"):
        quiz("06_optimisers")
