# Attack 75: Whatever a process may write about itself in /proc.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import os

for name in (
    "oom_score_adj",
    "coredump_filter",
    "comm",
    "timerslack_ns",
    "clear_refs",
    "loginuid",
    "attr/current",
):
    tried(name, lambda n=name: open(f"/proc/self/{n}", "w").write("5"))
for name in ("uid_map", "gid_map", "setgroups", "projid_map"):
    tried(name, lambda n=name: open(f"/proc/self/{n}", "w").write("0 0 1"))
tried("remount", lambda: os.open("/proc/sys/user/max_user_namespaces", os.O_WRONLY))


def double(x):
    return x
