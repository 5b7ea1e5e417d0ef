"""Which answers a card judges by: those of its notebook's release, or none."""

import json

import pytest

from course.questions import public
from course.questions.values import encode

QUESTION = '@question("double", points=2)\ndef _(rng):\n    return double(rng.integers(9))'
RIGHT = "def double(x):\n    return 2 * x"
OLD, NEW = "01d01d01", "2e22e22e"
FACTOR = {OLD: 2, NEW: 3}  # in the new release the function triples


def write(folder, digest):
    """The answers of one release, as `course build` writes them, of three cases that stand for themselves."""
    import numpy as np

    cases = [{"value": encode(FACTOR[digest] * np.random.default_rng([0, n]).integers(9))} for n in range(3)]
    record = {"question": "double", "points": 2, "rtol": 1e-5, "atol": 1e-6, "answers": cases}
    folder.mkdir(parents=True, exist_ok=True)
    stored = {"digest": digest, "given": [], "solution": "", "questions": {"double": record}}
    (folder / "01_test.json").write_text(json.dumps(stored), "utf-8")


@pytest.fixture
def student(tmp_path, monkeypatch):
    """A student's folder with exercises/, beside an environment with an installed package."""
    (tmp_path / "mine" / "exercises").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "mine" / "exercises")
    monkeypatch.setattr(public, "FOLDER", tmp_path / "site-packages" / "course" / "questions" / "public")
    public._stored.cache_clear()
    yield tmp_path
    public._stored.cache_clear()


def card(notebook, **options):
    """What `begin` prints, and the card of a right answer to the old release."""
    printed = notebook.begin(**options).printed
    notebook.run(RIGHT)
    (shown,) = notebook.run(QUESTION).cards
    return printed, shown["text/plain"]


def test_a_package_of_another_release_does_not_judge(notebook, student):
    """An old wheel beside a new notebook, and a new one beside an old: both say so, and what mends it."""
    for installed, built_with in ((OLD, NEW), (NEW, OLD)):
        public._stored.cache_clear()
        write(public.FOLDER, installed)
        printed, shown = card(notebook, answers=built_with)
        words = (
            "not judged, for the answers at hand are of another release of this exercise; "
            "install the newest course, run: course start --update, and go on in the notebook that it brings"
        )
        assert printed == f"01_test: {words}\n"
        assert shown == f"· double · answered\n  {words}"


def test_the_same_release_judges(notebook, student):
    """Nothing is printed, and the card says that the answer is right."""
    write(public.FOLDER, OLD)
    assert card(notebook, answers=OLD) == ("", "✓ double · correct · 2 of 2 points")


def test_answers_beside_the_notebook_come_first(notebook, student):
    """A release's own answers count before the package's; of two, those of the notebook's release count."""
    write(public.FOLDER, NEW)
    write(student / "mine" / "exercises" / "public", OLD)
    right = ("", "✓ double · correct · 2 of 2 points")
    assert card(notebook, answers=OLD) == right
    assert card(notebook) == right, "a notebook without a digest takes the nearest"
    assert card(notebook, answers=NEW)[1].startswith("✗ double · not right yet"), "judged by the package's"


def test_a_checkout_is_judged_by_its_own_library(notebook, student):
    """A wheel is installed, a checkout is worked in: what `course build` wrote there counts, or is named."""
    root = student / "mine"
    write(public.FOLDER, NEW)
    write(root / "course" / "questions" / "public", OLD)
    (root / "solutions").mkdir()
    (root / "solutions" / "01_test.ipynb").write_text("{}", "utf-8")
    assert card(notebook, answers=OLD) == ("", "✓ double · correct · 2 of 2 points")
    printed, shown = card(notebook, answers="00000000")
    assert printed.endswith("of another release of this exercise; run: course build\n")
    assert shown.startswith("· double · answered\n  not judged")


def test_another_seed_and_the_grader_ask_for_no_answers(notebook, student):
    """Where nothing public is compared, nothing is said of releases."""
    write(public.FOLDER, NEW)
    printed, shown = card(notebook, answers=OLD, seed=3)
    assert printed == "" and "cannot say whether it is right" in shown
    assert notebook.begin(answers=OLD, collect=True).printed == ""
