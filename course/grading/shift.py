"""A shift of work: keep the workers busy until all is graded, and know when to stop.

Before the first submission, and after every 200, two notebooks whose points are known are graded: the
solution's own answers and the empty exercise. A wrong verdict there would be wrong for everybody.
"""

import signal
import sys
import threading
import time
from collections.abc import Iterator

import nbformat

from .leases import QUARANTINED, Lease, Leases
from .result import FAILED, Result, Task, unpack_result
from .workers import Crew

PATIENCE = 5  # failures of the machine in a row
CANARY_EVERY = 200
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


def work(task: Task, leases: Leases, crew: Crew, stop: Stop) -> Iterator[Result]:
    """Run all that is queued; gives each result when it is final.

    Raises:
        Stopped: too many failures of the machine in a row, or a wrong verdict on a known notebook.
        KeyboardInterrupt: `stop` was asked for; all that ran has ended.
    """
    check_canaries(task, crew)
    running = since = failures = 0
    dropped = False
    while True:
        while running < crew.room and since + running < CANARY_EVERY and not stop.asked:
            lease = leases.lease()
            if lease is None:
                break
            crew.start(lease)
            running += 1
        if stop.asked and not dropped:
            dropped = True
            running -= crew.drop_waiting()
        if running == 0:
            if stop.asked:
                raise KeyboardInterrupt
            if leases.pending() == 0:
                return
            if since >= CANARY_EVERY:
                check_canaries(task, crew)
                since = 0
            else:  # what is left was put back a moment ago, or another process holds it
                time.sleep(0.2)
        for lease, packed, worker in crew.wait(WAIT_S) if running else []:
            running, since = running - 1, since + 1
            result = unpack_result(lease.student, packed.result)
            if result.status != FAILED:
                failures = 0
                leases.finish(lease, packed, worker)
                yield result
                continue
            failures += 1
            if leases.fail(lease, result.reason, worker) == QUARANTINED:
                yield result
            if failures >= PATIENCE:
                raise Stopped(f"{failures} failures of the machine in a row, the last: {result.reason}")
        leases.renew()


def check_canaries(task: Task, crew: Crew) -> None:
    """Grade two notebooks whose points are known.

    Raises:
        Stopped: one did not run, or a verdict is wrong.
    """
    if task.solved is None:
        return
    waiting = 0
    for name, notebook in (("solution", task.solved), ("exercise", task.released)):
        key = f"{name}-{time.time_ns()}"
        crew.start(Lease(key, 1, name, nbformat.writes(notebook).encode()))
        waiting += 1
        while waiting >= crew.room:
            waiting -= _judge_canaries(task, crew)
    while waiting:
        waiting -= _judge_canaries(task, crew)


def _judge_canaries(task: Task, crew: Crew) -> int:
    ended = crew.wait(WAIT_S)
    for lease, packed, _ in ended:
        result = unpack_result(lease.student, packed.result)
        if result.status == FAILED:
            raise Stopped(f"the {lease.student} itself could not be run: {result.reason}")
        expected = lease.student == "solution"
        for name, verdict in result.verdicts.items():
            if verdict.right != expected:
                raise Stopped(
                    f"the {lease.student} itself was judged {verdict.kind} in question {name!r}"
                    f"{': ' + verdict.text if verdict.text else ''}"
                )
    return len(ended)
