"""The filter of system calls, read as the kernel reads it."""

import pytest

from course.sandbox import syscalls


def decide(machine, number, told=None, arguments=(0, 0), outside=False):
    """Run the filter by hand, as the kernel does: accumulator, jumps, return."""
    shown = {syscalls.NUMBER_AT: number, syscalls.MACHINE_AT: told or syscalls.MACHINE[machine]}
    shown |= {syscalls.FIRST_AT: arguments[0], syscalls.SECOND_AT: arguments[1]}
    steps, at, value = syscalls.program(machine, outside), 0, 0
    while True:
        code, when_true, when_false, operand = steps[at]
        at += 1
        if code == syscalls.RETURN:
            return operand
        if code == syscalls.LOAD:
            value = shown[operand]
        elif code == syscalls.AND:
            value &= operand
        elif code == syscalls.EQUAL:
            at += when_true if value == operand else when_false
        elif code == syscalls.AT_LEAST:
            at += when_true if value >= operand else when_false


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_call_is_decided(machine):
    """Exactly the calls of the list are refused, and every foreign call; sessions are pretended."""
    decided = {number: decide(machine, number) for number in range(600)}
    expected = dict.fromkeys(syscalls.REFUSED[machine].values(), syscalls.REFUSE)
    expected[syscalls.SETSID[machine]] = syscalls.PRETEND
    assert {number: answer for number, answer in decided.items() if answer != syscalls.ALLOW} == expected
    terminal = (3, syscalls.TIOCSCTTY)
    assert decide(machine, syscalls.IOCTL[machine], arguments=terminal) == syscalls.PRETEND
    assert decide(machine, syscalls.X32) == syscalls.REFUSE
    assert decide(machine, 0, told=0x40000003) == syscalls.REFUSE


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_call_is_decided_without_namespaces(machine):
    """Then sockets are refused, marks pretended, and what concerns other processes depends on whom."""

    def answers(*arguments):
        decided = {number: decide(machine, number, None, arguments, outside=True) for number in range(600)}
        return {number: answer for number, answer in decided.items() if answer != syscalls.ALLOW}

    always = dict.fromkeys([*syscalls.REFUSED[machine].values()], syscalls.REFUSE)
    always[syscalls.SETSID[machine]] = syscalls.PRETEND
    always |= dict.fromkeys(syscalls.REACH[machine].values(), syscalls.REFUSE)
    always |= dict.fromkeys(syscalls.MARK[machine].values(), syscalls.PRETEND)
    of_others = {syscalls.PRLIMIT[machine]: syscalls.REFUSE}
    pair = {syscalls.SOCKETPAIR[machine]: syscalls.REFUSE}
    assert answers(0, 0) == always | pair
    assert answers(4711, 0) == always | of_others | pair
    close_on_exec = 0o2000000
    assert answers(1, 1 | close_on_exec) == always | of_others  # a pair of streams between our own processes
    assert answers(1, 2 | close_on_exec) == always | of_others | pair  # datagrams may go to any address
    assert answers(2, 1) == always | of_others | pair


def test_inside(namespaces, notebook):
    """In a kernel all of them fail, and ordinary calls go on."""
    from course.notebooks.execute import execute

    code = """
from course.sandbox import syscalls
import platform, os
print([name for name in syscalls.REFUSED[platform.machine()] if not syscalls.refused(name)], os.getpid())
"""
    run = execute(notebook(code), kernel_name="course-sandbox")
    assert run.notebook.cells[0].outputs[0].text == "[] 2\n"
    assert not syscalls.refused("keyctl")


def test_programs_that_ask_for_a_session_still_run(namespaces, notebook):
    """A shell command of IPython, which gets a terminal, and a program that believes in its new session."""
    from course.notebooks.execute import execute

    code = """
import os, subprocess, sys
!echo from the shell
program = [sys.executable, "-c", "import os; os.setsid(); print(os.getsid(0))"]
print(subprocess.run(program, start_new_session=True, capture_output=True, text=True).stdout, os.getsid(0))
"""
    run = execute(notebook(code), kernel_name="course-sandbox")
    printed = "".join(output.text for output in run.notebook.cells[0].outputs)
    assert printed.split() == ["from", "the", "shell", "2", "2"]
