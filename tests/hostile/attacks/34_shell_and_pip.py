# Attack 34: Commands, magics, and an installation into the interpreter.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import os
import subprocess
import sys

get_ipython().system(f"cat {SECRETS}/grades.sqlite && echo REACHED: the gradebook")
script = f"ls {SECRETS}/solutions && echo REACHED: the solutions"
tried("a script", lambda: get_ipython().run_cell_magic("script", "sh", script))
pip = [
    sys.executable,
    "-m",
    "pip",
    "install",
    "--no-index",
    "--target",
    os.path.dirname(np.__file__),
    "attack",
]
tried("pip", lambda: subprocess.run(pip, check=True, capture_output=True, timeout=20))
tried(
    "remove numpy",
    lambda: subprocess.run(["rm", "-r", os.path.dirname(np.__file__)], check=True, capture_output=True),
)


def double(x):
    return x
