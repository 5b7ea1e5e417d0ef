"""Probes: a function asked again with simpler arguments, and with arguments that a slip would put in.

Where an answer is wrong, `diagnosis_probes` compares how student and solution answer them: "right when delta
is 0", "right for stride in reversed order". They belong to the first random input and never decide whether an
answer is right. What is noted of a call is

    {"function": "hinge_loss", "names": ["s", "y", "delta"], "inputs": [30.2, 11.0, 1.5],
     "values": {"asked": 2.25, "zero 2": 1.75, "cut 0:2:0 1:1:0": 0.5, ...}}

A probe's name holds what is done, and to which argument; a dict's arrays count as arguments of their own.
`inputs` tell whether both were asked the same. A probe that fails, or runs too many lines, is left out. All
end after some seconds, whatever a student's function does: no answer is late for a word's sake.
"""

import contextlib
import functools
import io
import random
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, FunctionType

import numpy as np

from .calls import Call, Calls
from .copies import copied, same, settled
from .values import encode

MOST_CALLS, MOST_ALIKE = 6, 3  # that are probed, and of one function
MOST_NUMBERS, MOST_RESULT, MOST_KEPT = 5000, 600, 12_000  # of an argument, of a result, of all results
MOST_LINES, MOST_IN_ALL = 3000, 20_000  # that a call runs which is probed, and all probes of a question
MOST_CUTS, MOST_PAIRS = 4, 6
MOST_SECONDS = 4.0  # of the processor, that probes take; all of a solution's take a tenth of that
FUNCTIONS = (FunctionType, BuiltinFunctionType, np.ufunc, functools.partial)
FLOATS = {
    "zero": lambda x: 0.0,
    "one": lambda x: 1.0,
    "double": lambda x: 2 * x,
    "half": lambda x: x / 2,
    "square": lambda x: x * x,
    "root": lambda x: abs(x) ** 0.5,
    "negative": lambda x: -x,
    "complement": lambda x: 1 - x,
    "inverse": lambda x: 1 / (x or 1.0),
}
ARRAYS = {
    "blank": np.zeros_like,
    "positive": np.abs,
    "double": lambda x: 2 * x,
    "negative": np.negative,
    "square": np.square,
    "reversed": lambda x: x[::-1].copy(),
}
LISTS = {
    "blank": lambda arrays: [np.zeros_like(array) for array in arrays],
    "double": lambda arrays: [2 * array for array in arrays],
}
WHOLE = {"blank": np.zeros_like, "reversed": ARRAYS["reversed"]}
COUNTS = {"one": lambda n: 1, "more": lambda n: n + 1, "less": lambda n: n - 1}
SIZES = {
    "none": lambda sizes: (0,) * len(sizes),
    "one": lambda sizes: (1,) * len(sizes),
    "equal": lambda sizes: sizes[:1] * len(sizes),
    "reversed": lambda sizes: sizes[::-1],
}


class Stopwatch:
    """Whether `MOST_SECONDS` are over: of the processor, so that a busy machine gives the same words; or,
    for who sleeps uses none, five times as many on the clock."""

    def __init__(self):
        self.begun = time.process_time(), time.monotonic()

    def over(self) -> bool:
        used, waited = time.process_time() - self.begun[0], time.monotonic() - self.begun[1]
        return used > MOST_SECONDS or waited > 5 * MOST_SECONDS


class TooLong(BaseException):
    """Raised inside a student's function that runs more lines than a probe may."""


def probed(calls: Calls) -> list[dict]:
    """Probe the first calls of each function of which arguments and result are plain values."""
    noted, times, kept, count, watch = [], Counter(), 0, [0], Stopwatch()
    for call in calls.made:
        if watch.over() or len(noted) == MOST_CALLS:
            break
        if not call.returned or times[call.function] == MOST_ALIKE:
            continue
        if not _is_plain(call.arguments) or _count(call.result) > MOST_RESULT:
            continue
        times[call.function] += 1
        values = _answers(call, count, watch)
        kept += sum(_count_encoded(value) for value in values.values())
        if "asked" not in values or kept > MOST_KEPT:
            continue
        slots = _slots(call.arguments)
        noted.append(
            {
                "function": call.function,
                "names": [key if key is not None else parameter for parameter, key, _ in slots],
                "inputs": [_sum(value) for *_, value in slots],
                "values": values,
            }
        )
    return noted


def _answers(call: Call, count: list[int], watch: Stopwatch) -> dict[str, object]:
    """What the function gives for its own arguments and for each probe, encoded; `count` counts lines."""
    values = {}
    state = np.random.get_state(), random.getstate()
    with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            lines = _ask(call, "asked", call.arguments, MOST_LINES, values)
            for name, arguments in _changed(call.arguments) if "asked" in values else ():
                count[0] += _ask(call, name, arguments, 10 * lines + 100, values)
                if count[0] > MOST_IN_ALL or watch.over():
                    break
        finally:
            np.random.set_state(state[0])
            random.setstate(state[1])
    return values


def _ask(call: Call, name: str, arguments: dict, most: int, values: dict[str, object]) -> int:
    """Note what the function gives, if it gives a small plain value; the number of lines that it ran."""
    count = [0]
    try:
        with _limited(call.target.__globals__, most, count):
            result = call.target(**copied(arguments))
        result = settled(result, as_arrays=True)
        if _count(result) <= MOST_RESULT:
            values[name] = encode(result)
    except (Exception, SystemExit, TooLong):
        pass
    return count[0]


@contextlib.contextmanager
def _limited(namespace: dict, most: int, count: list[int]) -> Iterator[None]:
    """Count the lines that the notebook's own code runs, and end it when there are too many."""

    def trace(frame, event, _argument):
        if frame.f_globals is not namespace:
            return None
        count[0] += event == "line"
        if count[0] > most:
            raise TooLong
        return trace

    kept = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(kept)


def _is_plain(value: object, depth: int = 3) -> bool:
    """Whether a value can be handed over once more: numbers, text, small arrays, functions, lists of them."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "biuf" and value.size <= MOST_NUMBERS
    if isinstance(value, list | tuple | dict) and depth:
        items = value.values() if isinstance(value, dict) else value
        return len(items) <= 50 and all(_is_plain(item, depth - 1) for item in items)
    return value is None or isinstance(value, (bool, int, float, str, np.generic, *FUNCTIONS))


def _slots(arguments: dict[str, object]) -> list[tuple]:
    """Parameter, key and value of each argument; the key is None but for the items of a dict."""
    slots = []
    for parameter, value in arguments.items():
        items = value.items() if isinstance(value, dict) else [(None, value)]
        slots += [(parameter, key if key is None else str(key), item) for key, item in items]
    return slots


def _changed(arguments: dict[str, object]) -> Iterator[tuple[str, dict]]:
    """Each probe's name and arguments."""
    slots = _slots(arguments)
    for place, (*_, value) in enumerate(slots):
        for name, change in _changes(value).items():
            if name == "none" and "pad" not in slots[place][0]:  # a stride or a kernel is never 0
                continue
            with contextlib.suppress(OverflowError):
                other = change(value)
                if not _equal(other, value):
                    yield f"{name} {place}", _with(arguments, slots, {place: other})
    for name, others in (*_cuts(slots), *_exchanges(slots)):
        yield name, _with(arguments, slots, others)


def _changes(value: object) -> dict[str, Callable]:
    if isinstance(value, bool):
        return {"false" if value else "true": lambda flag: not flag}
    if isinstance(value, float):
        return FLOATS
    if isinstance(value, int):
        return COUNTS
    if isinstance(value, np.ndarray) and value.size and value.ndim:
        return ARRAYS if value.dtype.kind == "f" else WHOLE if value.dtype.kind in "iu" else {}
    if isinstance(value, list) and value and all(isinstance(item, np.ndarray) for item in value):
        return LISTS if all(item.dtype.kind == "f" for item in value) else {}
    return SIZES if _are_sizes(value) else {}


def _are_sizes(value: object) -> bool:
    """Whether a value is a few whole numbers, such as a stride."""
    return isinstance(value, tuple) and 1 < len(value) <= 4 and all(type(item) is int for item in value)


def _equal(left: object, right: object) -> bool:
    return same(left, right) if isinstance(left, np.ndarray | list) else left == right


def _cuts(slots: list[tuple]) -> Iterator[tuple[str, dict[int, object]]]:
    """All axes of one length cut to their first place, and all lists of one length to their first item."""
    axes: dict[int, list[tuple[int, int]]] = {}
    lists: dict[int, list[int]] = {}
    for place, (*_, value) in enumerate(slots):
        if isinstance(value, np.ndarray):
            for axis, length in enumerate(value.shape):
                axes.setdefault(length, []).append((place, axis))
        elif isinstance(value, list | tuple) and not _are_sizes(value):
            lists.setdefault(len(value), []).append(place)
    groups = [axes[length] for length in axes if length > 1][:MOST_CUTS]
    both = [place for group in groups[:2] for place in group]
    for name, group in [*(("cut", group) for group in groups), ("both", both)]:
        others: dict[int, object] = {}
        for place, axis in group:
            others[place] = np.take(others.get(place, slots[place][2]), [0], axis)
        if name == "cut" or len(groups) > 1:
            yield " ".join([name, *(f"{n}:{slots[n][2].ndim}:{axis}" for n, axis in group)]), others
    for length in [length for length in lists if length > 1][:MOST_CUTS]:
        yield f"items {' '.join(map(str, lists[length]))}", {n: slots[n][2][:1] for n in lists[length]}


def _exchanges(slots: list[tuple]) -> Iterator[tuple[str, dict[int, object]]]:
    """Two arguments of one kind in each other's place."""
    pairs = 0
    for second in range(len(slots)):
        for first in range(second):
            left, right = slots[first][2], slots[second][2]
            if pairs < MOST_PAIRS and _are_alike(left, right) and not _equal(left, right):
                pairs += 1
                yield f"exchange {first} {second}", {first: right, second: left}


def _are_alike(left: object, right: object) -> bool:
    if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
        return left.shape == right.shape and left.dtype == right.dtype and left.size > 0
    return type(left) is type(right) and (type(left) in (int, float) or _are_sizes(left))


def _with(arguments: dict, slots: list[tuple], others: dict[int, object]) -> dict:
    """The arguments with other values in some slots."""
    changed = {name: dict(value) if isinstance(value, dict) else value for name, value in arguments.items()}
    for place, value in others.items():
        parameter, key, _ = slots[place]
        if key is None:
            changed[parameter] = value
        else:
            changed[parameter][next(own for own in changed[parameter] if str(own) == key)] = value
    return changed


def _sum(value: object) -> float:
    """One number that tells values apart."""
    if isinstance(value, np.ndarray):
        total = float(np.abs(value.astype(float)).sum()) if value.size else 0.0
    elif isinstance(value, bool | int | float | np.number):
        total = float(value)
    else:
        total = float(len(value)) if isinstance(value, list | tuple | str) else 0.0
    return total if np.isfinite(total) else 0.0


def _count(result: object) -> int:
    """How many numbers a result holds."""
    if isinstance(result, np.ndarray):
        return result.size
    if isinstance(result, list | tuple):
        return sum(map(_count, result))
    return sum(map(_count, result.values())) if isinstance(result, dict) else 1


def _count_encoded(value: object) -> int:
    if isinstance(value, list):
        return sum(map(_count_encoded, value))
    if isinstance(value, dict):
        inner = value.get("$dict")
        return len(value["data"]) // 10 if "data" in value else _count_encoded(inner) if inner else 1
    return 1
