# Attack 01: Open the solution, the gradebook, and search the disk for the workbook.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import os


def read(path):
    with open(path) as file:
        return file.read()


for name in ("solutions/01_attacked.ipynb", "grades.sqlite", "exercises/01_attacked.ipynb"):
    tried(f"read {name}", lambda name=name: read(f"{SECRETS}/{name}"))
tried("list the workbook", lambda: os.listdir(f"{SECRETS}"))
for folder in ("/home", "/root", "/srv", "/mnt", "/var", "/tmp"):
    for root, folders, files in os.walk(folder):
        if {"solutions", "lectures"} & set(folders) or "grades.sqlite" in files:
            print("REACHED: a workbook in", root)


def double(x):
    return x
