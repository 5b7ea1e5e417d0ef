"""The front door: names, the default, and where downloads go."""

from pathlib import Path

import pytest

from course import data
from course.data import DATASETS, load


def test_digits_are_the_default():
    """`load()` is `load("digits")`."""
    assert load().name == "digits"


def test_an_unknown_name_lists_the_known_and_the_closest():
    """A misspelt set is one line with what there is."""
    with pytest.raises(ValueError) as caught:
        load("fashion-mnist")
    assert str(caught.value) == (
        "name='fashion-mnist' is unknown; choose from digits, photographs, patches, mnist, fashion_mnist, "
        "cifar10 (did you mean 'fashion_mnist'?)"
    )


def test_every_set_is_in_the_docstring():
    """The table in load's docstring has a row for each set."""
    assert all(f"`{name}`" in load.__doc__ for name in DATASETS)


def test_downloads_go_to_the_users_cache(monkeypatch):
    """Without `cache`, the folder is `course` in the user's cache folder; with it, that one."""
    monkeypatch.setitem(data.DATASETS, "mnist", lambda cache: cache)
    monkeypatch.setattr(data, "user_cache_dir", lambda name, appauthor: f"/somewhere/{name}")
    assert load("mnist") == Path("/somewhere/course")
    assert load("mnist", cache="here") == Path("here")
