"""Error diagnosis: what can be said about a wrong part before "3 of 8 numbers differ".

Nothing here shows an expected value. `diagnosis_numbers` looks at how wrong numbers come from the right
ones, `diagnosis_shapes` at arrays of another shape, `diagnosis_places` at where the wrong numbers stand,
`diagnosis_elsewhere` at parts that hold another one's numbers, `diagnosis_text` at lines of text.
"""

from dataclasses import dataclass, replace

import numpy as np

from .choices import never_said
from .compare import FORGOTTEN, as_array, difference
from .diagnosis_calls import told_by_chance, told_by_echo, told_by_unread
from .diagnosis_elsewhere import MOST_PARTS, as_elsewhere, exchanged
from .diagnosis_laws import told_by_laws
from .diagnosis_numbers import told_by_amount, told_by_numbers
from .diagnosis_places import told_by_places
from .diagnosis_probes import told_by_probes
from .diagnosis_shapes import (
    told_by_another_shape,
    told_by_length,
    told_by_listed_shapes,
    told_by_shapes,
    told_by_values,
)
from .diagnosis_text import told_by_text
from .parts import CHANGED, DRAWS, Answer, Part
from .values import dtype_of

MOST_NAMED = 3
FIRST_ALONE = (
    "right for the first input alone: does something stay from it, or is a number fixed in the code?"
)
EXCHANGED = "right results, but in each other's places"


@dataclass(frozen=True)
class Diagnosis:
    """A sentence about a wrong part, and whether it says more than that numbers differ."""

    text: str
    cause: bool


@dataclass(frozen=True)
class Wrong:
    """A wrong part of the value, and the inputs for which it is wrong."""

    part: Part
    inputs: list[int]

    @property
    def pairs(self) -> list[tuple]:
        """What the solution and the student have, for the wrong inputs."""
        return [(self.part.expected[i], self.part.answers[i]) for i in self.inputs]

    @property
    def arrays(self) -> list[tuple] | None:
        """The pairs as arrays; None where a value is none."""
        arrays = [(as_array(right), as_array(own)) for right, own in self.pairs]
        return None if any(item is None for pair in arrays for item in pair) else arrays

    def place(self, always: bool = False) -> str:
        """How a sentence about this part begins; the input is named where it matters."""
        everywhere = len(self.inputs) == len(self.part.answers) and not always
        named = "" if everywhere else f"input {self.inputs[0] + 1}"
        place = ", ".join(word for word in (named, self.part.name[:200]) if word)
        return f"{place}: " if place else ""


def diagnose(
    record: dict,
    parts: list[Part],
    wrong: dict[int, list[bool]],
    number: int,
    right: list[Answer],
    answers: list[Answer],
) -> Diagnosis:
    """Say what is wrong with one part.

    Args:
        record: the question's record; its `says` holds sentences for parts. Of numbers one is said when
            the numbers themselves tell nothing.
        parts: all parts of the answer.
        wrong: the numbers of the wrong ones, and for which inputs they are wrong.
        number: which part to talk about.
        right: the solution's answers, one for each input.
        answers: the student's.
    """
    part = parts[number]
    if part.fact:
        return Diagnosis(_told_by_fact(part), True)
    fault = Wrong(part, [i for i, bad in enumerate(wrong[number]) if bad])
    foreign = any(map(_foreign, part.expected, part.answers))  # a return is missing, or text: see `_unlike`
    authors = None if foreign else _says(record, part)
    shape = authors and told_by_another_shape(fault.arrays)
    if authors and not (fault.arrays and all(map(_of_numbers, part.expected))):
        return Diagnosis("; ".join(filter(None, (authors, shape))), True)
    chosen = part.answers[fault.inputs[0]]
    if record.get("choices") and isinstance(chosen, str):
        return Diagnosis(f"{fault.place()}{chosen!r} does not fit{never_said(parts)}", True)
    if chosen is None:  # whatever else can be told: a return is missing
        return Diagnosis(_difference(fault, right, answers).text, True)
    with np.errstate(all="ignore"):
        if ring := exchanged(part, [parts[n] for n in wrong if not parts[n].fact]):
            return Diagnosis(f"{EXCHANGED}: {' and '.join(repr(other.name[:80]) for other in ring)}", True)
        if (told := as_elsewhere(part, fault.inputs, parts[:MOST_PARTS])) is not None:
            return Diagnosis(fault.place() + told, True)
        told = _told(fault, [answers[i].case.get("sizes") for i in fault.inputs])
        if told is not None:
            return Diagnosis(fault.place() + told, True)
        calls = fault.inputs, right, answers
        stands, helped, hurt = told_by_probes(
            part, fault.inputs[0] == 0, right[0].case, answers[0].case, part.same
        )
        told = told_by_echo(*calls) or (stands and fault.place() + stands)
        told = told or "; ".join(filter(None, (authors, authors and (helped or shape))))
        if told := told or _by_amount(fault):
            return Diagnosis(told, True)
        if _right_first_alone(wrong, len(part.answers)):
            return Diagnosis(f"{part.name}: {FIRST_ALONE}" if part.name else FIRST_ALONE, True)
        told = _difference(fault, right, answers)
        if FORGOTTEN in told.text:  # nothing else matters
            return told
        cause = helped or (None if told_by_another_shape(fault.arrays) else hurt) or _by_laws(fault)
        more = [told_by_unread(*calls), cause, told_by_chance(*calls)]
        if not told.cause and not any(more):
            more = [_right_parts(part.name, parts, wrong)]
        return Diagnosis("; ".join(filter(None, (told.text, *more))), told.cause or any(more))


def _says(record: dict, part: Part) -> str | None:
    """The author's sentence of a part; where a list is taken apart, of the list."""
    named = len(part.path)
    while named and part.path[named - 1][0] == "at":
        named -= 1
    says = record.get("says", {})
    return says.get(part.name) or says.get(replace(part, path=part.path[:named]).name)


def _right_first_alone(wrong: dict[int, list[bool]], inputs: int) -> bool:
    """Whether every wrong part is wrong for all inputs but the first."""
    rest = list(range(1, inputs))
    return bool(rest) and all([i for i, bad in enumerate(faults) if bad] == rest for faults in wrong.values())


def _right_parts(own: str, parts: list[Part], wrong: dict[int, list[bool]]) -> str | None:
    """The names of the parts that are right for all inputs, those first that begin as the wrong one."""
    names = [part.name[:60] for number, part in enumerate(parts) if number not in wrong and part.name]
    names.sort(key=lambda name: name.split(",")[0] != own.split(",")[0])
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"right: {', '.join(map(repr, names[:MOST_NAMED]))}{more}" if names else None


def _by_amount(fault: Wrong) -> str | None:
    """Counts that are all too large or too small, with their place."""
    arrays = fault.arrays
    everywhere = len(fault.inputs) == len(fault.part.answers)
    alike = everywhere and arrays is not None and all(own.shape == right.shape for right, own in arrays)
    told = told_by_amount(arrays) if alike else None
    return told and fault.place() + told


def _by_laws(fault: Wrong) -> str | None:
    """What the right numbers obey, and the student's do not."""
    arrays = fault.arrays
    return arrays and told_by_laws(arrays, fault.part.rtol, fault.part.atol)


def _foreign(expected: object, answer: object) -> bool:
    """Whether an answer is None, holds it, or is text or a dict, where something else is expected."""
    if isinstance(answer, list):
        items = expected if isinstance(expected, list) else ()
        return any(item is None for item in answer) and all(item is not None for item in items)
    return isinstance(answer, str | dict | None) and type(answer) is not type(expected)


def _of_numbers(value: object) -> bool:
    """Whether a value is a number or an array of them, and no truth value."""
    array = as_array(value)
    return array is not None and array.dtype.kind != "b"


def _difference(fault: Wrong, right: list[Answer], answers: list[Answer]) -> Diagnosis:
    """How many numbers differ, where they stand, and the dtype if that may be why."""
    part, first = fault.part, fault.inputs[0]
    words = difference(part.expected[first], part.answers[first], part.rtol, part.atol) or ""
    expected, own = as_array(part.expected[first]), as_array(part.answers[first])
    numeric = expected is not None and own is not None
    where = told_by_places(expected, own, part.rtol, part.atol) if numeric else None
    dtypes = _dtypes(_encoded(right[first], part.path), _encoded(answers[first], part.path))
    place = fault.place(always=True)
    cause = where or dtypes or not numeric or expected.shape != own.shape  # else all is said by "differ"
    return Diagnosis(f"{place}{words}{f'; {where}' if where else ''}{dtypes}", bool(cause))


def _told_by_fact(part: Part) -> str:
    """The functions that change an argument, do not draw, or draw from elsewhere."""
    case = next(i for i, answer in enumerate(part.answers) if not part.is_right(i, answer))
    expected, own = part.expected[case], part.answers[case]
    if part.fact == CHANGED:
        name, _, function = min(own.keys() ^ expected.keys()).partition(" of ")
        if own.keys() - expected.keys():
            return (
                f"{function} changes its argument {name} in place (-=, +=, out=, sort() ...); work on a copy"
            )
        return f"{function} is to change its argument {name} in place"
    if part.fact == DRAWS:
        function = min(name for name, times in expected.items() if own.get(name, 0) < times)
        return (
            f"{function} draws nothing from rng: every random number must come from the generator "
            "that it is handed"
        )
    function = min(own.keys() - expected.keys())
    return (
        f"{function} draws from a global generator (np.random, random, torch); use the one that it is handed"
    )


def _told(fault: Wrong, sizes: list) -> str | None:
    """What is the same for all wrong inputs."""
    part, pairs = fault.part, fault.pairs
    if all(isinstance(item, str) for pair in pairs for item in pair):
        return told_by_text(*pairs[0])
    if all(isinstance(item, bool) for pair in pairs for item in pair):
        return ("yes" if pairs[0][1] else "no") if part.name else f"the answer is {pairs[0][1]}"
    several = told_by_values(pairs, part.same)
    if several is not None:
        return several
    arrays = fault.arrays
    if arrays is None:
        return told_by_length(pairs)
    if part.name.endswith("shape") and all(item.ndim == 1 for pair in arrays for item in pair):
        return told_by_listed_shapes(arrays)
    if any(right.shape != own.shape for right, own in arrays):
        return told_by_shapes(arrays, part.rtol, part.atol)
    return told_by_numbers(arrays, sizes, part.rtol, part.atol)


def _encoded(answer: Answer, path: tuple) -> object:
    """The encoded value of a part; None when there is none."""
    encoded = answer.case["value"]
    for kind, key in path:
        try:
            encoded = dict(encoded["$dict"])[key] if kind == "key" else encoded[key]
        except (TypeError, KeyError, IndexError, ValueError):
            return None
    return encoded


def _dtypes(expected: object, encoded: object) -> str:
    """Both dtypes, if the student's holds less."""
    have, want = dtype_of(encoded), dtype_of(expected)
    try:
        own, right = (
            np.dtype(str(name).removeprefix("torch.").replace("bfloat", "float")) for name in (have, want)
        )
    except TypeError:  # no array, a dtype that NumPy does not know, or a forged one
        return ""
    fewer = own.itemsize < right.itemsize and (own.kind == right.kind or right.kind in "fc")
    less = fewer or (own.kind in "iu" and right.kind in "fc") or (own.kind == "u" and right.kind == "i")
    return f" (your dtype is {have}, expected {want})" if less else ""
