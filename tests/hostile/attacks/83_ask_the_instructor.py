# Attack 83: Ask for input, and put cells into the notebook.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
tried("input", lambda: input("password?"))
import getpass

tried("a password", lambda: getpass.getpass())
get_ipython().set_next_input("double = lambda x: 2 * x", replace=True)
get_ipython().payload_manager.write_payload({"source": "ask_exit", "keepkernel": False})


def double(x):
    return x
