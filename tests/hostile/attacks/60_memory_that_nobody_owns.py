# Attack 60: Shared memory, queues and semaphores of System V, which no limit of a process counts.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def got(number):
    if number < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return number


create = 0o1600
tried("shared memory", lambda: got(libc.shmget(0, ctypes.c_size_t(2**30), create)))
tried("a queue", lambda: got(libc.msgget(0, create)))
tried("semaphores", lambda: got(libc.semget(0, 30_000, create)))


def double(x):
    return x
