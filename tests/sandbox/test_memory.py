"""Memory accounting: a fork is charged for what it has touched, another program for all of it."""

import os
import signal
import socket
import subprocess
import sys

import pytest

from course.sandbox import linux
from course.sandbox.memory import SOCKET, Memory, in_sockets, memory_of

pytestmark = pytest.mark.skipif(not linux.SUPPORTED, reason="reads Linux's /proc")


def test_rules():
    """What was inherited is not charged, unless the program is another one."""
    warm = Memory(300, "stack")
    assert Memory(350, "stack").beyond(warm) == 50
    assert Memory(200, "stack").beyond(warm) == 0
    assert Memory(350, "another").beyond(warm) == 350
    assert memory_of("999999999") == Memory()


def test_a_fork_has_inherited_and_an_exec_has_not():
    """The kernel itself says so: the same stack after a fork, another after an exec of the same program."""
    own = memory_of("self")
    assert own.size > 2**20
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, memory_of("self").program.encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 100).decode() == own.program
    os.close(reading)
    os.close(writing)
    again = [sys.executable, "-c", "print(open('/proc/self/stat').read().rpartition(')')[2].split()[25])"]
    assert subprocess.run(again, capture_output=True, text=True).stdout.strip() != own.program


def test_sockets_are_charged_once_and_in_whole():
    """What waits in a socket is nobody's memory; a fork has the same sockets, and the ended have none."""
    own = str(os.getpid())
    before = in_sockets([own], 512)
    pairs = [socket.socketpair() for _ in range(10)]
    child = os.fork()
    if child == 0:
        signal.pause()
    assert in_sockets([own], 512) == in_sockets([own, str(child)], 512) == before + 20 * SOCKET
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert in_sockets([str(child)], 512) == 0
    for pair in pairs:
        for end in pair:
            end.close()
