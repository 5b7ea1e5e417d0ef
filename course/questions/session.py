"""Notebook session: what this kernel is working on, its seed, and the versions registered so far.

One kernel holds one notebook, so there is one current session. Its first code cell says

    begin("06_optimizers", seed=seed, collect=collect)

where `seed` and `collect` are the notebook's papermill parameters. In an exercise `course build` adds which
answers it was built with: `answers="1a2b3c4d"`.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from course.errors import UsageError

from .cell_errors import CellErrors, listen
from .guard import guard
from .public import given_names, other_release

MAX_SEED = 2**64
UNSEEN = "unseen"  # a value of collect
FIRST_CELLS = "Run the cells at the top of the notebook first (menu Run, Run All Above Selected Cell)."


@dataclass
class Version:
    """Another way to write a student's function: a typical mistake with its hint, or a right variant."""

    question: str
    replaces: str  # the name in the notebook, such as momentum_step
    code: object
    hint: str | None = None


@dataclass(frozen=True)
class Asked:
    """A question as its cell asks it."""

    function: Callable
    cases: int
    unchanged: tuple[str, ...]
    record: dict  # its settings: question, points, rtol, atol, parts, without, says, choices, manual


@dataclass
class Session:
    """What `begin` was told, the questions asked so far, and a solution's versions, by question."""

    name: str
    seed: int
    collect: bool
    answers: str | None  # the digest of the answers that its notebook was built with
    versions: dict[str, dict[object, Version]] = field(default_factory=lambda: defaultdict(dict))
    asked: dict[str, Asked] = field(default_factory=dict)
    proving: bool = True  # False: nobody sees the card, which says what a solution's versions prove
    share: tuple[int, int] = (0, 1)  # which of so many shares of a solution's answers is wanted
    answering: bool = True  # False: questions are taken down and not answered
    errors: CellErrors = field(default_factory=CellErrors)
    earned: dict[str, int] = field(default_factory=dict)  # points so far, by question
    waiting: set[str] = field(default_factory=set)  # questions whose answers a person will read

    def takes(self, name: str) -> bool:
        """Whether this share has to answer a question with the notebook's own functions."""
        number, shares = self.share
        return [*self.asked].index(name) % shares == number

    def versions_of(self, name: str) -> list[Version]:
        """This share's mistakes of a question, then its variants."""
        number, shares = self.share
        wrong = [version for version in self.versions[name].values() if version.hint is not None]
        right = [version for version in self.versions[name].values() if version.hint is None]
        return [*wrong[number::shares], *right[number::shares]]


class NotBegun(UsageError):
    """Raised where `begin` has not run in this kernel; IPython shows one line and no traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


_current: Session | None = None


def begin(name: str, seed: int = 0, collect: bool | str = False, answers: str | None = None) -> None:
    """Start a session's notebook; says so when the answers at hand are not those that it was built with.

    Args:
        name: the notebook's stem, such as "06_optimizers".
        seed: what the questions' random inputs are drawn from, 0 ≤ seed < 2**64. 0 is public: its answers
            come with the course, so a card can say at once whether an answer is right.
        collect: also put the answers themselves into the outputs of the question cells, as pure data. Only
            the grader asks for that. Its session then stays until the kernel ends, whatever cells of a
            student's own call later. "unseen" also says that nobody sees the cards: those of a solution do
            without what its mistakes and variants prove, which whoever has the answers can find out.
        answers: the digest of the answers that the notebook was built with; `course build` writes it. A card
            judges by these answers and by no other; None takes those at hand.

    Raises:
        ValueError: the seed is not an integer in range.
    """
    global _current
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < MAX_SEED:
        raise ValueError(f"seed={seed!r} must be an integer from 0 to 2**64 - 1")
    if _current is None or not _current.collect:
        before, _current = _current, Session(name, seed, bool(collect), answers)
        if isinstance(collect, str) and collect.startswith(UNSEEN):
            number, _, count = collect.removeprefix(UNSEEN).partition("/")
            _current.proving, _current.share = False, (int(number or 0), int(count or 1))
        if before is not None and (before.name, before.seed, before.answers) == (name, seed, answers):
            _current.errors = before.errors  # the cells ran once more
            _current.earned, _current.waiting = before.earned, before.waiting
        listen(_current.errors)
        if collect:
            guard(given_names(name, answers))
        trouble = other_release(name, answers) if seed == 0 and not collect else None
        if trouble:
            print(f"{name}: {trouble}")


def current() -> Session:
    """The session that `begin` started.

    Raises:
        NotBegun: `begin` has not run in this kernel.
    """
    if _current is None:
        raise NotBegun(FIRST_CELLS)
    return _current
