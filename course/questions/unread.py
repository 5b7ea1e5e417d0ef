"""Unused arguments: which a function reads, and which it never looks at, read off its bytecode."""

import dis
from functools import lru_cache
from types import CodeType, FunctionType

OWN = {"default_rng", "RandomState"}  # by which a function makes a generator of its own
OPEN = {"locals", "vars", "eval", "exec"}  # by which a function can read an argument that it does not name


def parameters(function: object) -> tuple[set[str], set[str]]:
    """The parameters that a plain function reads, itself or in a function within it, and those it does not.

    Both are empty for what is no plain function, and for one that may read its arguments by another way.
    """
    if not isinstance(function, FunctionType) or OPEN & set(function.__code__.co_names):
        return set(), set()
    return _parameters(function.__code__)


@lru_cache(maxsize=256)  # a question may call a function a thousand times
def _parameters(code: CodeType) -> tuple[set[str], set[str]]:
    read = set(code.co_cellvars)
    for instruction in dis.get_instructions(code):
        if "LOAD_FAST" in instruction.opname:  # one name, or two at once
            names = instruction.argval
            read.update(names if isinstance(names, tuple) else (names,))
    named = set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    return named & read, named - read


def draws(function: object) -> bool:
    """Whether a plain function itself makes a generator of random numbers."""
    return isinstance(function, FunctionType) and bool(OWN & set(function.__code__.co_names))
