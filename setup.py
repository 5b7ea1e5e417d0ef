"""Everything stands in pyproject.toml, but for two things.

1. The wheel carries lectures, exercises and docs, for `course start`: they are copied into the package while
   it is built. A checkout that is installed with `pip install -e .` uses its own.
2. setuptools asks `has_data` before it installs data files of an editable package, and nobody defines it:
   with it the kernelspec is installed then, too.
"""

import shutil
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py

HANDOUT = ("lectures/*.ipynb", "exercises/*.ipynb", "docs/*.md", "docs/*.jpg", "docs/*.png")


def handout():
    """The files that students get, as paths from here."""
    return sorted(path for pattern in HANDOUT for path in Path().glob(pattern))


class BuildWithNotebooks(build_py):
    """The package, with its notebooks in course/handout/."""

    def run(self):
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "course" / "handout"
        shutil.rmtree(target, ignore_errors=True)  # of an earlier build
        for path in handout():
            (target / path.parent).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / path)

    def get_source_files(self):
        """What an sdist holds, so that a wheel can be built from it."""
        return [*super().get_source_files(), *map(str, handout())]


class DataToo(Distribution):
    has_data = Distribution.has_data_files


setup(distclass=DataToo, cmdclass={"build_py": BuildWithNotebooks})
