# Attack 81: Stop and close the event loop that serves the kernel.
# points: double 0, half [01]
# reads: double: .
# timeout: 8

# %% double-answer
import asyncio


def double(x):
    loop = asyncio.get_event_loop()
    loop.stop()
    return x
