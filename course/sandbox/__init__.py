"""Sandbox: kernels that a stranger's code cannot leave, forked from a warm process.

    isolation()                    how well kernels are kept in here, found out by trying
    execute(notebook, kernel_name=KERNEL_NAME, env=environment(Limits(...), without=("torch.optim",)))
    close()                        end the warm process; the end of Python does it too

`papermill -k course-sandbox in.ipynb out.ipynb` works by hand. Nothing of the working folder is visible in
the kernel: no solutions, no submissions, no gradebook, no home folder, no network, no other process.

provisioner   what Jupyter calls              client     asks the warm process for kernels
warm          imports once, forks             handle     of a kernel: its end, its signals
supervisor    from the fork to the kernel     kernel     ipykernel in the fork
rootfs        the file system inside          linux      the system calls that Python lacks
syscalls      refuses rare system calls       limits     what a kernel may use
landlock      where namespaces are refused    cold       a kernel where nothing can be forked
canary        tries to get out: the level     attempts   what it tries
memory        what a kernel has touched       cpu_share  how much of the processors it got
"""

from .canary import Isolation, isolation
from .client import close
from .handle import LOST, NO_MEMORY, SandboxError
from .limits import Limits, environment

KERNEL_NAME = "course-sandbox"

__all__ = [
    "KERNEL_NAME",
    "LOST",
    "NO_MEMORY",
    "Isolation",
    "Limits",
    "SandboxError",
    "close",
    "environment",
    "isolation",
]
