# Attack 88: A function whose name only looks like the one that is asked for, and one that is not Python.
# points: double 0, half 1
# reads: double: (error|not attempted|missing|NameError)

# %% double-answer
exec("def doub\u217ce(x):\n    return x")  # NFKC makes this the same name
double.__name__ = double.__qualname__ = "\u202edouble"
double.__code__ = double.__code__.replace(co_name="x" * 10_000, co_filename="/etc/passwd")


def double(x, double=double):
    raise NameError("name 'double' is not defined")
