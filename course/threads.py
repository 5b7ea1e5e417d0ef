"""Thread limits of numerical libraries: one thread, unless somebody asks for more.

A small net gains nothing from a second thread, and beside other work it loses: threads of one operation wait
for each other, and keep their processors busy while they wait. So `import course` sets one thread for torch
and numpy, here and in processes that are started from here. `Trainer` takes all processors for large nets
where threads that wait let others work: OMP_WAIT_POLICY, which torch reads when it is loaded, is "passive" in
what `course` starts, and wherever course is imported before torch.

OMP_NUM_THREADS, where it is set before Python starts, is obeyed everywhere. In a program, after the import:

    torch.set_num_threads(4)           # from here on
    with course.threads.use(4): ...    # in here, numpy too; `use()` takes all processors
"""

import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

OMP = "OMP_NUM_THREADS"  # OpenBLAS, MKL and numexpr read it too, where their own variable is not set
OURS = "COURSE_ONE_THREAD"  # tells processes started from here that the user has not set OMP_NUM_THREADS
POLICY = "OMP_WAIT_POLICY"

_asked = 0  # how many `use` are open
_patient = os.environ.get(POLICY, "").lower() == "passive" or "torch" not in sys.modules


def start_with_one() -> None:
    """One thread, in this process and in those that it starts, unless the user has set OMP_NUM_THREADS."""
    if OMP in os.environ:
        return
    os.environ |= {OMP: "1", OURS: "1", POLICY: os.environ.get(POLICY, "passive")}
    if torch := sys.modules.get("torch"):  # what is loaded already does not look at the environment again
        torch.set_num_threads(1)
    if sys.modules.get("numpy"):
        from threadpoolctl import threadpool_limits

        threadpool_limits(1)


@contextmanager
def use(count: int | None = None) -> Iterator[int]:
    """Compute with so many threads inside, in libraries that are loaded; afterwards with as many as before.

    Args:
        count: of torch and numpy; None takes as many as there are processors.
    """
    global _asked
    if count is not None and count < 1:
        raise ValueError(f"count={count} must be at least 1, or None for all processors")
    from threadpoolctl import threadpool_limits

    count, torch = count or processors(), sys.modules.get("torch")
    before = torch.get_num_threads() if torch else None
    _asked += 1
    try:
        with threadpool_limits(count):
            if torch:
                torch.set_num_threads(count)
            yield count
    finally:
        _asked -= 1
        if torch:
            torch.set_num_threads(before)


def may_be_raised() -> bool:
    """Whether the one thread is our choice, unchanged, and more of them would wait without spinning."""
    torch = sys.modules.get("torch")
    changed = _asked or (torch is not None and torch.get_num_threads() != 1)
    return OURS in os.environ and _patient and not changed


def processors() -> int:
    """How many threads can work at once: the cores that this process may run on, or a container's quota."""
    if not hasattr(os, "sched_getaffinity"):
        return os.cpu_count() or 1
    allowed = os.sched_getaffinity(0)
    try:
        cores = {_read(f"/sys/devices/system/cpu/cpu{n}/topology/thread_siblings_list") for n in allowed}
    except OSError:
        cores = allowed
    return max(1, int(min(len(cores), _quota())))


def _quota() -> float:
    """Processors that the control group of a container grants; infinity where there is no limit."""
    try:
        granted, period = _read("/sys/fs/cgroup/cpu.max").split()
        return int(granted) / int(period)
    except (OSError, ValueError):  # no control groups of version 2, or "max"
        return math.inf


def _read(path: str) -> str:
    with open(path, encoding="ascii") as file:
        return file.read()
