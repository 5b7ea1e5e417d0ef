# Attack 25b: A little output for ever, so that no silence is long enough.
# points: double 0, half 1
# reads: cell double-question reached the limit
# timeout: 2

# %% double-answer
import time


def double(x):
    while True:
        print(".", end="", flush=True)
        time.sleep(0.05)
