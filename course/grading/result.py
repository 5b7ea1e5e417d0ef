"""Data classes of a grading: task, job, result, adjustment. Between processes they travel as JSON."""

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from course import __version__
from course.notebooks.document import to_text
from course.notebooks.safe_outputs import sanitize
from course.questions.judge import MISSING, Verdict
from course.questions.manual import WAITING

GRADED, MISSING_FILE, BROKEN, FAILED = "graded", "missing", "broken", "not graded"
COMMENT = "comment"  # a kind of adjustment
Track = Callable[[Iterable, int], Iterable]  # shows progress: wraps items, and is told how many there are
NOTEBOOK_LIMIT = 10 * 2**20  # characters of an executed notebook that are kept


@dataclass(frozen=True)
class Task:
    """What a grading run needs to know: the released exercise, the records for its seed, the limits.

    `solution` is a hash of the solution; `solved` the exercise with the solution's answers, which must get
    full points before anybody is graded.
    """

    session: str
    seed: int
    released: NotebookNode
    records: dict[str, dict]
    cell_timeout: float = 60
    notebook_timeout: float = 600
    solution: str = ""
    solved: NotebookNode | None = None

    @property
    def points(self) -> int:
        """The points of all questions together."""
        return sum(record["points"] for record in self.records.values())

    @cached_property
    def forbidden(self) -> tuple[str, ...]:
        """All modules that some question of the session does without; sorted."""
        return tuple(sorted({name for record in self.records.values() for name in record.get("without", ())}))

    @cached_property
    def id(self) -> str:
        """A hash of all that a result depends on besides the submission and the seed, which is drawn anew."""
        solution = self.solution or digest([self.released, self.records])
        return task_id(self.session, solution, self.cell_timeout, self.notebook_timeout)

    def pack(self) -> bytes:
        """The task as compressed JSON."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return zlib.compress(json.dumps(fields).encode())


def task_id(session: str, solution: str, cell_timeout: float, notebook_timeout: float) -> str:
    """The id of a task, known before its solution has run."""
    return digest([session, solution, float(cell_timeout), float(notebook_timeout), __version__])


def unpack_task(packed: bytes) -> Task:
    """The task that `Task.pack` wrote."""
    fields = json.loads(zlib.decompress(packed))
    for name in ("released", "solved"):
        fields[name] = nbformat.from_dict(fields[name]) if fields[name] else None
    return Task(**fields)


def digest(value: object) -> str:
    """A hash of JSON-ready data."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Adjustment:
    """A change by hand. `what` is a question, "total", or "late" for the days; `points` None withdraws.

    A comment changes nothing; its text is the reason. `about` is the hash of the text that was read, where
    the question is one that a person judges.
    """

    at: str
    what: str
    kind: str  # "set", "add" or "comment"
    points: float | None
    reason: str
    about: str = ""

    def apply(self, now: float | None, graded: float | None) -> float | None:
        """The value after this change: `now` before it, `graded` without any change."""
        if self.kind == COMMENT:
            return now
        if self.kind == "add":
            return None if now is None else max(now + self.points, 0)
        return graded if self.points is None else self.points


class Job(NamedTuple):
    """A submission to be run: its number, whose it is, where it failed before.

    Its bytes come along when it is sent, and the modules beside the notebook if they are taken along.
    """

    number: int
    student: str
    failed_on: tuple[str, ...] = ()
    content: bytes = b""
    modules: dict[str, bytes] = {}  # noqa: RUF012 (never changed)


class Packed(NamedTuple):
    """A result as a worker sends it and the database keeps it: JSON, and the executed notebook compressed.

    `uses` and `fingerprints` are what a review found; the first three fields repeat what the JSON says.
    """

    status: str
    reason: str
    finished: bool
    result: str
    uses: str = "[]"
    fingerprints: str = "{}"
    notebook: bytes | None = None
    worker: str = ""


@dataclass
class Result:
    """One row of the gradebook, and what the feedback page tells.

    `status` is "graded"; "missing" or "broken" for a notebook that cannot be run, which earns nothing;
    "not graded" when the machine failed, which is no score at all. `finished` is false when the run did not
    come to its end: a time limit, a dead kernel, or nothing to run. `penalty` is the share of the points
    that lateness costs. `answer_hashes` names, by question, the wrong answers that neither a known
    mistake nor another cell explains: equal answers have equal hashes. `enrolled` is when these bytes were
    first there to be graded.
    """

    student: str
    status: str
    reason: str = ""
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    seconds: float = 0.0
    notebook: NotebookNode | None = None
    question_seconds: dict[str, float] = field(default_factory=dict)
    isolation: str = ""
    finished: bool = True
    answer_hashes: dict[str, str] = field(default_factory=dict)
    attempt: int = 1
    attempts: int = 1
    handed_in: str = ""
    enrolled: str = ""
    days_late: float = 0.0
    penalty: float = 0.0
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def judged(self) -> bool:
        """Whether there is a verdict on every question; no trouble of the machine is one."""
        return bool(self.verdicts) and self.status != FAILED

    @property
    def in_force(self) -> list[Adjustment]:
        """The adjustments, without those that a later one replaced or took back, and without stale ones."""
        kept: list[Adjustment] = []
        for change in self.adjustments:
            if self.is_stale(change):
                continue
            if change.kind == "set":
                kept = [item for item in kept if item.what != change.what or item.kind == COMMENT]
            if change.kind != "set" or change.points is not None:
                kept.append(change)
        return kept

    def is_stale(self, change: Adjustment) -> bool:
        """Whether points were given for a text, and what is handed in now holds none."""
        verdict = self.verdicts.get(change.what)
        return bool(change.about) and verdict is not None and verdict.kind != WAITING

    def is_of_earlier(self, change: Adjustment) -> bool:
        """Whether a person wrote this before the notebook that counts was there, so about another one."""
        return change.what != "late" and change.at < self.enrolled

    @property
    def waiting(self) -> list[str]:
        """The questions with an answer that a person has still to read, perhaps in place of an older one."""
        read = {(change.what, change.about) for change in self.in_force if change.kind != COMMENT}
        kept = [name for name, verdict in self.verdicts.items() if verdict.kind == WAITING]
        return [name for name in kept if (name, self.text_hash(name)) not in read]

    def text_hash(self, question: str) -> str:
        """A hash of the text that a person reads of a question; "" of one that the program judges."""
        verdict = self.verdicts.get(question)
        return digest(verdict.text)[:16] if verdict and verdict.kind == WAITING else ""

    @property
    def ran(self) -> bool:
        """Whether its answers say something about a question: a missing or broken notebook has none."""
        return self.judged and self.status == GRADED

    def points(self, task: Task) -> dict[str, float]:
        """Points by question, after adjustments; names and points are the solution's."""
        points = {name: _graded(record, self.verdicts.get(name)) for name, record in task.records.items()}
        for name in {change.what for change in self.adjustments} & points.keys():
            points[name] = whole(self._adjusted(name, points[name]))
        return points

    def total(self, task: Task) -> float | None:
        """Points after lateness and adjustments; None when there is no score."""
        graded = None
        if self.status != FAILED:
            graded = sum(self.points(task).values()) * (1 - self.penalty)
        total = self._adjusted("total", graded)
        return None if total is None else whole(total)

    def _adjusted(self, what: str, graded: float | None) -> float | None:
        now = graded
        for change in self.in_force:
            if change.what == what:
                now = change.apply(now, graded)
        return now

    def pack(self, uses: str = "[]", fingerprints: str = "{}") -> Packed:
        """The result without what the database knows better: whose it is, and what was changed by hand."""
        fields = asdict(replace(self, notebook=None))
        for name in ("student", "notebook", "adjustments"):
            del fields[name]
        notebook = None if self.notebook is None else _pack_notebook(self.notebook)
        return Packed(
            self.status, self.reason, self.finished, json.dumps(fields), uses, fingerprints, notebook
        )


def _graded(record: dict, verdict: Verdict | None) -> int:
    """Points of a verdict: all of a right answer, those of the right parts of another one."""
    if verdict is None:
        return 0
    return record["points"] if verdict.right else min(verdict.earned, record["points"])


def not_run(task: Task, student: str, status: str, reason: str) -> Result:
    """The result of a notebook that cannot be run: without a score when the machine is to blame."""
    verdicts = {} if status == FAILED else dict.fromkeys(task.records, Verdict(MISSING, reason))
    return Result(student, status, reason[:300], verdicts, finished=False)


def unpack_result(student: str, packed: str) -> Result:
    """The result that `Result.pack` wrote, without its notebook."""
    fields = json.loads(packed)
    fields["verdicts"] = {name: Verdict(**made) for name, made in fields["verdicts"].items()}
    return Result(student, **fields)


def whole(number: float) -> float:
    """Points as people write them: two digits at most, and no .0."""
    if isinstance(number, int):
        return number
    number = round(number, 2)
    return int(number) if number == int(number) else number


def _pack_notebook(notebook: NotebookNode) -> bytes:
    """The notebook's text, safe to open; the largest outputs are left out where it would be too long."""
    sanitize(notebook)
    sizes = {cell.id: len(json.dumps(cell.get("outputs", []))) for cell in notebook.cells}
    room = NOTEBOOK_LIMIT - sum(len(cell.source) for cell in notebook.cells)
    for cell in sorted(notebook.cells, key=lambda cell: sizes[cell.id]):
        room -= sizes[cell.id]
        if room < 0 and sizes[cell.id] > 2:
            text = "The outputs of this cell were too long to keep."
            cell.outputs = [nbformat.v4.new_output("stream", text=text)]
    return zlib.compress(to_text(notebook).encode("utf-8", "backslashreplace"))
