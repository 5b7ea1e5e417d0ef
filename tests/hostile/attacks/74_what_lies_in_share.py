# Attack 74: Folders of the system where programs keep what people hand in: nbgrader's exchange.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import os

for path in (
    "/usr/local/share/nbgrader",
    "/usr/share/nbgrader",
    "/srv",
    "/var",
    "/opt",
    "/mnt",
    "/media",
    "/home",
):
    tried(path, lambda p=path: os.listdir(p))
shown = set()
for folder in ("/usr/share", "/usr/local/share"):
    try:
        shown |= set(os.listdir(folder))
    except OSError:
        continue
print("REACHED:" if len(shown) > 20 else "held: in share -", sorted(shown))


def double(x):
    return x
