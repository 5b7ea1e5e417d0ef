"""The course's own records: known mistakes keep their hints, and answers turned by program are diagnosed."""

import copy
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from course.questions.compare import as_array
from course.questions.judge import judge
from course.questions.parts import read, take_apart
from course.questions.values import encode

pytestmark = pytest.mark.slow

PUBLIC = Path(__file__).parents[2] / "course" / "questions" / "public"
LEAST = 0.95  # of the turned answers that get a hint or a diagnosis


def records():
    """All public records, each with a name."""
    for path in sorted(PUBLIC.glob("*.json")):
        for name, record in json.loads(path.read_text("utf-8"))["questions"].items():
            yield f"{path.stem} {name}", record


@pytest.mark.nightly("all records; `course check` proves the mistakes of each question by day")
def test_every_known_mistake_keeps_its_hint():
    """An answer that is a mistake as a whole gets that hint, whatever its parts say; right stays right."""
    for name, record in records():
        for wrong in record["mistakes"]:
            assert judge(record, wrong["answers"]).hint == wrong["hint"], name
        for answers in (record["answers"], *record["variants"]):
            assert judge(record, answers).right, name


def put(value, path, new):
    """The value with something else at a path."""
    if not path:
        return new
    value = value.tolist() if isinstance(value, np.ndarray) else copy.copy(value)
    value[path[0][1]] = put(value[path[0][1]], path[1:], new)
    return value


@pytest.fixture(scope="module")
def numeric_parts():
    """Every part that is an array of numbers: its name, the record and its right answers, path and arrays."""
    found = []
    for name, record in records():
        right = [read(case) for case in record["answers"]]
        for part in take_apart(record, right, right):
            arrays = [None if part.fact else as_array(value) for value in part.expected]
            if all(array is not None and array.dtype.kind in "iuf" and array.size for array in arrays):
                found.append((f"{name}: {part.name}", record, right, part.path, arrays))
    return found


def turned(turn, record, right, path, arrays):
    """Cases of which one part is turned; None when it cannot be."""
    new = [turn(array) for array in arrays]
    if any(array is None for array in new):
        return None
    pairs = zip(record["answers"], right, new, strict=True)
    return [case | {"value": encode(put(own.value, path, array))} for case, own, array in pairs]


def last_row_wrong(array):
    other = array.astype(float)
    other[-1:] += 1.5 + np.arange(other[-1:].size).reshape(other[-1:].shape)
    return other


TURNS = {
    "sign": lambda array: -array.astype(float),
    "twice": lambda array: 2 * array.astype(float),
    "times 7.5": lambda array: 7.5 * array if array.size > 1 else None,
    "plus 3.25": lambda array: 3.25 + array if len(np.unique(array)) > 2 else None,
    "transposed": lambda array: array.swapaxes(-1, -2) if array.ndim > 1 else None,
    "reversed": lambda array: array[::-1] if array.ndim else None,
    "rolled": lambda array: np.roll(array, 1, -1) if array.ndim and len(np.unique(array)) > 3 else None,
    "one too few": lambda array: array[:-1] if array.ndim and len(array) > 1 else None,
    "an axis too many": lambda array: array[None],
    "flattened": lambda array: array.ravel() if array.ndim > 1 else None,
    "squared": lambda array: np.square(array.astype(float)),
    "absolute": lambda array: abs(array) if (array < 0).any() else None,
    "rounded": lambda array: np.round(array, 2) if array.dtype.kind == "f" else None,
    "float16": lambda array: array.astype(np.float16) if array.dtype.kind == "f" else None,
    "NaN": lambda array: np.where(np.arange(array.size).reshape(array.shape), array, np.nan),
    "last row": lambda array: last_row_wrong(array) if array.ndim and len(array) > 2 else None,
}


LATER = (
    "plus 3.25",
    "reversed",
    "an axis too many",
    "flattened",
    "squared",
    "absolute",
    "rounded",
    "last row",
)
another = pytest.mark.nightly("one more kind; eight kinds stand for it by day", early=True)
later = pytest.mark.nightly("every third part of every question; every twentieth by day")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("every", [20, pytest.param(3, marks=later)])
@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=another if kind in LATER else ()) for kind in TURNS]
)
def test_answers_turned_by_program_are_diagnosed(numeric_parts, kind, every):
    """At least 95 % of each kind get a hint or a diagnosis; what no mistake does gets no hint."""
    counts, plain = Counter(), []
    for name, *part in numeric_parts[list(TURNS).index(kind) % every :: every]:
        cases = turned(TURNS[kind], *part)
        verdict = judge(part[0], cases) if cases else None
        if verdict is None or verdict.right:
            continue
        told = verdict.hint is not None or verdict.diagnosed
        counts[told] += 1
        plain += [] if told else [f"{name}: {verdict.text}"]
        assert kind not in ("times 7.5", "plus 3.25", "float16") or verdict.hint is None, name
    assert counts[True] >= LEAST * counts.total() > 0, f"{counts} {plain[:5]}"
