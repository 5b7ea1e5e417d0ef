"""Executors of this machine: the calling process, or a pool of worker processes; no code runs unisolated.

A `ProcessPoolExecutor` is broken as a whole when one of its processes dies. So each process is an executor of
its own, with a thread that waits for it: the call that it was at fails with `BrokenProcessPool`, the process
is replaced, and no other call notices.
"""

import multiprocessing
import os
import signal
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from queue import SimpleQueue

from course.sandbox import isolation


class IsolationTooLow(Exception):
    """Students' code would not be kept in well enough."""


def measured() -> tuple[int, str, str]:
    """The isolation of this process's kernels: level, in words, and what could be done. Warms them up."""
    reached = isolation()
    return reached.level, str(reached), reached.advice


def refuse_low(levels: list[tuple[int, str, str]], least: int) -> None:
    """Check what `measured` gave for some processes.

    Raises:
        IsolationTooLow: kernels there are kept in less well than the level `least` of course.sandbox.
    """
    level, words, advice = min(levels)
    if level < least:
        raise IsolationTooLow(f"isolation {words} is below {least}; {advice}")


class InProcess(Executor):
    """Executor that runs a call when it is submitted, in this process.

    Args:
        least: the level of isolation that `ready` asks for.
    """

    workers = 1
    room = 1  # calls in flight that keep all workers busy
    withdraws = True  # whether `cancel` of a future leaves a call alone that has begun

    def __init__(self, least: int = 0):
        self._least = least

    def start(self) -> None:
        """Begin to warm up, without waiting."""
        threading.Thread(target=measured, daemon=True).start()

    def ready(self, calls: int) -> None:
        """Wait until so many calls can be run.

        Raises:
            IsolationTooLow: kernels are kept in less well than was asked for.
        """
        if self._least > 0:
            refuse_low([measured()], self._least)

    def submit(self, function, /, *args) -> Future:
        """The future of a call, done already."""
        future = Future()
        try:
            future.set_result(function(*args))
        except Exception as error:  # Ctrl-C is the caller's
            future.set_exception(error)
        return future


class Processes(Executor):
    """Executor of at most so many worker processes, one call at a time each; one that dies is replaced."""

    withdraws = True

    def __init__(self, most: int, least: int = 0):
        self._most, self._least, self.workers = most, least, most
        self._threads: ThreadPoolExecutor | None = None
        self._idle: SimpleQueue[ProcessPoolExecutor] = SimpleQueue()

    def start(self, calls: int | None = None) -> None:
        """Start as many processes as there are calls, without waiting for them."""
        if self._threads is None:
            count = min(self._most, calls or self._most)
            self._threads, self.workers, self.room = ThreadPoolExecutor(count), count, count + 1
            for _ in range(count):
                self._idle.put(_process())

    def ready(self, calls: int) -> None:
        """As `InProcess.ready`; one process speaks for all, for they share the machine."""
        self.start(calls)
        refuse_low([self.submit(measured).result()], self._least)

    def submit(self, function, /, *args) -> Future:
        """The future of a call in the next process that is idle."""
        self.start()
        return self._threads.submit(self._call, function, args)

    def _call(self, function, args):
        process = self._idle.get()
        try:
            return process.submit(function, *args).result()
        except BrokenProcessPool:
            if self._threads is not None:
                process = _process()
            raise
        finally:
            self._idle.put(process)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End all processes, whatever they are at; their kernels end with them."""
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.kill()
            threads.shutdown(wait=wait)


def _process() -> ProcessPoolExecutor:
    """One worker process, which warms up and has nothing of the grader's memory."""
    spawn = multiprocessing.get_context("spawn")
    process = ProcessPoolExecutor(1, spawn, initializer=_stay_with_parent)
    process.submit(measured)
    return process


def _stay_with_parent() -> None:
    """End with the grader, however that ends; but Ctrl-C is the business of whoever has to tidy up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def end_with_parent():
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()


def local_pool(workers: int, least: int = 0) -> InProcess | Processes:
    """The executor for so many workers: one of them needs no other process."""
    return InProcess(least) if workers == 1 else Processes(workers, least)
