# Attack 68: Wait behind everybody else, so that a time limit looks like a busy machine: priorities, processors, groups.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import os
from pathlib import Path


def changed(ask, change):
    before = ask()
    change()
    if ask() == before:
        raise PermissionError("nothing changed")


me = os.getpid()
priority = lambda: os.getpriority(os.PRIO_PROCESS, 0)
tried("nice", lambda: changed(priority, lambda: os.setpriority(os.PRIO_PROCESS, 0, 19)))
tried(
    "idle",
    lambda: changed(
        lambda: os.sched_getscheduler(0), lambda: os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    ),
)
one = lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
if len(os.sched_getaffinity(0)) > 1:
    tried("one processor", lambda: changed(lambda: os.sched_getaffinity(0), one))
if Path("/proc/self/autogroup").exists():
    tried("the group", lambda: Path("/proc/self/autogroup").write_text("19"))


def double(x):
    return x
