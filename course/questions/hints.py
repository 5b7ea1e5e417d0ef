"""Hint matching: which known mistakes explain the wrong parts of an answer that equals none as a whole.

A mistake explains a part when, for every input, the part is wrong as the mistake's part is wrong and right
where that is right. What the other parts say does not matter, so that a second fault does not hide the first.

A part that says little (a truth value, one whole number, what is not finite or 0) speaks for a mistake only
when the mistake has no further part wrong that is right here, and for none other of which this is true; half
of what is wrong must be explained, and all that is not finite. A few labels, which may be equal by luck,
speak only where they are all that the mistake has wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from .compare import as_array
from .parts import Answer, Part, find

MOST_HINTS = 2
FEW, FEW_LABELS = 16, 5  # so many whole numbers of so few kinds are equal by luck


@dataclass(frozen=True)
class Explanation:
    """The hints that fit, the number of the first mistake behind them, and the parts that they explain."""

    hints: tuple[str, ...] = ()
    mistake: int | None = None
    parts: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Candidate:
    """What one known mistake says about the parts."""

    number: int
    hint: str
    wrong: frozenset[int]  # parts that it has wrong
    explains: frozenset[int]
    kinds: frozenset[int]  # parts where it and the answer are not finite, though at other places
    places: bool  # whether those are the same places after all


def wrong_parts(parts: list[Part]) -> dict[int, list[bool]]:
    """The numbers of the parts that are wrong, and for which inputs."""
    wrong = {}
    for number, part in enumerate(parts):
        faults = [not part.is_right(index, answer) for index, answer in enumerate(part.answers)]
        if any(faults):
            wrong[number] = faults
    return wrong


def explain(
    parts: list[Part], wrong: dict[int, list[bool]], mistakes: list, luck: bool = False
) -> Explanation:
    """Choose the fewest hints, two at most, that explain most of the wrong parts.

    Args:
        parts: as `take_apart` gives them.
        wrong: as `wrong_parts` gives them.
        mistakes: number, hint and answers, one `Answer` for each input, of each known mistake.
        luck: whether texts are equal by luck, since there are few to choose from.
    """
    candidates = [_candidate(parts, wrong, *mistake) for mistake in mistakes]
    weak = {number for number in wrong if _says_little(parts[number], wrong[number])}
    if luck:
        weak |= {number for number in wrong if isinstance(parts[number].expected[0], str)}
    lucky = {number for number in weak if luck or _are_labels(parts[number])}
    facts = frozenset(number for number in wrong if parts[number].fact)
    likely = [one for one in candidates if one.explains - weak or not _leaves_blanks(one, parts, wrong)]
    speaking = [one for one in likely if _speaks(one, candidates, weak, lucky, frozenset(wrong), facts)]
    exact = _by_hint(speaking)
    explanation = _choose(exact, candidates)
    open_parts = frozenset(wrong) - explanation.parts
    if open_parts and len(explanation.hints) < MOST_HINTS:
        kind = _by_kind(candidates, explanation, frozenset(wrong), open_parts)
        if kind is not None:
            first = kind.number if explanation.mistake is None else explanation.mistake
            hints = explanation.hints + (() if kind.hint in explanation.hints else (kind.hint,))
            return Explanation(hints, first, explanation.parts | kind.explains | kind.kinds)
    return explanation


def _candidate(parts, wrong, number: int, hint: str, answers: list[Answer]) -> Candidate:
    missed, explains, kinds, places = set(), set(), set(), True
    for index, part in enumerate(parts):
        values = [find(answer, part.path) for answer in answers]
        right = [part.is_right(case, value) for case, value in enumerate(values)]
        if not all(right):
            missed.add(index)
        if index not in wrong or not _right_where(wrong[index], right):
            continue
        pairs = [(part.answers[case], values[case]) for case, fault in enumerate(wrong[index]) if fault]
        if all(part.same(value, own) for own, value in pairs):
            explains.add(index)
        elif not part.fact and _all_finite(part.expected):
            masks = [(_not_finite(own), _not_finite(value)) for own, value in pairs]
            if all(own is not None and value is not None for own, value in masks) and all(
                part.same(*_without(value, own)) for own, value in pairs
            ):
                kinds.add(index)
                places = places and all(np.array_equal(own, value) for own, value in masks)
    return Candidate(number, hint, *map(frozenset, (missed, explains, kinds)), places)


def _right_where(wrong: list[bool], right: list[bool]) -> bool:
    """Whether the mistake is right for the inputs for which the answer is right."""
    return all(fault or fine for fault, fine in zip(wrong, right, strict=True))


def _all_finite(values: list) -> bool:
    arrays = [as_array(value) for value in values]
    return all(array is not None and np.isfinite(array).all() for array in arrays)


def _not_finite(value: object) -> np.ndarray | None:
    """Where a value is not finite; None when it is finite everywhere, or no array."""
    array = as_array(value)
    places = None if array is None else ~np.isfinite(array)
    return places if places is not None and places.any() else None


def _without(value: object, own: object) -> tuple[np.ndarray, np.ndarray]:
    """Two arrays with 0 wherever one of them is not finite; as they are where their shapes differ."""
    left, right = as_array(value), as_array(own)
    if left.shape != right.shape:
        return left, right
    finite = np.isfinite(left) & np.isfinite(right)
    return np.where(finite, left, 0), np.where(finite, right, 0)


def _says_little(part: Part, wrong: list[bool]) -> bool:
    """Whether many different mistakes would give the same wrong part."""
    if part.fact:
        return True
    for case, fault in enumerate(wrong):
        if fault and not _is_little(as_array(part.expected[case]), as_array(part.answers[case])):
            return False
    return True


def _is_little(expected: np.ndarray | None, answer: np.ndarray | None) -> bool:
    if expected is None or answer is None:
        return answer is not None or expected is not None
    if "b" in (answer.dtype.kind, expected.dtype.kind) or (answer.size == 1 and expected.dtype.kind in "iu"):
        return True
    differ = answer[answer != expected] if answer.shape == expected.shape else answer
    if expected.dtype.kind in "iu" and answer.size <= FEW and len(np.unique(answer)) <= FEW_LABELS:
        return True
    if answer.size == 1 and answer.ravel()[0] in (0, 1):
        return True
    return not (np.isfinite(differ) & (differ != 0)).any()


def _leaves_blanks(one: Candidate, parts: list[Part], wrong: dict[int, list[bool]]) -> bool:
    """Whether a mistake explains some of what is not finite, and has other places of it right."""
    blank = {n for n in wrong if any(_not_finite(own) is not None for own in parts[n].answers)}
    return bool(one.explains & blank and blank - one.explains - one.kinds)


def _are_labels(part: Part) -> bool:
    """Whether a part holds several whole numbers."""
    arrays = [None if part.fact else as_array(value) for value in part.expected]
    return all(array is not None and array.dtype.kind in "iu" and array.size > 1 for array in arrays)


def _speaks(
    one: Candidate,
    candidates: list[Candidate],
    weak: set[int],
    lucky: set[int],
    wrong: frozenset[int],
    facts: frozenset[int],
) -> bool:
    """Whether the parts that a mistake explains are reason enough to name it."""
    strong, contradicted = one.explains - weak, one.wrong - wrong  # right here, wrong in the mistake
    if strong and len(strong) >= len(contradicted):
        return True
    if contradicted or (not one.explains & facts and 2 * len(one.explains) < len(wrong - facts)):
        return False
    others = [other.explains for other in candidates if other.hint != one.hint and other.wrong <= wrong]
    own = one.explains.difference(*others)
    return bool(own - lucky) or (bool(own) and one.wrong == one.explains)


def _by_hint(candidates: list[Candidate]) -> dict[str, tuple[frozenset[int], int]]:
    """For each hint the parts that it explains, and how many it would have wrong besides."""
    explained: dict[str, tuple[frozenset[int], int]] = {}
    for one in candidates:
        surplus = len(one.wrong - one.explains)
        parts, least = explained.get(one.hint, (frozenset(), surplus))
        explained[one.hint] = parts | one.explains, min(least, surplus)
    return explained


def _choose(exact: dict[str, tuple[frozenset[int], int]], candidates: list[Candidate]) -> Explanation:
    best: list[tuple[str, ...]] = []
    rank = None
    for hints in _sets(sorted(exact, key=lambda hint: -len(exact[hint][0]))):
        parts = frozenset().union(*(exact[hint][0] for hint in hints))
        new = -len(parts), len(hints), sum(exact[hint][1] for hint in hints)
        if rank is None or new < rank:
            best, rank = [hints], new
        elif new == rank:
            best.append(hints)
    certain = frozenset(best[0]).intersection(*best) if best else frozenset()  # of equally good ones none
    if not certain:
        return Explanation()
    first = next(one for one in candidates if one.hint in certain and one.explains)
    hints = dict.fromkeys(one.hint for one in candidates if one.hint in certain)
    return Explanation(tuple(hints), first.number, frozenset().union(*(exact[hint][0] for hint in hints)))


def _sets(hints: list[str]) -> Iterator[tuple[str, ...]]:
    for count in range(1, MOST_HINTS + 1):
        yield from combinations(hints, count)


def _by_kind(
    candidates: list[Candidate], explanation: Explanation, wrong: frozenset[int], open_parts: frozenset[int]
) -> Candidate | None:
    """The one mistake that differs from the answer only in what is not finite, at its places if one does."""
    fitting = [
        one
        for one in candidates
        if one.kinds & open_parts
        and one.wrong <= wrong <= one.kinds | one.explains | explanation.parts
        and wrong - explanation.parts <= one.wrong
    ]
    for group in ([one for one in fitting if one.places], fitting):
        if group and len({one.hint for one in group}) == 1:
            return group[0]
    return None
