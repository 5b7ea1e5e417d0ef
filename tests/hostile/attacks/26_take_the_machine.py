# Attack 26: A better priority, real-time scheduling, locked memory.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import os
import resource

tried("priority", lambda: os.setpriority(os.PRIO_PROCESS, 0, -10))
tried("real time", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)))
tried("more processes", lambda: resource.setrlimit(resource.RLIMIT_NPROC, (10_000, 10_000)))
tried("more memory", lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)))


def double(x):
    return x
