"""Plagiarism check: which two students wrote the same, but for names, comments and layout?

Winnowing (Schleimer, Wilkerson and Aiken 2003, "Winnowing: local algorithms for document fingerprinting"):

1. Of each student only answer cells and added cells are read. They become tokens; comments, docstrings and
   layout are dropped, every name counts as the same name; attributes, numbers and keywords stay.
2. Every K tokens in a row give a number; of each window of W numbers the smallest is kept: a fingerprint.
3. Fingerprints that stand in the release, or that many share (`most_holders`), are dropped: short right
   answers are alike because they are right.
4. Two students are as similar as the share of fingerprints that they have in common (Jaccard).
5. The answers to each question are compared by themselves, too, for one copied answer is a small part of a
   notebook: a long one counts that is near-identical, in parts that few others wrote.

It is a reason to look, no proof. Nothing is executed.
"""

import hashlib
import io
import keyword
import tokenize
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from nbformat import NotebookNode

from .compose import python_of, sections

K, W = 12, 6
LEAST_SHARE = 0.8
LEAST_COMMON = 8  # fingerprints; fewer are chance
LEAST_SHARE_OF_ANSWER = 0.9
LONG_ANSWER = 20  # fingerprints in common, with those that many share
FEW = 4  # students; what more of them wrote in a question is no copy of one answer
MOST_PAIRS = 50
DROPPED = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


@dataclass(frozen=True)
class Pair:
    """Two students, how much of what they wrote is the same, and in which questions.

    Where only their answers to these questions are alike, `whole` is false and the share is of these answers.
    """

    first: str
    second: str
    share: float
    questions: tuple[str, ...]
    whole: bool = True


def tokens(source: str) -> list[str]:
    """The code as normalized tokens; of a line that is no Python, what stands before the trouble."""
    words, rest = [], io.StringIO(source)
    while rest.tell() < len(source):  # after what is no Python, go on with the next line
        before = "\n"
        try:
            for token in tokenize.generate_tokens(rest.readline):
                if token.type == tokenize.ERRORTOKEN:  # each would cost the rest of its line again
                    break
                if token.type in DROPPED:
                    before = "\n" if token.type != tokenize.COMMENT else before
                    continue
                if token.type == tokenize.STRING:
                    if before != "\n":  # a text that stands alone is a docstring
                        words.append("text")
                elif token.type == tokenize.NAME and not keyword.iskeyword(token.string):
                    words.append(token.string if before == "." else "name")
                else:
                    words.append(token.string)
                before = token.string
        except (tokenize.TokenError, SyntaxError, ValueError):
            pass
    return words


def fingerprints(words: list[str]) -> set[int]:
    """The winnowed hashes of K tokens in a row; empty when there are fewer than K."""
    return winnow([_hash(" ".join(words[at : at + K])) for at in range(len(words) - K + 1)], W)


def winnow(hashes: list[int], window: int) -> set[int]:
    """The smallest number of each window (Section 3, Figure 2)."""
    places = range(max(len(hashes) - window + 1, 1)) if hashes else ()
    return {min(hashes[at : at + window]) for at in places}


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def fingerprints_by_question(notebook: NotebookNode) -> dict[str, set[int]]:
    """The fingerprints of a composed notebook's student cells, question by question."""
    return {
        question: set().union(*(fingerprints(tokens(python_of(cell))) for cell in cells))
        for question, cells in sections(notebook).items()
    }


def released_fingerprints(released: NotebookNode) -> set[int]:
    """What every student received: stubs, signatures, given functions."""
    cells = [cell for cell in released.cells if cell.cell_type == "code"]
    return set().union(*(fingerprints(tokens(python_of(cell))) for cell in cells))


def most_holders(students: int) -> int:
    """How many students of a class may have a fingerprint that counts: a quarter, from 4 to 100."""
    return max(FEW, min(students // 4, 100))


def similar_pairs(prints: dict[str, dict[str, set[int]]], released: Iterable[int] = ()) -> list[Pair]:
    """The pairs that share most, the most similar first; of a pair whose notebooks are alike, only that.

    Args:
        prints: of each student, the fingerprints by question.
        released: fingerprints that do not count.
    """
    given = set(released)
    alike = {(pair.first, pair.second): pair for pair in _similar_notebooks(prints, given)}
    for pair in _similar_answers(prints, given):
        alike.setdefault((pair.first, pair.second), pair)
    return sorted(alike.values(), key=lambda pair: (-pair.share, pair.first, pair.second))[:MOST_PAIRS]


def _similar_notebooks(prints: dict[str, dict[str, set[int]]], given: set[int]) -> list[Pair]:
    """The pairs that are alike in all that they wrote."""
    rare = _rare(
        {student: set().union(*own.values()) - given for student, own in prints.items()},
        most_holders(len(prints)),
    )
    pairs = []
    for (first, second), count in _shared(rare).items():
        share = count / len(rare[first] | rare[second])
        if count >= LEAST_COMMON and share >= LEAST_SHARE:
            common = rare[first] & rare[second]
            both = [
                name for name, own in prints[first].items() if own & prints[second].get(name, set()) & common
            ]
            pairs.append(Pair(first, second, share, tuple(name for name in both if name)))
    return pairs


def _similar_answers(prints: dict[str, dict[str, set[int]]], given: set[int]) -> list[Pair]:
    """The pairs that are alike in a long answer to a question; the share is of all such answers together."""
    answers_of: dict[tuple[str, str], list[tuple[str, int, int]]] = {}
    for name in dict.fromkeys(name for own in prints.values() for name in own if name):
        answers = {student: own[name] - given for student, own in prints.items() if name in own}
        long = {student: marks for student, marks in answers.items() if len(marks) >= LONG_ANSWER}
        for (first, second), count in _shared(_rare(long, FEW)).items():
            common, either = len(long[first] & long[second]), len(long[first] | long[second])
            if count >= LEAST_COMMON and common >= max(LONG_ANSWER, LEAST_SHARE_OF_ANSWER * either):
                answers_of.setdefault((first, second), []).append((name, common, either))
    return [
        Pair(
            *pair,
            sum(row[1] for row in rows) / sum(row[2] for row in rows),
            tuple(row[0] for row in rows),
            False,
        )
        for pair, rows in answers_of.items()
    ]


def _rare(marks: dict[str, set[int]], most: int) -> dict[str, set[int]]:
    """Of each student the fingerprints that at most so many students have."""
    holders = Counter(mark for own in marks.values() for mark in own)
    return {student: {mark for mark in own if holders[mark] <= most} for student, own in marks.items()}


def _shared(marks: dict[str, set[int]]) -> Counter[tuple[str, str]]:
    """How many fingerprints two students have in common, by pair in alphabetical order."""
    by_mark: dict[int, list[str]] = {}
    for student, own in sorted(marks.items()):
        for mark in own:
            by_mark.setdefault(mark, []).append(student)
    return Counter(pair for students in by_mark.values() for pair in combinations(students, 2))
