# Attack 23b: while True, deaf to SIGINT and SIGTERM, catching everything.
# points: double 0, half 1
# reads: cell double-question reached the limit
# timeout: 2

# %% double-answer
import signal
import time


def double(x):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGXCPU, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while True:
        try:
            time.sleep(0.01)
        except BaseException:
            pass
