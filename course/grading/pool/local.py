"""Executors of this machine: the calling process, or a pool of worker processes; no code runs unisolated.

A `ProcessPoolExecutor` is broken as a whole when one of its processes dies. So each thread of a
`ThreadPoolExecutor` has a process of its own: the call that a dead one was at fails with `BrokenProcessPool`,
the process is replaced, and no other call notices.
"""

import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext, suppress
from importlib import import_module

from course import scratch
from course.sandbox import Isolation, isolation
from course.sandbox.canary import believe
from course.sandbox.client import connection, use_connection, warm_up

WAIT_S = 2.0


class IsolationTooLow(Exception):
    """Students' code would not be kept in well enough."""


def require_isolation(least: int) -> Isolation | None:
    """How well kernels are kept in here; None where nothing is required.

    Raises:
        IsolationTooLow: their level is below `least`, one of course.sandbox.
    """
    reached = isolation() if least > 0 else None
    if reached is not None and reached.level < least:
        raise IsolationTooLow(f"isolation {reached} is below {least}; {reached.advice}")
    return reached


def get_ready() -> None:
    """Import what runs notebooks, while the warm process starts."""
    warm_up()
    import_module("papermill")


class Pool(Executor):
    """Executor that says how many workers it has, and whether any are left."""

    workers = 1
    withdraws = True  # whether `cancel` of a future leaves a call alone that has begun

    def start(self) -> list[Future]:
        """Begin to warm up, without waiting. Returns a future for each worker that has to."""
        return []

    def require_workers(self) -> None:
        """Nothing to do where each worker that is lost is replaced.

        Raises:
            ConnectionError: no worker is left, and none comes.
        """

    def wait_for(self, future: Future) -> Future:
        """Wait until a call has ended, as `require_workers` allows. Returns its future."""
        while not wait([future], WAIT_S).done:
            self.require_workers()
        return future


class InProcess(Pool):
    """Pool of one, which runs a call when it is submitted, in this process.

    Args:
        least: the level of isolation below which a call raises IsolationTooLow.
    """

    def __init__(self, least: int = 0):
        self._least = least

    def start(self) -> list[Future]:
        """As `Pool.start`; the warm process starts beside."""
        get_ready()
        return []

    def submit(self, function, /, *args) -> Future:
        """The future of a call, done already."""
        future = Future()
        try:
            require_isolation(self._least)
            future.set_result(function(*args))
        except Exception as error:  # Ctrl-C is the caller's
            future.set_exception(error)
        return future


class Processes(Pool):
    """Pool of so many worker processes, one call at a time each; one that dies is replaced.

    Their kernels are forked from this process's warm process.
    """

    def __init__(self, workers: int, least: int = 0):
        self.workers, self._least = workers, least
        self._threads, self._own = ThreadPoolExecutor(workers), threading.local()
        self._processes: list[ProcessPoolExecutor] = []  # each of one process, also those that died
        self._starts: list[Future] = []

    def start(self) -> list[Future]:
        """Begin to start all processes, once. Else each comes with its first call."""
        while len(self._starts) < self.workers:
            self._starts.append(self._threads.submit(self._call, get_ready))
        return self._starts

    def submit(self, function, /, *args) -> Future:
        """The future of a call in the next process that is idle."""
        return self._threads.submit(self._call_isolated, function, *args)

    def _call_isolated(self, function, *args):
        return self._call(_believing, require_isolation(self._least), function, *args)

    def _call(self, function, *args):
        process = getattr(self._own, "process", None)
        try:
            future = self._first(function, *args) if process is None else process.submit(function, *args)
            return future.result()
        except BrokenProcessPool:
            self._own.process = None
            raise

    def _first(self, function, *args) -> Future:
        """Begin a call in a new process, which is this thread's from now on, if it could be started."""
        spawn = multiprocessing.get_context("spawn")  # has nothing of the grader's memory
        with connection() or nullcontext() as warm:
            process = ProcessPoolExecutor(1, spawn, initializer=_begin, initargs=(warm,))
            with _without_ctrl_c():  # not above: Python's own helper, which starts there, lets it in again
                future = process.submit(function, *args)  # starts it, with a copy of the connection
        with suppress(AttributeError):  # a Python without it
            process._result_queue._writer.close()  # else who is killed with half a result sent is waited for
        self._own.process = process
        self._processes.append(process)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End all processes, whatever they are at; their kernels end with them."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.kill()
        self._threads.shutdown(wait=wait)
        for executor in self._processes:
            executor.shutdown(wait=wait)
        scratch.sweep()  # what was killed has removed nothing


@contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """What this thread starts inside does not hear Ctrl-C until it says so itself."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _believing(found: Isolation | None, function, *args):
    """In a worker: call a function; what its kernels are forked from was tried already."""
    if found is not None:
        believe(found)
    return function(*args)


def _begin(warm: socket.socket | None) -> None:
    """A worker ends with the grader, however that ends; but Ctrl-C is for whoever has to tidy up."""
    use_connection(warm)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})

    def end_with_parent():
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()


def local_pool(workers: int, least: int = 0) -> InProcess | Processes:
    """The executor for so many workers: one of them needs no other process."""
    return InProcess(least) if workers == 1 else Processes(workers, least)
