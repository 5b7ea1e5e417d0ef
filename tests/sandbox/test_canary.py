"""The level is what the canary tried and failed to do."""

import json
import os
import signal
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from course import sandbox
from course.sandbox import canary, handle, linux, supervisor
from course.sandbox.client import warm_process


@pytest.mark.parametrize("name", canary.ALL)
def test_the_canary_is_stopped(namespaces, isolated, name):
    """With namespaces, everything that the canary tries fails."""
    assert isolated.stopped[name]


@pytest.mark.skipif(not linux.SUPPORTED, reason="kernels are not forked here")
def test_the_canary_can_sing(isolated):
    """Without walls, the same canary reads, sees and connects: its attempts are real."""
    stopped = canary.try_out(warm_process(), supervisor.LIMITS_ONLY)
    could = [name for name, held in stopped.items() if not held]
    assert {"read another submission", "see the grader's process", "connect over TCP", "fill the disk"} <= {
        *could
    }
    assert canary.level_of(stopped) <= 1


@pytest.mark.skipif(not linux.SUPPORTED, reason="kernels are not forked here")
def test_the_canarys_target_hears_no_ctrl_c():
    """A terminal sends it to a whole group of processes; this one would answer with a traceback."""
    with ExitStack() as stack:
        assert os.getpgid(canary._targets(stack)["pid"]) != os.getpgid(0)


def test_levels():
    """One attempt that succeeds costs the level that it belongs to."""
    held = dict.fromkeys(canary.ALL, True)
    assert canary.level_of(held) == 3
    assert canary.level_of(held | {"fill the disk": False}) == 2
    assert canary.level_of(held | {"read another submission": False}) == 1
    assert canary.level_of(held | {"take too much memory": False}) == 0
    assert canary.level_of({}) == 0


def test_isolation_is_plain_data(isolated):
    """What a report says about the isolation can be written as JSON."""
    told = json.loads(json.dumps(isolated.to_dict()))
    assert told["level"] == isolated.level and told["name"] == isolated.name
    assert str(isolated) == f"{isolated.level} ({isolated.name})"


def test_other_systems_are_honest(monkeypatch):
    """Where kernels cannot be forked, there is no isolation, and the advice says what to do."""
    monkeypatch.setattr(linux, "SUPPORTED", False)
    monkeypatch.setattr("sys.platform", "win32")
    found = canary._find_out()
    assert found.level == 0 and "WSL2" in found.advice and "win32" in found.missing[0]


def test_refused_walls_fall_back(isolated, monkeypatch):
    """Where namespaces and Landlock are refused, the reasons are told and kernels have limits alone."""
    real = canary.try_out

    def refused(warm, mode):
        if mode != supervisor.LIMITS_ONLY:
            raise sandbox.SandboxError("Operation not permitted")
        return real(warm, mode)

    monkeypatch.setattr(canary, "try_out", refused)
    found = canary._find_out()
    assert found.level <= 1 and found.layers[0] == "limits"
    assert found.missing[:2] == (
        "namespaces: Operation not permitted",
        "landlock: Operation not permitted",
    )


@pytest.mark.skipif(not linux.SUPPORTED, reason="kernels are not forked here")
def test_the_warm_process_is_killed_while_it_is_tried(isolated, start, eventually):
    """That says nothing of walls: another warm process is tried."""
    warm, found = warm_process().process, []
    os.kill(warm.pid, signal.SIGSTOP)
    trying = start(lambda: found.append(canary._find_out()))
    eventually(lambda: [*Path(tempfile.gettempdir()).glob(f"course-canary-{os.getpid()}-*")])
    warm.kill()
    trying.join()
    assert (found[0].level, found[0].layers) == (isolated.level, isolated.layers)
    assert warm_process().process is not warm


@pytest.mark.skipif(not linux.SUPPORTED, reason="kernels are not forked here")
def test_a_canary_is_killed(isolated, monkeypatch):
    """Nor does that: another canary tries."""
    wait_ready, killed = handle.Kernel.wait_ready, []

    def then_kill(kernel, *timeout):
        wait_ready(kernel, *timeout)
        if not killed:
            killed.append(kernel)
            with suppress(ProcessLookupError):  # on a busy machine it may have ended
                signal.pidfd_send_signal(kernel.fileno(), signal.SIGKILL)

    monkeypatch.setattr(handle.Kernel, "wait_ready", then_kill)
    found = canary._find_out()
    assert killed and (found.level, found.layers) == (isolated.level, isolated.layers)


def test_the_best_way_is_kept(isolated, monkeypatch):
    """A mode that works but leaks is passed over for a worse one only if that one holds more."""
    held = dict.fromkeys(canary.ALL, True)
    told = {
        supervisor.NAMESPACES: held | {"read another submission": False},
        supervisor.LANDLOCK: held | {"fill the disk": False},
    }
    monkeypatch.setattr(canary, "try_out", lambda warm, mode: told[mode])
    found = canary._find_out()
    assert (found.level, found.layers[:2]) == (2, ("landlock", "seccomp"))
    assert found.missing[:2] == (
        "namespaces: the canary could read another submission",
        "landlock: the canary could fill the disk",
    )
    told[supervisor.LANDLOCK] = told[supervisor.LIMITS_ONLY] = {}
    assert canary._find_out().layers[0] == "namespaces"
