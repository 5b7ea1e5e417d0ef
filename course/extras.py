"""Optional dependencies (extras): who learns needs none; grading, a cluster, the book and tests need more.

Which package belongs to which extra stands in pyproject.toml alone, and pip keeps it with the installation.
"""

import re
from importlib import metadata
from pathlib import Path

DISTRIBUTION = "cnn-course-workbook"  # what pip knows the package `course` by
CHECKOUT = (Path(__file__).parents[1] / "pyproject.toml").is_file()


def pip_command(extra: str) -> str:
    """The command that brings an extra, for a checkout or for an installed wheel."""
    return f"pip install -e '.[{extra}]'" if CHECKOUT else f"pip install '{DISTRIBUTION}[{extra}]'"


def reinstall_command() -> str:
    """The options of pip that install the course itself once more, and none of its packages."""
    return "install --no-deps -e ." if CHECKOUT else "install --force-reinstall --no-deps WHEEL"


def missing_package(error: ModuleNotFoundError) -> str | None:
    """The line for a package that is not installed because its extra is not; None for any other module.

    >>> missing_package(ModuleNotFoundError(name="papermill.engines"))
    "this needs papermill, of the extra `grading`; run: pip install -e '.[grading]'"
    """
    package = (error.name or "").partition(".")[0]
    extra = _extras().get(package.replace("_", "-").lower())
    return f"this needs {package}, of the extra `{extra}`; run: {pip_command(extra)}" if extra else None


def _extras() -> dict[str, str]:
    """The first extra that brings a package, by the package's name."""
    try:
        lines = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:  # run from its sources, uninstalled
        return {}
    modules: dict[str, str] = {}
    for line in lines:
        named = re.match(r"([\w.-]+).*;.*\bextra == ['\"](\w+)['\"]", line)
        if named:
            modules.setdefault(named[1].replace("_", "-").lower(), named[2])
    return modules
