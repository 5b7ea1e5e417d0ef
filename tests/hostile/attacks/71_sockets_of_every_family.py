# Attack 71: Sockets that no network namespace keeps in: of virtual machines, of devices, of the system itself.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import socket

allowed = {socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK}
for family in range(1, 46):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        if family not in allowed:
            tried(f"family {family}", lambda f=family, k=kind: socket.socket(f, k))


def double(x):
    return x
