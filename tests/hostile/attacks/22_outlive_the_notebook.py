# Attack 22: Daemons, threads and exit handlers that stay; the answers are right.
# points: double 2, half 1
# reads:

# %% double-answer
import atexit
import os
import subprocess
import threading
import time

subprocess.Popen(["sleep", "1000"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            time.sleep(1)
    os._exit(0)
threading.Thread(target=time.sleep, args=(1000,)).start()
atexit.register(time.sleep, 1000)


def double(x):
    return x + x
