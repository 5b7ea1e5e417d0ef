"""Error explanation: what an exception means, which line of the student's raised it, and the shapes there."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from types import ModuleType

import numpy as np

from .calls import described
from .copies import tensor_type

ANOTHER_TYPE = "another type is needed before the dot"
CLOSE = 0.75  # how like the name behind a dot one must be that may be meant
NUMBERS, OTHERS = (np.ndarray, np.generic, list, tuple, int, float), (np.ndarray, list, dict, str)
MOST_NAMES = 6  # of a line, of which is told what they are
ARGUMENTS = r"[\w.<>]+\(\) (?:takes|missing|got) "  # of a call that does not fit the function
LAYERS = r"mat1 and mat2 shapes|Given groups="  # of a net, which fails wherever it is called
NOTHING = r"NoneType"  # that came out of what a function returned, such as a net
NO_VALUE = "what comes out of it is None: does its forward end in a return?"
DATA = (
    "array of",
    "tensor of",
    "list of",
    "tuple of",
    "dict",
    "str",
    "number",
    "whole number",
    "bool",
    "complex",
)
NUMBER_TYPES = {r"\ban? float\d*\b": "a number", r"\ban? u?int\d*\b": "a whole number"}  # as cards call them
MEANINGS = (  # a pattern of type and message, and what to look for
    (r"could not broadcast input array", "what is assigned has another shape than its place: a wrong axis?"),
    (r"operands could not be broadcast", "the arrays on this line do not fit each other, axis by axis"),
    (r"non-broadcastable output", "an in-place operation cannot give an array another shape"),
    (r"matmul: .*mismatch|not aligned", "for A @ B, the last axis of A is as long as the first of B"),
    (LAYERS, "a layer gets another number of inputs than it was made for"),
    (r"size of tensor .* must match", "the tensors on this line do not fit each other, axis by axis"),
    (r"boolean index did not match", "a mask is as long as the axis that it picks from"),
    (r"same number of dimensions|too many indices|AxisError", "an array has fewer axes than needed"),
    (r"input array dimensions|must have the same shape", "the arrays differ in shape"),
    (r"inhomogeneous shape|with a sequence", "an array is made of lists of different lengths"),
    (r"cannot reshape|invalid for input of size", "a reshape keeps the number of numbers"),
    (r"IndexError.*out of (bounds|range)", "an index runs from 0 to one less than the length"),
    (
        r"valid indices|or slices, not float|integer \(or boolean\) type|as an integer|slice indices",
        "an index or a size is a whole number: // divides to one, / does not",
    ),
    (r"zero-size array|empty sequence|of an empty", "nothing is left there: is a window or a mask empty?"),
    (r"truth value of an array", "if, and, or take one yes or no, not an array of them: np.where, &, |"),
    (r"NoneType", "something is None: is a return missing, or does x.sort() give nothing back?"),
    (r"Cannot cast ufunc|can't be cast", "an array of integers takes no decimals in place"),
    (r"Singular matrix", "this matrix has no inverse: what is added to its diagonal?"),
    (r"bitwise_xor|for \^", "a power is written **; ^ is another operation"),
    (r"multiply sequence by non-int|'list' and|\"list\"\) to list", "a list is no array: np.array(...)"),
    (r"object is not callable", "round brackets call a function; what stands before them is none"),
    (r"object is not iterable", "one number stands where several are gone through"),
    (r"object is not subscriptable", "square brackets stand behind one number"),
    (r"UnboundLocalError", "not every way to this line gives the name a value"),
    (r"KeyError", "there is no such key"),
    (r"ZeroDivisionError|math domain|math range", "a number is 0, negative or too large for this"),
    (r"RecursionError", "a function calls itself without an end"),
    (r"unexpected keyword|positional argument", "the call does not fit what the function takes"),
    (
        r"expected scalar type \w+ but found|Input type .* and (bias|weight) type",
        "the numbers here are of two types: do layers stand in a plain list, where nn.ModuleList is needed?",
    ),
    (r"same dtype|unsupported operand|not supported for the input", "the types here do not go together"),
)


def told_by_error(case: dict, returns: dict) -> tuple[str, bool, bool]:
    """The error with the student's own line, or with what came back before the question could not go on.

    Args:
        case: the student's, which may be forged.
        returns: what the solution's functions return when they are first called, in words, by name.

    Returns:
        The text, whether it says more than Python does, and whether only the question could not go on, since
        what came back is of another kind or shape.
    """
    error, message, line, there = (_text(case, key) for key in ("error", "message", "line", "there"))
    returned = _called(_text(case, "returned")[:300])
    misfit = re.match(ARGUMENTS, message)  # int(None) says something else
    if not line and misfit and error == "TypeError" and not _is_class(returned):
        return f"{error}: {message}; keep its arguments as they were given", True, False
    raised, doubt = f"{error}: {message}" if message else error, _doubt(returned, message)
    if returned and not line:
        first = _called(_text(case, "first")[:300]) or returned  # later calls may have other shapes
        other = _other(first, returns.get(first.partition(" returned ")[0]))
        if other:
            return f"{first}{_doubt(first, message)}; expected {other}", True, True
        asked = re.search(r"(?:not enough|too many) values to unpack \(expected (\d+)", message)
        if asked:
            return f"{returned}; {asked[1]} values are asked for", True, True
        meaning = dict(MEANINGS)[LAYERS] if re.search(LAYERS, raised) else ""
        if _is_object(returned) and re.search(NOTHING, message):
            meaning = NO_VALUE
        later = " in a later call" if returned != first and returned.endswith(" None") else ""
        more = f": {meaning}" if meaning else ""
        return f"{returned}{later}{doubt}; then {raised}{more}", bool(doubt or meaning), False
    first = f"{returned}{doubt}; then " if returned else ""
    if not line:
        return f"{first}{raised}", bool(doubt), False
    known = (words for kind, words in MEANINGS if re.search(kind, raised))
    meaning = "" if doubt else _text(case, "meant")[:100] or next(known, "")
    more = f"{': ' if meaning else ''}{meaning}{'; ' if there else ''}{there[:400]}"
    return f"{first}{raised}{more}, in the line: {line}", bool(doubt or more), False


def _called(text: str) -> str:
    """What came back, in words, with numbers called so and not by their type."""
    for pattern, words in NUMBER_TYPES.items():
        text = re.sub(pattern, words, text)
    return text


def _other(returned: str, expected: object) -> str | None:
    """What the solution's function returns, where that is of another kind or shape."""
    own = returned.partition(" returned ")[2]
    if not isinstance(expected, str) or not own or own == "None" or _is_class(returned):
        return None
    if _is_object(returned) and _is_object(f" returned {expected}"):  # a class of the student's own will do
        return None
    expected = _called(expected)
    plain, asked = (re.sub(r" and dtype [\w.]+", "", text) for text in (own, expected))
    return None if asked in (plain, plain.replace("a whole number", "a number")) else expected


def _is_object(returned: str) -> bool:
    """Whether what came back is an object of some class, such as a net: no number, array, or text."""
    what = re.match(r"an? (.+)", returned.partition(" returned ")[2])
    return bool(what) and not what[1].startswith(DATA)


def _is_class(returned: str) -> bool:
    return " returned the class " in returned


def _doubt(returned: str, message: str) -> str:
    """What may be wrong with what came back."""
    if returned.endswith(" returned None"):
        return " (is a return missing?)"
    if _is_class(returned):
        return " (is an object of it asked for, with brackets behind the name?)"
    if re.match(r"(tuple|list) indices must be integers or slices, not str", message):
        return " (a dict with names is asked for)"
    several = re.search(r" returned \d+ values: ", returned) and re.search("tuple|inhomogeneous", message)
    return " (is one value asked for?)" if several else ""


def _text(case: dict, key: str) -> str:
    """What a case claims, if it is text: forged ones may hold anything there."""
    return case[key] if isinstance(case.get(key), str) else ""


def meant_by(error: BaseException) -> str:
    """What may be meant by a name that does not stand behind a dot; "" for another error, or no idea."""
    name, owner = getattr(error, "name", None), getattr(error, "obj", None)
    if type(error) is not AttributeError or not isinstance(name, str) or owner is None:
        return ""
    try:
        return _meant(owner, name)
    except Exception:  # a class of the student's own may say anything about its names
        return ""


def _meant(owner: object, name: str) -> str:
    tensor = tensor_type()
    others = (*OTHERS, tensor) if tensor else OTHERS
    if isinstance(owner, NUMBERS) and not hasattr(list, name):
        of_array = getattr(np.ndarray, name, print)  # np.shape is a function, but an array's shape is none
        if callable(getattr(np, name, None)) and callable(of_array):
            return f"did you mean np.{name}(...)?"
    if isinstance(owner, (*NUMBERS, *others)) and any(hasattr(other, name) for other in others):
        return ANOTHER_TYPE
    if isinstance(owner, ModuleType) and any(hasattr(other, name) for other in (np, *others)):
        return ""
    names = [known for known in dir(owner) if known.startswith("_") == name.startswith("_")]
    close = get_close_matches(name, [known for known in names if not known.endswith("_")], 1, CLOSE)
    return f"did you mean {close[0]}?" if close else ""


def things_there(line: str, names: dict) -> str:
    """What the names on a line stand for, of arrays the shape: "x has shape (5, 3), k is 4"."""
    words = (re.sub(r"(['\"]).*?\1", "", line), names)
    return ", ".join(list(_things(*words))[:MOST_NAMES])


def _things(line: str, names: dict) -> Iterator[str]:
    for name in dict.fromkeys(re.findall(r"(?<![.\w])[A-Za-z_]\w*(?!\s*=[^=])", line)):
        if name not in names or len(name) > 40:
            continue
        value = names[name]
        shape = getattr(value, "shape", None)
        if isinstance(value, bool) or callable(value) or isinstance(value, float):
            continue
        if isinstance(value, int):
            yield f"{name} is {value}" if abs(value) < 10**9 else f"{name} is a huge number"
        elif isinstance(shape, tuple) and all(isinstance(length, int) for length in shape):
            yield f"{name} has shape {tuple(map(int, shape))}" if shape else f"{name} is one number"
        elif value is None or isinstance(value, list | tuple | dict):
            yield f"{name} is {described(value)}"
