# Attack 28a: A file without end, in every place that can be written.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import os


def write(path):
    with open(path, "wb") as file:
        for _ in range(2000):
            file.write(bytes(2**20))


for folder in ("/tmp", os.path.expanduser("~"), "/dev/shm", "/var/tmp", "."):
    tried(f"2,000 MiB in {folder}", lambda folder=folder: write(f"{folder}/attack"))


def double(x):
    return x
