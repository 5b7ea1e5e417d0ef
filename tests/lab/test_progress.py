"""States are read from cards in notebooks, whatever those notebooks hold."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import UsageError
from course.lab.progress import count, find_place, read_all, read_progress
from course.notebooks.cells import asked
from course.notebooks.document import read_notebook
from course.notebooks.execute import execute
from course.notebooks.workbook import find_workbook
from course.questions.cards import LOOKS, Card, read_card
from course.questions.judge import CORRECT, MISSING, WRONG, Verdict


def asking(name, *cards, points=2):
    """A question's cell with cards, each given as output data or as a Card."""
    outputs = [
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"text/plain": repr(card)} if isinstance(card, Card) else card,
        }
        for card in cards
    ]
    return {
        "cell_type": "code",
        "id": f"{name}-question",
        "metadata": {},
        "execution_count": 1,
        "source": f'@question("{name}", points={points})\ndef _(rng):\n    return 1',
        "outputs": outputs,
    }


def place(tmp_path, *cells):
    """A folder with one exercise of these cells."""
    (tmp_path / "exercises").mkdir(exist_ok=True)
    head = {
        "cell_type": "markdown",
        "id": "title",
        "metadata": {},
        "source": "# Session 6: optimizers\n\nText",
    }
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [head, *cells]}
    (tmp_path / "exercises" / "06_optimizers.ipynb").write_text(json.dumps(notebook), "utf-8")
    return tmp_path


def card(name, kind, points=2):
    """A card as a student's kernel makes it."""
    return Card(name, points, Verdict(kind, "input 1: differs", "a hint"), "a note")


@pytest.mark.parametrize("kind", LOOKS)
def test_every_card_can_be_read_back(kind):
    """What a card says in plain text names its question and its kind, for every kind."""
    assert read_card(repr(card("momentum_2", kind)))[:2] == ("momentum_2", kind)


def test_text_that_is_no_card():
    """Other text, and what is no text, is no card."""
    for text in ("", "✓", "✓ momentum", "momentum · correct", "✓ A B · correct", None, 3, ["✓ a · correct"]):
        assert read_card(text) is None


def test_points_by_part_count(tmp_path):
    """A card that is not right shows what its right parts earn; never more than the question is worth."""
    some = Card("adam", 2, Verdict(WRONG, "slope: the sign is turned", earned=1))
    assert read_card(repr(some)) == ("adam", WRONG, 1)
    assert read_progress(place(tmp_path, asking("adam", some)), "06_optimizers").state == "1 of 2 points"
    forged = Card("adam", 900, Verdict(WRONG, "", earned=800))
    assert read_progress(place(tmp_path, asking("adam", forged)), "06_optimizers").state.endswith(
        "of 2 points"
    )


def test_the_states_in_words(tmp_path):
    """Not started, n of m points, done."""
    missing, wrong, right = (card("adam", kind) for kind in (MISSING, WRONG, CORRECT))
    for cells, said in [
        ([asking("adam"), asking("nag")], "not started, 4 points"),
        ([asking("adam", missing), asking("nag")], "not started, 4 points"),
        ([asking("adam", wrong), asking("nag")], "0 of 4 points"),
        ([asking("adam", right), asking("nag")], "2 of 4 points"),
        ([asking("adam", right), asking("nag", card("nag", CORRECT))], "done, 4 of 4 points"),
    ]:
        progress = read_progress(place(tmp_path, *cells), "06_optimizers")
        assert (progress.title, progress.state) == ("Session 6: optimizers", said)


def test_a_card_counts_below_its_own_question_only(tmp_path):
    """A card of another question, of a plain cell, twice, or with forged points gives nothing more."""
    plain = asking("nag", card("nag", CORRECT)) | {"id": "plain", "source": "print(1)"}
    twice = asking("adam", card("adam", CORRECT)) | {"id": "again"}
    forged = {"text/plain": "✓ sgd · correct · 99 of 2 points"}
    other = asking("nag", card("adam", CORRECT))
    cells = [asking("adam", card("adam", CORRECT)), twice, plain, other]
    progress = read_progress(place(tmp_path, *cells, asking("sgd", forged)), "06_optimizers")
    assert (progress.points, progress.earned) == (6, 4)


def test_the_last_card_of_a_cell_counts(tmp_path):
    """A cell that shows two cards of its question counts by the later one."""
    cell = asking("adam", card("adam", CORRECT), card("adam", WRONG))
    assert read_progress(place(tmp_path, cell), "06_optimizers").state == "0 of 2 points"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("✓ adam · correct"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(data=JSON, points=st.sampled_from(["2", "-1", "10**9", "'x'", "1e400", "True", "None", "9" * 30]))
def test_hostile_outputs_have_a_state(tmp_path_factory, data, points):
    """Whatever stands in an output or as points, a state in words comes back."""
    cell = asking("adam", {"text/plain": data, "text/html": data}, points=points)
    folder = place(tmp_path_factory.mktemp("hostile"), cell)
    assert isinstance(read_progress(folder, "06_optimizers").state, str)
    cell["outputs"] = data
    assert isinstance(read_progress(place(folder, cell), "06_optimizers").state, str)


def test_broken_files_have_a_state(tmp_path):
    """Empty, half-written, deeply nested, foreign files and a folder are told apart from unsolved ones."""
    folder = place(tmp_path, asking("adam"))
    broken = {"a": "", "b": '{"cells": [', "c": "[" * 10**5, "d": "[]", "e": '{"cells": 3}', "f": "\0\0"}
    for name, text in broken.items():
        (folder / "exercises" / f"{name}.ipynb").write_text(text, "utf-8")
    (folder / "exercises" / "g.ipynb").mkdir()
    states = {progress.session: progress.state for progress in read_all(folder)}
    assert states.pop("06_optimizers").startswith("not started, ")
    assert set(states) == set("abcdefg") and set(states.values()) == {"cannot be read"}


def test_exercises_alone_are_enough(tmp_path):
    """A student needs no lectures/ and no solutions/; a lecture without an exercise is listed as well."""
    folder = place(tmp_path, asking("adam"))
    assert find_place(folder / "exercises") == folder
    assert [(p.lecture, p.state) for p in read_all(folder)] == [(None, "not started, 2 points")]
    (folder / "lectures").mkdir()
    (folder / "lectures" / "01_start.ipynb").write_text("broken")
    first = read_all(folder)[0]
    assert (first.session, first.title, first.state) == ("01_start", "01 start", "no exercise here")


def test_without_exercises_one_line_says_so(tmp_path):
    """A folder without exercises is refused."""
    with pytest.raises(UsageError, match="neither here nor in a folder above"):
        find_place(tmp_path)


@pytest.mark.nightly("runs a whole exercise; the cards of a small one are judged by day", early=True)
@pytest.mark.slow
def test_a_solution_that_was_run_is_done(tmp_path):
    """An exercise into which the answers were written, run by a real kernel, is done with all its points."""
    workbook, stem = find_workbook(), "06_optimizers"
    exercise = read_notebook(workbook.path("exercises", stem))
    answers = {cell.id: cell.source for cell in read_notebook(workbook.path("solutions", stem)).cells}
    for cell in exercise.cells:
        cell.source = answers[cell.id]
    (tmp_path / "exercises").mkdir()
    run = execute(exercise, cwd=tmp_path / "exercises")
    points, earned, started = count(run.notebook)
    worth = sum(question.points for question in asked(exercise))
    assert started and points == earned == worth > 10
