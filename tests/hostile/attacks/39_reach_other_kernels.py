# Attack 39: The sockets of other kernels, of dask and of Jupyter.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import glob
import os
import socket
import sys
from pathlib import Path

import course

library = [Path(sys.prefix), Path(sys.base_prefix), Path(course.__file__).parent]  # may lie in /tmp itself
for path in map(Path, glob.glob("/tmp/**/*", recursive=True) + glob.glob(f"{SCRATCH}/**/*", recursive=True)):
    if not any(path in (place, *place.parents) or place in path.parents for place in library):
        print("REACHED:", path)
for port in (8786, 8787, 8888, 8889, 6379, 5432):
    tried(f"port {port}", lambda port=port: socket.create_connection(("127.0.0.1", port), 1))
tried("the grader's temporary folder", lambda: os.listdir(f"{SCRATCH}"))


def double(x):
    return x
