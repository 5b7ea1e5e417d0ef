"""The filter of system calls, read as the kernel reads it."""

import pytest

from course.sandbox import syscalls


def decide(machine, number, told=None, arguments=(0, 0, 0, 0), outside=False):
    """Run the filter by hand, as the kernel does: accumulator, jumps, return."""
    shown = {syscalls.NUMBER_AT: number, syscalls.MACHINE_AT: told or syscalls.MACHINE[machine]}
    shown |= {16 + 8 * place: argument for place, argument in enumerate(arguments)}
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


def decided(machine, arguments, outside=False):
    """What becomes of each call that is not simply allowed."""
    answers = {number: decide(machine, number, None, arguments, outside) for number in range(600)}
    return {number: answer for number, answer in answers.items() if answer != syscalls.ALLOW}


def listed(machine, *tables):
    """The answers that the tables ask for."""
    answers = {}
    for table, answer in tables:
        answers |= dict.fromkeys(table[machine].values(), answer)
    return answers


ALWAYS = ((syscalls.REFUSED, syscalls.REFUSE), (syscalls.PRETENDED, syscalls.PRETEND))
OUTSIDE = ((syscalls.REFUSED_OUTSIDE, syscalls.REFUSE), (syscalls.PRETENDED_OUTSIDE, syscalls.PRETEND))


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_call_is_decided(machine):
    """The calls of the lists and foreign ones are refused; sessions and priorities are pretended."""
    always = listed(machine, *ALWAYS)
    unknown_family = {syscalls.SOCKET[machine]: syscalls.REFUSE}
    assert decided(machine, (0, 0, 0, 0)) == always | unknown_family
    of_others = {syscalls.PRLIMIT[machine]: syscalls.REFUSE}
    assert decided(machine, (1, 0, 0, 0)) == always | of_others
    assert decide(machine, syscalls.X32) == syscalls.REFUSE
    assert decide(machine, 0, told=0x40000003) == syscalls.REFUSE


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_arguments_decide(machine):
    """Families of sockets, kinds of memory, and questions to a device; the numbers are the kernel's."""
    families = [
        number
        for number in range(64)
        if decide(machine, syscalls.SOCKET[machine], None, (number, 1, 0, 0)) == syscalls.ALLOW
    ]
    assert families == [1, 2, 10, 16]  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK

    def mapped(flags):
        return decide(machine, syscalls.MMAP[machine], None, (0, 4096, 3, flags))

    shared, private, anonymous, stack = 0x01, 0x02, 0x20, 0x20000
    assert mapped(shared | anonymous) == mapped(shared | anonymous | stack) == syscalls.REFUSE
    for flags in (private, private | anonymous, private | anonymous | stack, shared):
        assert mapped(flags) == syscalls.ALLOW

    def asked(request):
        return decide(machine, syscalls.IOCTL[machine], None, (3, request, 0, 0))

    assert asked(syscalls.TIOCSCTTY) == syscalls.PRETEND
    interfaces, addresses, namespace = 0x8912, 0x8915, 0x894C
    assert asked(interfaces) == asked(addresses) == asked(namespace) == syscalls.REFUSE
    waiting, window, device = 0x541B, 0x5413, 0x8A00
    assert asked(waiting) == asked(window) == asked(device) == syscalls.ALLOW


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_call_is_decided_without_namespaces(machine):
    """Then sockets are refused, marks pretended, and what concerns other processes depends on whom."""
    always = listed(machine, *ALWAYS, *OUTSIDE)
    of_others = {syscalls.PRLIMIT[machine]: syscalls.REFUSE}
    pair = {syscalls.SOCKETPAIR[machine]: syscalls.REFUSE}
    assert decided(machine, (0, 0, 0, 0), outside=True) == always | pair
    assert decided(machine, (4711, 0, 0, 0), outside=True) == always | of_others | pair
    close_on_exec = 0o2000000
    streams, datagrams = 1 | close_on_exec, 2 | close_on_exec
    assert decided(machine, (1, streams, 0, 0), outside=True) == always | of_others  # of our own processes
    assert decided(machine, (1, datagrams, 0, 0), outside=True) == always | of_others | pair
    assert decided(machine, (2, 1, 0, 0), outside=True) == always | of_others | pair


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
