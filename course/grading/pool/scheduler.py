"""Scheduler: keep the workers busy until all is graded, and know when to stop.

Before the first submission, after every 200 and after five failures in a row, two notebooks whose points are
known are graded: the solution's own answers and the empty exercise. A wrong verdict there would be wrong for
everybody. While they run, failures are not the machine's fault: each is a row of its own, the class goes on.
"""

import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from contextlib import contextmanager
from functools import partial
from threading import Event

import nbformat

from course.questions.manual import is_complete

from ..result import FAILED, Job, Packed, Task, unpack_result
from .local import WAIT_S, IsolationTooLow, Pool

CHECK_EVERY = 200
PATIENCE = 5  # failures of the machine in a row
AHEAD = 2  # submissions in flight for each worker, so that none waits for the next
BACKOFF_S = 2.0
Work = Callable[[bytes, Job], Packed]  # `submission.grade.run_job`
Load, Keep = Callable[[Job], Job], Callable[[Job, Packed], bool]  # methods of `record.runs.Runs`


class Stopped(Exception):
    """The machine or the grader is in trouble. Nothing is lost: the same command goes on later."""


def run_jobs(task: Task, jobs: list[Job], work: Work, pool: Pool, load: Load, keep: Keep) -> Iterator[Job]:
    """Run submissions; gives each when its result is final and kept.

    Args:
        work: what a worker does with a packed task and a submission.
        load: gives a submission its bytes, when it is sent.
        keep: keeps how a try ended. Returns whether that is final; else there will be another.
        pool: an executor of this folder.

    Raises:
        Stopped: a notebook whose points are known does not run, or gets others.
        ConnectionError: the pool has no workers any more.
        IsolationTooLow: a worker does not keep students' code in well enough.
        KeyboardInterrupt: somebody asked to stop; all that ran has ended.
    """
    submit = partial(pool.submit, work, task.pack())
    waiting, running = deque(jobs), {}
    with stop_on_signals() as stop:
        while waiting and not stop.is_set():
            check_known_notebooks(task, submit, pool)
            left, failures = CHECK_EVERY, 0
            while running or (waiting and left):
                if stop.is_set() or failures >= PATIENCE:
                    left = 0
                if stop.is_set() and pool.withdraws:
                    running = {future: job for future, job in running.items() if not future.cancel()}
                if room := bool(waiting and left and len(running) < AHEAD * pool.workers):
                    job, left = waiting.popleft(), left - 1
                    if job.failed_on and not running:  # all others are done: a little later
                        time.sleep(BACKOFF_S)
                    running[submit(load(job))] = job
                done = wait(running, 0 if room else WAIT_S, FIRST_COMPLETED).done
                if not (done or room):
                    pool.require_workers()
                for future in done:
                    job, packed = running.pop(future), outcome(future)
                    failures = failures + 1 if packed.status == FAILED else 0
                    if keep(job, packed):
                        yield job
                    else:
                        waiting.append(job._replace(failed_on=(*job.failed_on, packed.worker)))
        if stop.is_set():
            raise KeyboardInterrupt


def outcome(future: Future) -> Packed:
    """What came out of a submission; trouble of the machine when its worker gave nothing back.

    Raises:
        IsolationTooLow: as the call.
    """
    try:
        return future.result()
    except IsolationTooLow:
        raise
    except Exception as error:
        lost = getattr(error, "last_worker", None)  # dask's
        reason = f"{type(error).__name__}: {error}"
        if lost or isinstance(error, BrokenExecutor | CancelledError):
            reason = "its worker was lost"
        return Packed(FAILED, reason, False, "", worker=getattr(lost, "address", ""))


def check_known_notebooks(task: Task, submit: Callable[[Job], Future], pool: Pool) -> None:
    """Grade two notebooks whose points are known.

    Raises:
        Stopped: one did not run, twice, or a verdict is wrong.
        ConnectionError: the pool has no workers any more.
    """
    if task.solved is None:
        return
    known = {"solution": task.solved, "exercise": task.released}
    jobs = [Job(0, name, content=nbformat.writes(notebook).encode()) for name, notebook in known.items()]
    for job, future in [(job, submit(job)) for job in jobs]:
        packed = outcome(pool.wait_for(future))
        if packed.status == FAILED:  # perhaps only its worker was lost
            packed = outcome(pool.wait_for(submit(job)))
        if packed.status == FAILED:
            raise Stopped(f"the {job.student} itself could not be run: {packed.reason}")
        for name, verdict in unpack_result("", packed.result).verdicts.items():
            if is_complete(verdict) != (job.student == "solution"):
                judged = f"the {job.student} itself was judged {verdict.kind} in question {name!r}"
                raise Stopped(": ".join(filter(None, (judged, verdict.text))))


@contextmanager
def stop_on_signals() -> Iterator[Event]:
    """An event: the first Ctrl-C, or SIGTERM, lets running notebooks end; the second one ends at once."""
    stop = Event()

    def ask(number, frame):
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        print("\nletting running notebooks end; Ctrl-C once more stops at once", file=sys.stderr)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
