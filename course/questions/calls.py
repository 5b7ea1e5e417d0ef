"""Call tracing: what a question hands to the student's functions, and what comes back.

While a question runs, each function of the notebook that it names is replaced by one that is watched.
Arguments go out as copies and results come back as copies, so that ``w -= lr * v; return w`` cannot change
what the question has collected. Calls among the student's own functions pass straight through.
"""

import functools
import inspect
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FunctionType

import numpy as np

from course.errors import quantity

from .copies import copied, same, settled, tensor_type
from .shared_generators import shared_state
from .unread import draws, parameters


@dataclass
class Call:
    """One call of a student's function from a question."""

    function: str
    arguments: dict[str, object]  # copies of what went out, by parameter
    target: Callable | None = None  # the function itself
    result: object = None
    returned: bool = False  # False while it runs, and when it raised an error
    changed: tuple[str, ...] = ()  # parameters that were changed in place, and must not be
    drew: bool = False  # it was handed a generator, and drew from it
    strayed: bool = False  # it was handed a generator, and moved a global one
    chance: bool = False  # it was handed none, and moved a global one or makes one of its own
    reads: set[str] = field(default_factory=set)  # parameters that its code reads
    unread: set[str] = field(default_factory=set)  # and those that it never looks at


@dataclass
class Calls:
    """All calls of one case, in order."""

    made: list[Call] = field(default_factory=list)
    running: bool = False

    def facts(self) -> dict[str, object]:
        """What a case says about its calls beside its value; it may make an answer wrong (see `judge`)."""
        facts = {
            "changed": sorted({f"{name} of {call.function}" for call in self.made for name in call.changed}),
            "draws": dict(Counter(call.function for call in self.made if call.drew)),
            "chance": sorted({call.function for call in self.made if call.chance}),
        }
        return {name: fact for name, fact in facts.items() if fact}

    def clues(self) -> dict[str, object]:
        """What a case says about its calls for the words of a card: no verdict depends on it."""
        by_function: dict[str, list[set[str]]] = {}
        for call in self.made:
            by_function.setdefault(call.function, []).append(set(_echoes(call)))
        echoes = set().union(*(set.intersection(*each) for each in by_function.values()))  # in every call
        facts = {
            "returns": {call.function: described(call.result) for call in self.made[::-1] if call.returned},
            "returns_argument": sorted(echoes),
            "sizes": _sizes(self.made),
            "reads": sorted({f"{name} of {call.function}" for call in self.made for name in call.reads}),
            "unread": sorted({f"{name} of {call.function}" for call in self.made for name in call.unread}),
        }
        return {name: fact for name, fact in facts.items() if fact}

    def last(self, given: frozenset[str] = frozenset()) -> Call | None:
        """The call that came back last, or with nothing, of functions that the student wrote."""
        own = [call for call in reversed(self.made) if call.returned and call.function not in given]
        return next((call for call in own if call.result is None), own[0] if own else None)

    def came_back(self, last: Call) -> dict[str, str]:
        """In words what a call gave back, and what the first one of its function did, if it was not that."""
        first = next(call for call in self.made if call.returned and call.function == last.function)
        told = {"returned": last} | ({} if first is last else {"first": first})
        return {clue: f"{call.function} returned {described(call.result)}" for clue, call in told.items()}


@contextmanager
def watch(function: Callable, unchanged: tuple[str, ...] = ()) -> Iterator[Calls]:
    """Watch the functions of its notebook that a question's function names, as long as the block lasts.

    Args:
        unchanged: parameters that must not be changed in place.
    """
    namespace, calls = function.__globals__, Calls()
    watched = {
        name: namespace[name]
        for name in names_in(function.__code__)
        if name in namespace and _is_of(namespace[name], namespace)
    }
    try:
        for name, own in watched.items():
            namespace[name] = _watched(name, own, calls, unchanged)
        yield calls
    finally:
        namespace.update(watched)


def names_in(code: CodeType) -> set[str]:
    """The names that a code looks up outside itself, and those of attributes."""
    nested = (names_in(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*nested)


def _is_of(value: object, namespace: dict) -> bool:
    """Whether a value is a function written in this notebook, also one that is wrapped or partly applied."""
    while not isinstance(value, FunctionType):
        value = getattr(value, "func", getattr(value, "__wrapped__", None))
        if value is None:
            return False
    return value.__globals__ is namespace


def _watched(name: str, function: Callable, calls: Calls, unchanged: tuple[str, ...]) -> Callable:
    signature, (reads, unread), own_generator = _signature(function), parameters(function), draws(function)

    @functools.wraps(function)
    def watched(*args, **kwargs):
        if calls.running:
            return function(*args, **kwargs)
        out_args, out_kwargs = copied(args), copied(kwargs)
        handed = _by_parameter(signature, out_args, out_kwargs)
        call = Call(name, {key: copied(value) for key, value in handed.items()}, function)
        call.reads, call.unread = reads, unread
        calls.made.append(call)
        items = [item for value in handed.values() for item in _with_items(value)]
        generators = [item for item in items if isinstance(item, np.random.Generator)]
        before = [generator.bit_generator.state for generator in generators], shared_state()
        calls.running = True
        try:
            result = settled(function(*out_args, **out_kwargs), as_arrays=_only_arrays(items))
        finally:
            calls.running = False
        call.drew = before[0] != [generator.bit_generator.state for generator in generators]
        moved = before[1] != shared_state()
        call.strayed, call.chance = moved and bool(generators), not generators and (moved or own_generator)
        call.changed = tuple(
            key for key in unchanged if key in handed and not same(call.arguments[key], handed[key])
        )
        call.result, call.returned = result, True
        return copied(result)

    return watched


def _signature(function: Callable) -> inspect.Signature | None:
    try:
        return inspect.signature(function)
    except Exception:  # a student may have given it a wrong one
        return None


def _by_parameter(signature: inspect.Signature | None, args: tuple, kwargs: dict) -> dict[str, object]:
    try:
        return dict(signature.bind(*args, **kwargs).arguments)
    except (AttributeError, TypeError):  # the call itself will say what does not fit
        return {str(number): value for number, value in enumerate(args)} | kwargs


def _only_arrays(items: list) -> bool:
    """Whether arrays went out, and neither tensors nor nets."""
    torch = sys.modules.get("torch")
    kinds = (torch.Tensor, torch.nn.Module) if torch else ()
    return any(isinstance(item, np.ndarray) for item in items) and not any(
        isinstance(x, kinds) for x in items
    )


def _with_items(value: object) -> list:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [value, *items]


def _echoes(call: Call) -> list[str]:
    """Arguments that came back as they went out, as the result or as one of several."""
    parts = call.result if isinstance(call.result, tuple) else (call.result,)
    parts = [part for part in parts if isinstance(part, np.ndarray) and part.size > 1]
    parts = [part for part in parts if part.dtype.kind not in "fc" or np.isfinite(part).all()]
    return [
        f"{name} of {call.function}"
        for name, value in call.arguments.items()
        if isinstance(value, np.ndarray)
        and any(part.shape == value.shape and same(part, value) for part in parts)
    ]


def _sizes(calls: list[Call]) -> dict[str, object]:
    """Shapes and whole numbers of the arguments, by parameter, where they first occur."""
    sizes = {}
    for call in calls:
        for name, value in call.arguments.items():
            size = _size(value)
            if size is not None and len(sizes) < 40:
                sizes.setdefault(name, size)
    return sizes


def _size(value: object) -> object:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | np.integer):
        return int(value) if abs(value) < 2**31 else None
    if isinstance(value, np.ndarray):
        return list(value.shape)
    if isinstance(value, tensor_type()):
        return None if value.is_nested else list(value.shape)
    if isinstance(value, tuple) and 0 < len(value) <= 4 and all(type(item) is int for item in value):
        return list(value)
    return None


def described(result: object) -> str:
    """A result in a few words: what it is, not what it holds."""
    if result is None:
        return "None"
    if isinstance(result, np.ndarray):
        return f"an array of shape {result.shape} and dtype {result.dtype}"
    if isinstance(result, tuple):
        words = [f"a tuple of {len(x)}" if isinstance(x, tuple) else described(x) for x in result[:4]]
        return f"{quantity(len(result), 'value')}: " + ", ".join(words)
    if isinstance(result, list):
        return f"a list of {len(result)}"
    if isinstance(result, tensor_type()):
        return f"a tensor of shape {tuple(result.shape)} and dtype {result.dtype}"
    if isinstance(result, type):
        return f"the class {result.__name__}"
    article = "an" if type(result).__name__[0] in "aeiou" else "a"
    return f"{article} {type(result).__name__}"
