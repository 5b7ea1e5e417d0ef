# Attack 07: Tokens in the environment, keys in the home folder, the sockets of docker and ssh.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import os
import socket
from pathlib import Path

if "AWS_SECRET_ACCESS_KEY" in os.environ or "SSH_AUTH_SOCK" in os.environ:
    print("REACHED: the environment")
for name in (".ssh/id_ed25519", ".netrc", ".aws/credentials", ".bash_history", ".gitconfig"):
    for home in (Path.home(), Path("/root")):
        tried(f"read {name}", lambda path=home / name: path.read_text())
for path in (f"{UNIX}", "/var/run/docker.sock", "/run/docker.sock", "/run/dbus/system_bus_socket"):
    tried(f"connect to {path}", lambda path=path: socket.socket(socket.AF_UNIX).connect(path))


def double(x):
    return x
