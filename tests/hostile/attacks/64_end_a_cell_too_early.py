# Attack 64: Forge the reply and the idle state of the question's cell, work on, answer after the time limit.
# points: double 0, half [01]
# reads: double: (error|not run)
# timeout: 4

# %% double-answer
import threading
import time


def double(x):
    kernel = get_ipython().kernel
    parent, ident = kernel.get_parent("shell"), kernel._get_shell_context_var(kernel._shell_parent_ident)
    kernel.session.send(kernel.shell_stream, "execute_reply", {"status": "ok"}, parent=parent, ident=ident)
    kernel.session.send(kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=parent)
    time.sleep(3)
    return 2 * x
