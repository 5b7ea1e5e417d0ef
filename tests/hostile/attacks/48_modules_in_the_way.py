# Attack 48: Modules of the names of the course's in sys.modules and in the folder.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import sys
import types

for name in ("numpy.random", "course.questions.values", "course.questions.session"):
    sys.modules[name] = types.ModuleType(name)
open("course.py", "w").write("raise SystemExit")


def double(x):
    return x
