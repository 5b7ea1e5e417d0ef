"""Who runs the notebooks: this process alone, or many through dask.distributed.

A worker gets the task once, then one submission after the other as bytes, and sends verdicts and the executed
notebook back as JSON and bytes. It never sees the ledger: only the process that called `course grade` writes.

dask unpickles what arrives at its ports, so whoever reaches them owns the cluster. Here they speak TLS, and
the local ones listen on the loopback only.
"""

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from course import __version__
from course.errors import UsageError
from course.sandbox import close, isolation

from .grade import grade_content
from .leases import Lease
from .result import FAILED, Packed, Result, Task, not_run, unpack_task

SAFE = 2  # below, a student's code reaches the network of this machine, and so the ports of dask
# dask keeps its latest messages, and with them whole submissions, and an hour of its own profile
SMALL_MEMORY = {
    "distributed.admin.low-level-log-length": 20,
    "distributed.admin.log-length": 200,
    "distributed.worker.profile.enabled": False,
}
AHEAD = 4  # submissions in flight for each worker, so that none waits for the next


class Crew(Protocol):
    """Takes leases, and gives each back with a packed result and the name of the worker that ran it."""

    room: int

    def start(self, lease: Lease) -> None:
        """Accept a lease; at most `room` at a time."""

    def wait(self, seconds: float) -> list[tuple[Lease, Packed, str]]:
        """What has ended since; waits for the first, but not longer than `seconds` if it can help it."""

    def drop_waiting(self) -> int:
        """Forget what no worker has begun. Returns how many leases that are."""


class IsolationTooLow(Exception):
    """Students' code would not be kept in well enough."""


@contextmanager
def alone(task: Task, least: int = 0) -> Iterator["Alone"]:
    """One notebook after the other, in this process.

    Raises:
        IsolationTooLow: kernels here are kept in less well than the level `least` of course.sandbox.
    """
    if least > 0:
        _refuse_low([measured()], least)
    yield Alone(task)


def measured() -> tuple[int, str, str]:
    """The isolation of this process's kernels: level, in words, and what could be done."""
    found = isolation()
    return found.level, str(found), found.advice


def run_lease(task: Task, lease: Lease) -> Packed:
    """Run one submission; after trouble of the machine the next one gets a fresh warm process."""
    result = grade_content(task, lease.student, lease.content)
    try:
        packed = result.pack()
    except Exception as error:
        result = not_run(task, lease.student, FAILED, f"{type(error).__name__}: {error}")
        packed = result.pack()
    if result.status == FAILED:
        close()
    return packed


def _refuse_low(levels: list[tuple[int, str, str]], least: int) -> None:
    level, words, advice = min(levels)
    if level < least:
        raise IsolationTooLow(f"isolation {words} is below {least}; {advice}")


class Alone:
    """Runs a lease when its result is asked for."""

    room = 1

    def __init__(self, task: Task):
        self.task = task
        self._accepted: list[Lease] = []

    def start(self, lease: Lease) -> None:
        """Accept a lease."""
        self._accepted.append(lease)

    def wait(self, seconds: float) -> list[tuple[Lease, Packed, str]]:
        """Run the next one, however long it takes."""
        lease = self._accepted.pop(0)
        return [(lease, run_lease(self.task, lease), "")]

    def drop_waiting(self) -> int:
        """Forget what was accepted; it runs only when its result is asked for."""
        dropped = len(self._accepted)
        self._accepted.clear()
        return dropped


@dataclass(frozen=True)
class Tls:
    """The files that a running scheduler asks for: its authority, our certificate, our key."""

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None


@contextmanager
def local_cluster(task: Task, workers: int, least: int = SAFE) -> Iterator["Cluster"]:
    """So many worker processes on this machine, one notebook at a time each.

    Raises:
        IsolationTooLow: as for `running_cluster`.
    """
    import dask
    from distributed import Client, LocalCluster, Security

    with dask.config.set(SMALL_MEMORY):
        cluster = LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            protocol="tls://",
            security=Security.temporary(),
            dashboard_address=None,
            worker_dashboard_address=None,
            memory_limit=0,  # the kernels' memory is limited, which is not the workers'
            scheduler_kwargs={"allowed_failures": 0},  # a lost worker is counted here, not hidden there
            silence_logs=logging.CRITICAL,
        )
        client = Client(cluster)
    with cluster, client:
        _refuse_low(list(client.run(measured).values()), max(least, SAFE))
        yield Cluster(client, task)


@contextmanager
def running_cluster(task: Task, scheduler: str, tls: Tls, least: int = SAFE) -> Iterator["Cluster"]:
    """The workers of a scheduler that runs already.

    Raises:
        UsageError: it does not answer, has no workers, other versions than ours, or is open to everybody.
        IsolationTooLow: on some worker; through dask's ports, code that reaches them owns the cluster.
    """
    import dask
    from distributed import Client, Security

    files = (tls.ca, tls.cert, tls.key)
    missing = [str(path) for path in files if path is not None and not path.is_file()]
    if missing:
        raise UsageError(f"{missing[0]}: there is no such file")
    security = None
    if all(files):
        ca, cert, key = map(str, files)
        security = Security(tls_ca_file=ca, tls_client_cert=cert, tls_client_key=key, require_encryption=True)
    elif not scheduler.startswith(("tcp://127.0.0.1:", "tcp://localhost:")):
        raise UsageError(
            f"--scheduler={scheduler!r} needs --tls-ca, --tls-cert and --tls-key: whoever reaches it without "
            "them runs code as you"
        )
    try:
        with dask.config.set(SMALL_MEMORY):
            client = Client(scheduler, security=security, timeout=30)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"--scheduler={scheduler!r} does not answer ({error})") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=60)
        except TimeoutError:
            raise UsageError(f"--scheduler={scheduler!r} has no workers") from None
        others = {version for version in client.run(_version).values() if version != __version__}
        if others:
            raise UsageError(f"--scheduler={scheduler!r} has course {min(others)}, not {__version__}")
        _refuse_low(list(client.run(measured).values()), max(least, SAFE))
        yield Cluster(client, task)


class Cluster:
    """Hands leases to the workers of a dask client."""

    def __init__(self, client, task: Task):
        self._client = client
        self._running: dict[object, Lease] = {}
        client.register_plugin(_plugin(task))
        self.room = AHEAD * max(len(client.ncores()), 1)

    def processes(self) -> list[int]:
        """The workers' process ids, each on its own machine."""
        return sorted(self._client.run(os.getpid).values())

    def start(self, lease: Lease) -> None:
        """Send a lease to a worker, and not to one where it failed before if there is another."""
        others = None
        if lease.failed_on:
            others = [address for address in self._client.ncores() if address not in lease.failed_on] or None
        future = self._client.submit(
            _run,
            lease,
            key=f"course-{lease.key}-{lease.attempt}",
            pure=False,
            retries=0,
            workers=others,
            allow_other_workers=others is not None,
        )
        self._running[future] = lease

    def wait(self, seconds: float) -> list[tuple[Lease, Packed, str]]:
        """What the workers have sent since."""
        from distributed import wait

        try:
            wait(list(self._running), timeout=seconds, return_when="FIRST_COMPLETED")
        except TimeoutError:
            return []
        ended = [future for future in self._running if future.done()]
        return [_outcome(future, self._running.pop(future)) for future in ended]

    def drop_waiting(self) -> int:
        """Take back what no worker has begun."""
        begun = {key for keys in self._client.run(_executing).values() for key in keys}
        waiting = [future for future in self._running if not future.done() and future.key not in begun]
        for future in waiting:
            del self._running[future]
        self._client.cancel(waiting, reason="the run was stopped")
        return len(waiting)


def _executing(dask_worker) -> list[str]:
    """What a worker is at just now; dask fills in the argument by its name."""
    return [task.key for task in dask_worker.state.executing]


def _outcome(future, lease: Lease) -> tuple[Lease, Packed, str]:
    if future.status == "finished":
        result, notebook, worker = future.result()
        return lease, Packed(result, notebook), worker
    error = future.exception() if future.status == "error" else None
    lost = getattr(error, "last_worker", None)
    reason = "its worker was lost" if lost or error is None else f"{type(error).__name__}: {error}"
    return lease, Result(lease.student, FAILED, reason[:300]).pack(), getattr(lost, "address", "") or ""


def _version() -> str:
    return __version__


def _plugin(task: Task):
    """What every worker gets before its first notebook, and again when it had to be started anew."""
    from distributed import WorkerPlugin

    class CourseTask(WorkerPlugin):
        name = "course-grade"

        def __init__(self):
            self.packed = task.pack()

        def setup(self, worker):
            prepare_worker(worker, self.packed)

    return CourseTask()


def prepare_worker(worker, packed: bytes) -> None:
    """Give a worker its task, and leave Ctrl-C to the process that has to tidy up."""
    worker.course_task = unpack_task(packed)
    with suppress(ValueError):  # not in the main thread: then nobody sends it here
        signal.signal(signal.SIGINT, lambda *_: None)


def _run(lease: Lease) -> tuple[str, bytes | None, str]:
    from distributed import get_worker

    worker = get_worker()
    return *run_lease(worker.course_task, lease), worker.address
