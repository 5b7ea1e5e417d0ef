"""One thread, unless somebody asks for more: whoever is imported first, and in child processes."""

import os
import subprocess
import sys

import pytest
import torch
from threadpoolctl import threadpool_info

from course import threads

FIRST = """
import numpy, torch
import course
"""
LATER = """
import course
import numpy, torch
"""
TELL = """
import os, subprocess, sys
from threadpoolctl import threadpool_info
child = "import os; print(os.environ['OMP_NUM_THREADS'])"
said = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True).stdout
print(torch.get_num_threads(), {pool["num_threads"] for pool in threadpool_info()}, said.strip())
print(course.threads.may_be_raised(), os.environ["OMP_WAIT_POLICY"])
torch.set_num_threads(2)
print(torch.get_num_threads())
"""


def fresh(script, **environment):
    """What a new Python prints, which inherits no number of threads."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in (threads.OMP, threads.OURS, threads.POLICY)
    }
    command = [sys.executable, "-W", "ignore", "-c", script]
    done = subprocess.run(command, env=inherited | environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(("order", "raised"), [(FIRST, False), (LATER, True)], ids=["before", "after"])
def test_one_thread_is_the_default(order, raised):
    """torch and numpy have one thread, loaded before course or after, children too; who asks for two has two.

    A torch that was loaded before would let waiting threads spin, so no large net gets more by itself.
    """
    assert fresh(order + TELL) == f"1 {{1}} 1\n{raised} passive\n2\n"


def test_the_users_number_stays():
    """OMP_NUM_THREADS is obeyed, and the import brings neither torch nor numpy."""
    script = (
        "import course, os, sys\nprint(os.environ['OMP_NUM_THREADS'], course.threads.may_be_raised())\n"
        "print({'torch', 'numpy', 'threadpoolctl'} & set(sys.modules))"
    )
    assert fresh(script, OMP_NUM_THREADS="2") == "2 False\nset()\n"
    assert fresh(script) == "1 True\nset()\n"


def test_use_says_it_for_a_while():
    """Inside `use` torch and numpy have that many threads, afterwards as many as before, after errors too."""
    before = torch.get_num_threads()
    with pytest.raises(KeyError), threads.use(3) as count:
        assert count == torch.get_num_threads() == 3
        assert {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"} == {3}
        with threads.use(2):
            assert torch.get_num_threads() == 2
        assert torch.get_num_threads() == 3
        raise KeyError
    assert torch.get_num_threads() == before
    with threads.use() as count:
        assert count == threads.processors() == torch.get_num_threads()


def test_use_needs_a_thread():
    """None is all processors; nothing is no number of threads."""
    with pytest.raises(ValueError, match="count=0 must be at least 1, or None for all processors"):
        threads.use(0).__enter__()


def test_processors_are_those_of_this_process():
    """At least one, and never more than the process may run on."""
    assert 1 <= threads.processors() <= (os.cpu_count() or 1)
