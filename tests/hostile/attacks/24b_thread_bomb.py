# Attack 24b: As many threads as there can be, and they stay.
# points: double 0, half 1
# reads:

# %% double-answer
import threading
import time


def bomb():
    for _ in range(100_000):
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()


tried("threads without end", bomb)


def double(x):
    return x
