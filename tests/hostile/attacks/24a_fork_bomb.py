# Attack 24a: As many processes as there can be.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import os
import signal
import time

children = []


def bomb():
    while True:
        child = os.fork()
        if child == 0:
            time.sleep(1000)
        children.append(child)


tried("fork without end", bomb)
for child in children:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
print("REACHED: a thousand processes" if len(children) > 1000 else "held: after some")


def double(x):
    return x
