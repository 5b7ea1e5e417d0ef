"""Answer parser: its value by dict keys and list positions, and what was noted while it was computed.

A list that is a plain numeric array stays whole. Parts have names for people: "running mean",
"part 2 of 'training'". Solution and student are taken apart together; where their structures differ, that
place is one part.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .compare import as_array, difference
from .values import UnusableValue, decode

LIMIT_PARTS = 1000
CHANGED, DRAWS, STRAYS = FACTS = ("changed", "draws", "strays")
MISSING = object()


@dataclass(frozen=True)
class Answer:
    """A case that holds a readable value, and its facts: how often each name was noted."""

    value: object
    facts: dict[str, dict[str, int]]
    case: dict


@dataclass(frozen=True)
class Part:
    """One part of an answer, for all inputs: what the solution has there, and what the student has.

    `path` holds ("key", key) and ("at", position) from the outside in, or only the name of a fact.
    """

    path: tuple
    expected: list
    answers: list
    rtol: float
    atol: float

    @property
    def fact(self) -> str | None:
        """Which fact this is; None for a part of the value."""
        return self.path[0] if self.path and self.path[0] in FACTS else None

    @property
    def name(self) -> str:
        """What people call this part; empty for a value that is not taken apart."""
        name, quoted = "", False
        for kind, key in () if self.fact else self.path:
            if kind == "at":
                owner = f" of '{name}'" if quoted else f" of {name}" if name else ""
                name, quoted = f"part {key + 1}{owner}", False
            else:
                label = key if isinstance(key, str) else repr(key)
                name, quoted = f"{name}, {label}" if name else label, True
        return name

    def is_right(self, number: int, answer: object) -> bool:
        """Whether this is right for an input; more may be drawn than expected, and less may stray."""
        expected = self.expected[number]
        if self.fact == DRAWS:
            return all(answer.get(name, 0) >= times for name, times in expected.items())
        if self.fact == STRAYS:
            return answer.keys() <= expected.keys()
        return self.same(expected, answer)

    def same(self, left: object, right: object) -> bool:
        """Whether two values of this part are the same, as a mistake's and a student's must be."""
        if self.fact:
            return left == right
        if left is MISSING or right is MISSING:
            return left is right
        return difference(left, right, self.rtol, self.atol) is None


def read(case: object) -> Answer | None:
    """Decode a case; None when it holds no value that can be read. It may come from anybody."""
    if not isinstance(case, dict) or "error" in case or "value" not in case:
        return None
    try:
        return Answer(decode(case["value"]), {fact: noted(case, fact) for fact in FACTS}, case)
    except (UnusableValue, RecursionError):
        return None


def noted(case: dict, fact: str) -> dict[str, int]:
    """The names that a case notes under a fact, such as "w of sgd_step"; forged ones may hold anything."""
    names = case.get(fact)
    if isinstance(names, list):
        names = dict.fromkeys((name for name in names if isinstance(name, str)), 1)
    if not isinstance(names, dict) or len(names) > LIMIT_PARTS:
        return {}
    return {name[:200]: times for name, times in names.items() if type(name) is str and type(times) is int}


def take_apart(record: dict, expected: list[Answer], answers: list[Answer]) -> list[Part]:
    """The parts of a student's answers beside the solution's, one answer for each input."""
    paths = list(_paths([x.value for x in expected], [x.value for x in answers], ()))
    if len(paths) > LIMIT_PARTS:
        paths = [()]
    rtol, atol = record["rtol"], record["atol"]
    drawn = () if record.get("choices") else ((STRAYS,), (DRAWS,))  # a word is right however it was found
    return [
        Part(path, [find(x, path) for x in expected], [find(x, path) for x in answers], rtol, atol)
        for path in (*drawn, *paths, (CHANGED,))
    ]


def find(answer: Answer, path: tuple) -> object:
    """What stands at a path of an answer; MISSING when there is no such place."""
    if path and path[0] in FACTS:
        return answer.facts[path[0]]
    value = answer.value
    for kind, key in path:
        value = value.tolist() if kind == "at" and isinstance(value, np.ndarray) else value
        if not isinstance(value, dict if kind == "key" else list):
            return MISSING
        try:
            value = value[key]
        except (KeyError, IndexError):
            return MISSING
    return value


def _paths(expected: list, answers: list, path: tuple) -> Iterator[tuple]:
    """Where a value can be taken apart: all inputs have the same keys or positions there."""
    everything = [*expected, *answers]
    keys: list[tuple] = []
    if (
        isinstance(expected[0], dict)
        and expected[0]
        and all(isinstance(x, dict) and x.keys() == expected[0].keys() for x in everything)
    ):
        keys = [("key", key) for key in expected[0]]
    elif isinstance(expected[0], list) and any(as_array(x) is None for x in expected):
        everything = [x.tolist() if isinstance(x, np.ndarray) else x for x in everything]
        if all(isinstance(x, list) and len(x) == len(expected[0]) for x in everything):
            keys = [("at", position) for position in range(len(expected[0]))]
    if not keys or len(keys) > LIMIT_PARTS:
        yield path
        return
    count = len(expected)
    for step in keys:
        inner = [x[step[1]] for x in everything]
        yield from _paths(inner[:count], inner[count:], (*path, step))
