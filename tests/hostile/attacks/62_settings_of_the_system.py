# Attack 62: Settings of the system: its clock, its name, its parameters, its emergency keys.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import os
import socket
import time
from pathlib import Path


def rewrite(name):
    path = Path(name)
    path.write_text(path.read_text())


tried("the clock", lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()))
tried("the host's name", lambda: socket.sethostname("attacked"))
for name in ("kernel/sched_autogroup_enabled", "vm/overcommit_memory", "kernel/pid_max", "fs/file-max"):
    tried(name, lambda name=name: rewrite(f"/proc/sys/{name}"))
for name in ("user/max_user_namespaces", "net/ipv4/ip_forward", "kernel/shmmax"):
    tried(name, lambda name=name: rewrite(f"/proc/sys/{name}"))
tried("emergency keys", lambda: open("/proc/sysrq-trigger", "w"))
tried("the kernel's parameters", lambda: open("/sys/module/kernel/parameters/panic", "w"))
tried("the score of whom to kill first", lambda: Path("/proc/self/oom_score_adj").write_text("-1000"))


def double(x):
    return x
