"""Limits travel as text and are checked."""

import pytest

from course.sandbox import Limits, environment


def test_limits_travel():
    """What `to_json` writes, `from_json` reads; nothing said means the defaults."""
    limits = Limits(memory_mib=100, processes=7)
    assert Limits.from_json(limits.to_json()) == limits
    assert Limits.from_json("") == Limits()
    assert Limits.from_json('{"processes": 9}').processes == 9


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "1"])
def test_limits_are_positive_integers(value):
    """A limit that is not says so, by name."""
    with pytest.raises(ValueError, match=r"memory_mib=.* must be an integer, at least 1"):
        Limits(memory_mib=value)


@pytest.mark.parametrize("text", ["[]", '{"memory": 1}'])
def test_unknown_limits(text):
    """A limit that does not exist is refused, with the names that do."""
    with pytest.raises(ValueError, match=r"limits=.* must be a JSON object with keys of \['cpu_seconds'"):
        Limits.from_json(text)


def test_environment():
    """Limits and forbidden modules as variables of a kernel's environment."""
    said = environment(Limits(processes=9), ("torch.optim", "torch.nn"))
    assert said["COURSE_WITHOUT"] == "torch.optim,torch.nn"
    assert Limits.from_json(said["COURSE_LIMITS"]).processes == 9
