"""How tests are chosen: `pytest` runs the unit tests, `pytest --nbval` the notebooks, without more options.

With `-n 2` what stands in one file stays with one worker: the cells of a notebook, the tests that share a
class that was graded. Only the files in `SPREAD` are shared out test by test.
"""

import gc
import os
import sys
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")  # for large nets too: workers share the processors
os.environ.pop(
    "PYTHONDONTWRITEBYTECODE", None
)  # else each of some hundred processes compiles the library anew
sys.dont_write_bytecode = False

ROOT = Path(__file__).parent
NOTEBOOKS = ("lectures", "solutions")  # those that store outputs
SPREAD = (  # long tests that share nothing
    *("tests/test_lectures.py", "tests/browser/test_lectures.py"),
    *("tests/hostile/test_code.py", "tests/models/test_register.py"),
)


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true", help="run the tests marked nightly, too")


def for_notebooks(config):
    """Whether nbval was asked for."""
    return bool(getattr(config.option, "nbval", False) or getattr(config.option, "nbval_lax", False))


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """Put the notebooks in the place of the unit tests, before workers start."""
    if for_notebooks(config) and config.args_source is not config.ArgsSource.ARGS:
        config.args[:] = [str(ROOT / folder) for folder in NOTEBOOKS]
    if for_notebooks(config) and not config.getoption("--all"):
        start_at_once(config.option)


def start_at_once(option):
    """Let notebooks run in kernels that are forked from a warm process, if no other kernel is asked for.

    Such kernels see nothing of the environment: neither another number of threads nor a lesser processor.
    """
    from course.sandbox import KERNEL_NAME, linux

    asked = "ATEN_CPU_CAPABILITY" in os.environ or os.environ["OMP_NUM_THREADS"] != "1"
    if linux.SUPPORTED and not asked and not option.current_env:
        option.nbval_kernel_name = option.nbval_kernel_name or KERNEL_NAME


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Whole files to one worker; the marks of xdist's loadgroup do nothing under pytest 9.2."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            return nodeid if file in SPREAD else file

    config.option.loadscopereorder = for_notebooks(config)  # notebooks: most cells first
    return ByFile(config, log)


def pytest_configure(config):
    if for_notebooks(config):  # what kernels and nbval itself warn of is no fault of a cell
        config.addinivalue_line("filterwarnings", "ignore")


def pytest_itemcollected(item):
    """Mark the questions of solutions: `course check` answers them, too, and compares their stored cards."""
    if for_notebooks(item.config) and item.path.parent.name == "solutions":
        from course.notebooks.cells import role

        if role(item.cell) == "question":
            item.add_marker("in_course_check")


def pytest_collection_modifyitems(config, items):
    """Leave nightly tests to `--all`, unless they are named; files that hold a slow test come first."""
    nightly = {item for item in items for marker in item.iter_markers("nightly") if reason_of(marker)}
    named = config.args_source is config.ArgsSource.ARGS and any("::" in arg for arg in config.args)
    if nightly and not config.getoption("--all") and not named:
        config.hook.pytest_deselected(items=[item for item in items if item in nightly])
        items[:] = [item for item in items if item not in nightly]
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)  # so that no worker begins a long file at the end


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """No garbage is looked for among a million objects that are only being made."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish(session):
    """What stands now stays: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


def reason_of(marker):
    """The reason of a nightly test; one without ends the run."""
    if not marker.args or not isinstance(marker.args[0], str):
        raise pytest.UsageError("nightly needs its reason: @pytest.mark.nightly('trains a net for a minute')")
    return marker.args[0]
