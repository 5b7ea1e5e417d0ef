# Attack 26: A better priority, real-time scheduling, locked memory.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import os
import resource


def changed(ask, change):
    before = ask()
    change()
    if ask() == before:
        raise PermissionError("the call says that it worked, and does nothing")


def priority():
    return os.getpriority(os.PRIO_PROCESS, 0)


def real_time():
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))


tried("priority", lambda: changed(priority, lambda: os.setpriority(os.PRIO_PROCESS, 0, -10)))
tried("real time", lambda: changed(lambda: os.sched_getscheduler(0), real_time))
tried("more processes", lambda: resource.setrlimit(resource.RLIMIT_NPROC, (10_000, 10_000)))
tried("more memory", lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)))


def double(x):
    return x
