"""Probe diagnosis: how student and solution answer simpler arguments, and those that a slip would put in.

"these numbers are right for delta = 0", "hinge_loss is right when s has one row", "the right result stays the
same when ...". Only what holds of the student's own numbers is said; see `probes`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from .compare import as_array
from .parts import Part
from .values import UnusableValue, decode

MOST_CALLS, MOST_PROBES, MOST_LEAVES, MOST_NAMED, MOST_CUT = 10, 200, 60, 3, 6
SIMPLER = ("zero", "one", "equal", "false", "true", "positive", "cut", "both", "items", "none", "blank")
STANDS = {  # in place of an argument
    "zero": "{0} = 0",
    "none": "{0} = 0",
    "blank": "a {0} that is all 0",
    "one": "{0} = 1",
    "double": "a {0} that is twice as large",
    "half": "a {0} that is half as large",
    "square": "the square of {0}",
    "root": "the square root of {0}",
    "negative": "{0} with the other sign",
    "complement": "1 - {0}",
    "inverse": "1 / {0}",
    "positive": "the absolute values of {0}",
    "reversed": "{0} in reversed order",
    "more": "{0} + 1",
    "less": "{0} - 1",
    "equal": "a {0} of which all numbers are the first one",
    "true": "{0} = True",
    "false": "{0} = False",
    "exchange": "{0} and {1} exchanged",
}
WHEN = {
    "zero": "{0} is 0",
    "none": "{0} is 0",
    "blank": "all of {0} is 0",
    "one": "{0} is 1",
    "equal": "all numbers of {0} are equal",
    "false": "{0} is False",
    "true": "{0} is True",
    "positive": "no number of {0} is negative",
}

UNITS = {(1, 0): "number", (2, 0): "row", (2, 1): "column"}  # along an axis, by the number of axes


@dataclass(frozen=True)
class Probed:
    """A call and its probes: of each, the parts of the result, one after the other."""

    function: str
    names: tuple[str, ...]
    inputs: tuple[float, ...]
    values: dict[str, list]


def told_by_probes(part: Part, first: bool, right: dict, own: dict, same: Callable) -> tuple:
    """What probes tell of a wrong part, and what else can be added to "3 of 8 numbers differ".

    Args:
        part: the wrong part.
        first: whether it is wrong for the first input, which alone was probed.
        right: the solution's first case.
        own: the student's.
        same: whether two values are equal within the question's tolerance.

    Returns:
        Three sentences or None: what stands in an argument's place, when the function is right, and if never,
        what is wrong with it all the same.
    """
    if not first:
        return None, None, None
    pairs = list(_pairs(part, right, own, same))
    alike = _asked_alike(right, own)
    for expected, claimed, leaves, asked in [pair for pair in pairs if pair[3]] or pairs:
        whole = asked or alike  # else what holds of a first step need not hold of the part
        stands = _stands(expected, claimed, leaves, same, pairs) if whole else None
        helped, hurt = (None, None) if stands else _compared(expected, claimed, leaves, asked, same, pairs)
        helped = helped if whole else None
        if stands or helped or hurt:
            return stands, helped, hurt
    return None, None, None


def _asked_alike(right: dict, own: dict) -> bool:
    """Whether all calls were asked the same: steps that build on each other are not, once one is wrong."""
    calls = zip(_read(right), _read(own), strict=False)
    return all(
        len(left.inputs) == len(other.inputs) and np.allclose(left.inputs, other.inputs, 1e-6, 1e-9)
        for left, other in calls
    )


def _pairs(part: Part, right: dict, own: dict, same: Callable) -> Iterator[tuple]:
    """Calls that were asked the same and answered otherwise, those that gave the part itself first."""
    known, claims = list(_read(right)), list(_read(own))
    pairs = []
    for expected, claimed in zip(known, claims, strict=False):
        if expected.function != claimed.function or len(expected.inputs) != len(claimed.inputs):
            continue
        base, mine = expected.values["asked"], claimed.values["asked"]
        if len(base) != len(mine) or not np.allclose(expected.inputs, claimed.inputs, 1e-6, 1e-9):
            continue
        wrong = [n for n, (left, right) in enumerate(zip(base, mine, strict=True)) if not same(left, right)]
        own_part = [n for n in wrong if same(part.expected[0], base[n]) and same(part.answers[0], mine[n])]
        if wrong:
            pairs.append((expected, claimed, own_part or wrong, bool(own_part)))
    yield from sorted(pairs, key=lambda pair: not pair[3])


def _read(case: dict) -> Iterator[Probed]:
    """The probes of a case, which may be forged."""
    noted = case.get("probes")
    for call in noted[:MOST_CALLS] if isinstance(noted, list) else ():
        if not isinstance(call, dict) or not isinstance(call.get("values"), dict):
            return
        names, inputs = call.get("names"), call.get("inputs")
        if not _are(names, str) or not _are(inputs, float | int) or not isinstance(call.get("function"), str):
            return
        values = {}
        for name, encoded in list(call["values"].items())[:MOST_PROBES]:
            try:
                leaves = list(_leaves(decode(encoded)))
            except (UnusableValue, RecursionError):
                return
            if len(leaves) <= MOST_LEAVES:
                values[name] = leaves
        if "asked" in values:
            short = tuple(name[:40] for name in names)
            yield Probed(call["function"][:40], short, tuple(map(float, inputs)), values)


def _are(items: object, kind: object) -> bool:
    return isinstance(items, list) and len(items) <= 60 and all(isinstance(item, kind) for item in items)


def _leaves(value: object) -> Iterator:
    """The parts of a result; a list of numbers is one of them."""
    if isinstance(value, dict):
        for key in sorted(value, key=str):
            yield from _leaves(value[key])
    elif isinstance(value, list) and as_array(value) is None:
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _stands(
    expected: Probed, claimed: Probed, leaves: list[int], same: Callable, pairs: list[tuple]
) -> str | None:
    """The student's numbers are those that are right for another argument, in no call by luck."""
    base, mine = expected.values["asked"], claimed.values["asked"]
    for name, values in expected.values.items():
        kind, *places = name.split() or [""]
        if kind not in STANDS or len(values) != len(base):
            continue
        told = [values[n] for n in leaves if not same(base[n], values[n])]
        fits = any(_tells(value) and not _is_share(value) for value in told)
        named = _named(claimed, places)
        if not named or not fits or not all(same(values[n], mine[n]) for n in leaves):
            continue
        if not any(_contradicts(pair, expected.function, name, same) for pair in pairs):
            return f"these numbers are right for {STANDS[kind].format(*named)}"
    return None


def _contradicts(pair: tuple, function: str, name: str, same: Callable, claimed: bool = False) -> bool:
    """Whether in another call of a function the right result for a probe is not what the student has.

    Args:
        claimed: compare with the student's result for this probe, not with the one for what was asked.
    """
    expected, own, leaves, _ = pair
    values, mine = expected.values.get(name), own.values.get(name if claimed else "asked")
    if expected.function != function or values is None or mine is None or len(values) != len(mine):
        return False
    return not all(same(values[n], mine[n]) for n in leaves if n < len(values))


def _compared(
    expected: Probed, claimed: Probed, leaves: list[int], asked: bool, same: Callable, pairs: list[tuple]
) -> tuple[str | None, str | None]:
    """For which simpler arguments the student's numbers are right in every call, or else still wrong."""
    base, mine = expected.values["asked"], claimed.values["asked"]
    right, wrong, idle, moved = [], [], [], []
    for name, values in expected.values.items():
        own, when = claimed.values.get(name), _when(claimed, name)
        if when is None or own is None or not len(values) == len(base) == len(own):
            continue
        if not any(_tells(values[n]) for n in leaves):
            continue
        unmoved = all(same(mine[n], own[n]) for n in leaves)
        if all(same(values[n], own[n]) for n in leaves):
            if not any(_contradicts(pair, claimed.function, name, same, claimed=True) for pair in pairs):
                right.append((name, when))
        elif not all(same(base[n], values[n]) for n in leaves):
            wrong.append((name, when))
            idle += [(name, when)] * unmoved
        elif not unmoved:
            moved.append((name, when))
    idle, moved = ([item for item in items if not _is_cut(item[0])] for items in (idle, moved))
    function = claimed.function
    if any(name.startswith("cut") for name, _ in right):
        right = [item for item in right if not item[0].startswith("both")]
    if right:
        return f"{function} is right when {_joined(right)}", None
    if idle:
        return None, f"{function} gives the same when {_joined(idle)}, and should not"
    if moved:
        return None, f"when {_joined(moved)}, the right result stays the same, and yours does not"
    cuts = [(len(name.split()), when) for name, when in wrong if asked and _is_cut(name)]
    small = max(cuts, key=lambda cut: cut[0], default=(0, None))[1]  # where most is cut
    return None, small and f"{function} is already wrong when {small}: a case to do by hand"


def _is_cut(name: str) -> bool:
    return name.startswith(("cut", "both", "items"))


def _joined(items: list[tuple[str, str]]) -> str:
    whens = [when for _, when in sorted(items, key=lambda item: SIMPLER.index(item[0].split()[0]))]
    return " or when ".join(whens[:MOST_NAMED])


def _named(claimed: Probed, places: list[str]) -> list[str] | None:
    """The student's names of some arguments."""
    try:
        return [claimed.names[int(place)] for place in places]
    except (ValueError, IndexError):
        return None


def _when(claimed: Probed, name: str) -> str | None:
    """A simpler case in words; None for a probe that is none."""
    kind, *places = name.split() or [""]
    if kind in WHEN or kind == "items":
        named = _named(claimed, places)
        words = WHEN.get(kind, "there is one item in {0}")
        return words.format(" and ".join(named)) if named else None
    if kind not in ("cut", "both"):
        return None
    try:
        cuts = [tuple(map(int, place.split(":"))) for place in places]
        return _cuts([(claimed.names[place], ndim, axis) for place, ndim, axis in cuts[:MOST_CUT]])
    except (ValueError, IndexError):
        return None


def _cuts(cuts: list[tuple[str, int, int]]) -> str:
    """Arrays of which axes have length 1, each named once: name, number of axes and axis of each cut."""
    by_name: dict[str, list[tuple[int, int]]] = {}
    for name, ndim, axis in cuts:
        by_name.setdefault(name, []).append((ndim, axis))
    words = []
    for name, places in by_name.items():
        units = [UNITS.get(place) for place in places]
        if all(units):
            words.append(f"{name} has {' and '.join(f'one {unit}' for unit in units)}")
        else:
            *first, last = sorted(str(axis) for _, axis in places)
            axes = f"axes {', '.join(first)} and {last}" if first else f"axis {last}"
            words.append(f"{axes} of {name} {'have' if first else 'has'} length 1")
    return " and ".join(words)


def _is_share(value: object) -> bool:
    """Whether a value is one number such as 7 of 48, which others are equal to by luck."""
    array = as_array(value)
    counts = array.ravel()[0] * np.arange(1, 100) if array is not None and array.size == 1 else np.array(0.5)
    return bool((np.abs(counts - np.round(counts)) < 1e-9).any())


def _tells(value: object) -> bool:
    """Whether a right value is more than 0, one label everywhere, a truth value, or not finite."""
    array = as_array(value)
    if array is None or array.dtype.kind == "b" or not array.size:
        return False
    if array.dtype.kind in "iu" and array.ndim:
        return bool(np.ptp(array) > 0)
    return bool(np.isfinite(array).all() and np.abs(array).max() > 1e-8)
