# Attack 08: Search the installed course for solutions, tests and grading keys.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
from pathlib import Path

import course

package = Path(course.__file__).parent
for path in package.rglob("*"):
    if path.suffix == ".ipynb" or ("solution" in path.name and path.suffix != ".py"):  # code is no answer
        print("REACHED:", path)
tried("the folder above the package", lambda: list((package.parent / "solutions").iterdir()))
tried(
    "the public answers of this session", lambda: (package / "questions/public/01_attacked.json").read_text()
)


def double(x):
    return x
