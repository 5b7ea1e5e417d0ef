"""Multiple-choice quiz of a lecture: choose, and read why your choice is right or wrong.

The questions stand in quizzes/NN_topic.json, not in the notebook, so that no answer is in plain sight:

    [{"question": "…", "choices": [{"text": "…", "feedback": "…", "right": true}, …]}, …]

A lecture of your own has its quiz beside it: lectures/quizzes/NN_topic.json counts before the package's.

A program that runs the notebook, and a reader of the stored page, see questions and choices alone.
"""

import json
from html import escape
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

from IPython.display import display, update_display
from ipywidgets import ToggleButtons, VBox

from course.errors import unknown_name

from .explorer import has_reader, show_controls, tell_of_controls

FOLDER = Path(str(files("course.widgets") / "quizzes"))
LETTERS = "abcdef"
HEIGHT = "3.6em"  # kept free for the feedback, so that the next question does not move when it appears


def quiz(session: str) -> None:
    """Show a session's quiz, question by question.

    Args:
        session: the stem of the lecture, such as "06_optimizers".

    Raises:
        ValueError: there is no quiz of that name.
    """
    questions = [
        QuizQuestion(number, item["question"], item["choices"])
        for number, item in enumerate(load_quiz(session), start=1)
    ]
    for question in questions:
        display(question)
    if has_reader():
        _show_sum(questions)
    else:
        tell_of_controls()


def _show_sum(questions: list["QuizQuestion"]) -> None:
    """Below the questions: how many are right, of all; renewed at each press of a button."""
    display_id = uuid4().hex
    display(sum_of(questions), raw=True, display_id=display_id)
    for question in questions:
        question.buttons.observe(
            lambda change: update_display(sum_of(questions), raw=True, display_id=display_id), names="value"
        )


def sum_of(questions: list["QuizQuestion"]) -> dict[str, str]:
    """How many questions stand right now, and how many are open, as text and as HTML."""
    right = sum(question.is_right() for question in questions)
    unanswered = sum(question.buttons.index is None for question in questions)
    told = f"{right} of {len(questions)} right" + (f", {unanswered} open" if unanswered else "")
    return {"text/plain": told, "text/html": f'<p role="status"><b>{told}</b></p>'}


def load_quiz(session: str) -> list[dict]:
    """The questions of a session's quiz, as in the file: beside the notebook, else in the package."""
    known = {path.stem: path for folder in (FOLDER, Path("quizzes")) for path in folder.glob("*.json")}
    if session not in known:
        raise ValueError(unknown_name("session", session, sorted(known)))
    return json.loads(known[session].read_text("utf-8"))


class QuizQuestion:
    """One question with its choices; with a person in front, also buttons, and feedback below them.

    Args:
        number: its place in the quiz, from 1.
        question: the text.
        choices: each with text, feedback and whether it is right.
    """

    def __init__(self, number: int, question: str, choices: list[dict]):
        self.number, self.question, self.choices = number, question, choices
        self.display_id = uuid4().hex
        self.buttons = ToggleButtons(options=[LETTERS[i] for i in range(len(choices))], value=None)
        self.buttons.style.button_width = "3em"
        self.buttons.description = f"Answer {number}"

    def bundle(self) -> dict[str, str]:
        """The question and its choices, as text and as HTML."""
        lines = [f"{LETTERS[i]})  {choice['text']}" for i, choice in enumerate(self.choices)]
        title = f"{self.number}. {self.question}"
        page = [f"<p><b>{escape(title)}</b></p>", *(f"<div>{escape(line)}</div>" for line in lines)]
        return {"text/plain": "\n".join([title, *lines]), "text/html": "".join(page)}

    def feedback(self, chosen: int | None = None) -> dict[str, str]:
        """What is said to a choice, as text and as HTML; nothing before there is one."""
        if chosen is None:
            return {"text/plain": "", "text/html": f'<div style="min-height: {HEIGHT}"></div>'}
        choice = self.choices[chosen]
        sign, color = ("✓ right", "#0072B2") if choice.get("right") else ("✗ not this one", "#D55E00")
        feedback = f"{LETTERS[chosen]}) {sign}. {choice['feedback']}"
        style = (
            f"border-left: 6px solid {color}; padding: 0 12px; box-sizing: border-box; min-height: {HEIGHT}"
        )
        return {
            "text/plain": feedback,
            "text/html": f'<div role="status" style="{style}">{escape(feedback)}</div>',
        }

    def is_right(self) -> bool:
        """Whether the choice that is pressed now is the right one."""
        return self.buttons.index is not None and bool(self.choices[self.buttons.index].get("right"))

    def _ipython_display_(self) -> None:
        display(self.bundle(), raw=True)
        if has_reader():
            show_controls(VBox([self.buttons]))
            display(self.feedback(), raw=True, display_id=self.display_id)
            self.buttons.observe(self._answer, names="value")

    def _answer(self, change: dict) -> None:
        if change["new"] is not None:
            update_display(self.feedback(LETTERS.index(change["new"])), raw=True, display_id=self.display_id)
