# Attack 87: Timers, pipes, watches and locks until the system refuses, and a right answer.
# points: double 2, half 1
# reads: double: correct

# %% double-answer
import ctypes
import os
import threading

libc = ctypes.CDLL(None, use_errno=True)
pipes = []
try:
    while len(pipes) < 5000:
        pipes.append(os.pipe())
except OSError:
    print("held: pipes at", len(pipes))
for pair in pipes:
    for end in pair:
        os.close(end)
timers, timer = 0, ctypes.c_void_p()
while timers < 100_000 and libc.timer_create(0, None, ctypes.byref(timer)) == 0:
    timers += 1
print("held: timers at", timers)
locks = [threading.Lock() for _ in range(100_000)]


def double(x):
    return 2 * x
