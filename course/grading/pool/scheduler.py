"""Scheduler: keep the workers busy until all is graded, and know when to stop.

Before the first submission, and after every 200, two notebooks whose points are known are graded: the
solution's own answers and the empty exercise. A wrong verdict there would be wrong for everybody.
"""

import heapq
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait

import nbformat

from course.questions.manual import is_complete

from ..record.runs import TRIES, Runs
from ..result import FAILED, Job, Packed, Task, not_run, unpack_result
from .local import InProcess

PATIENCE = 5  # failures of the machine in a row
CHECK_EVERY = 200
BACKOFF_S = 2.0
WAIT_S = 2.0


class Stopped(Exception):
    """The machine or the grader is in trouble. Nothing is lost: the same command goes on later."""


class Stop:
    """The first Ctrl-C, or SIGTERM, lets running notebooks end; the second one ends at once."""

    def __init__(self):
        self.asked = False
        self._before: dict[int, object] = {}

    def __enter__(self) -> "Stop":
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._ask)
        return self

    def _ask(self, number, frame) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        print("\nletting running notebooks end; Ctrl-C once more stops at once", file=sys.stderr)

    def __exit__(self, *_) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)


Work = Callable[[bytes, Job], Packed]  # `submission.grade.run_job`


def run_jobs(runs: Runs, jobs: list[Job], work: Work, pool: InProcess, stop: Stop) -> Iterator[Job]:
    """Run submissions; gives each when its result is final and kept.

    Args:
        work: what a worker does with a packed task and a submission.
        pool: an executor of this folder, or another with `room`, `ready` and `withdraws`.

    Raises:
        Stopped: too many failures in a row, of the known notebooks too, or a wrong verdict on one of them.
        IsolationTooLow: as `ready` of the pool.
        KeyboardInterrupt: `stop` was asked for; all that ran has ended.
    """
    try:
        pool.ready(len(jobs))
    except BrokenExecutor as error:
        raise Stopped(f"no worker starts ({error})") from None
    task = runs.task.pack()
    check_known_notebooks(runs.task, work, pool)
    queue = [(0.0, place, job) for place, job in enumerate(jobs)]  # when it may run, its place
    running: dict[Future, tuple[int, Job]] = {}
    since = failures = 0
    while (queue and not stop.asked) or running:
        if since >= CHECK_EVERY and not running:
            check_known_notebooks(runs.task, work, pool)
            since = 0
        while queue and not stop.asked and len(running) < min(pool.room, CHECK_EVERY - since):
            if queue[0][0] > time.monotonic():
                break
            _, place, job = heapq.heappop(queue)
            running[pool.submit(work, task, runs.to_send(job))] = place, job
        if stop.asked and pool.withdraws:
            running = {future: waiting for future, waiting in running.items() if not future.cancel()}
        if not running:
            time.sleep(0.2)  # what is left was put back a moment ago
        for future in wait(running, WAIT_S, FIRST_COMPLETED).done:
            place, job = running.pop(future)
            since, packed = since + 1, _outcome(runs.task, future)
            if packed.status != FAILED:
                failures = 0
                runs.finish(job, packed)
                yield job
                continue
            failures, times = failures + 1, runs.fail(job, packed.reason, packed.worker)
            if times >= TRIES:
                yield job
            else:
                heapq.heappush(queue, (time.monotonic() + BACKOFF_S * 2 ** (times - 1), place, job))
            if failures >= PATIENCE:
                _blame(runs.task, work, pool, f"{failures} failures in a row, the last: {packed.reason}")
                failures = 0
    if stop.asked:
        raise KeyboardInterrupt


def _blame(task: Task, work: Work, pool: InProcess, what: str) -> None:
    """Find out whose fault failures are: while the known notebooks run, it is not the machine's.

    Then each of the submissions that failed is a row of its own, and the class goes on.

    Raises:
        Stopped: the machine is in trouble.
    """
    if task.solved is None:
        raise Stopped(what)
    try:
        check_known_notebooks(task, work, pool)
    except Stopped as error:
        raise Stopped(f"{what}; {error}") from None


def _outcome(task: Task, future: Future) -> Packed:
    try:
        return future.result()
    except Exception as error:
        lost = getattr(error, "last_worker", None)  # dask's
        if lost or isinstance(error, BrokenExecutor | CancelledError):
            reason = "its worker was lost"
        else:
            reason = f"{type(error).__name__}: {error}"
        return not_run(task, "", FAILED, reason).pack()._replace(worker=getattr(lost, "address", ""))


def check_known_notebooks(task: Task, work: Work, pool: InProcess) -> None:
    """Grade two notebooks whose points are known.

    Raises:
        Stopped: one did not run, or a verdict is wrong.
    """
    if task.solved is None:
        return
    known = {"solution": task.solved, "exercise": task.released}
    jobs = [Job(0, name, content=nbformat.writes(notebook).encode()) for name, notebook in known.items()]
    for job, future in [(job, pool.submit(work, task.pack(), job)) for job in jobs]:
        packed = _outcome(task, future)
        if packed.status == FAILED:
            raise Stopped(f"the {job.student} itself could not be run: {packed.reason}")
        for name, verdict in unpack_result("", packed.result).verdicts.items():
            if is_complete(verdict) != (job.student == "solution"):
                raise Stopped(
                    f"the {job.student} itself was judged {verdict.kind} in question {name!r}"
                    f"{': ' + verdict.text if verdict.text else ''}"
                )
