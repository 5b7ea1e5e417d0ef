# Attack 51: Replies to the execution of one's own cell, on the shell channel: wrong ones, and too early.
# points: double 2, half 1
# reads: ^\| double: correct

# %% double-answer
def double(x):
    kernel = get_ipython().kernel
    parent, ident = kernel.get_parent("shell"), kernel._get_shell_context_var(kernel._shell_parent_ident)
    for content in (
        b"[]",
        b"{}",
        b'{"status": 7}',
        b'{"status": "error"}',
        b'{"status": "ok", "payload": 3}',
    ):
        kernel.session.send(kernel.shell_stream, "execute_reply", content, parent=parent, ident=ident)
    return 2 * x
