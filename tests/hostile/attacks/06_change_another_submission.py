# Attack 06: Write into the gradebook and into a sibling's notebook.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import os
import shutil
import sqlite3


def overwrite(path):
    with open(path, "w") as file:
        file.write("20 points")


for name in ("grades.sqlite", "sibling.ipynb", "new-file"):
    tried(f"write {name}", lambda name=name: overwrite(f"{SECRETS}/{name}"))
tried(
    "open the database",
    lambda: sqlite3.connect(f"file:{SECRETS}/grades.sqlite?mode=rw", uri=True).execute("select 1"),
)
tried("remove the workbook", lambda: shutil.rmtree(f"{SECRETS}"))
tried("rename the workbook", lambda: os.rename(f"{SECRETS}", f"{SECRETS}-gone"))


def double(x):
    return x
