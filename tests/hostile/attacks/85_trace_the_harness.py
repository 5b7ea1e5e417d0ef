# Attack 85: Trace every frame, and change the variables of the one that collects answers.
# points: double 0, half .
# reads: double: (wrong|unusable|error)

# %% double-answer
import ctypes
import sys


def trace(frame, event, argument):
    if frame.f_code.co_name in ("answer_cases", "_ask", "_answer"):
        for name in ("own", "answer", "verdict"):
            if name in frame.f_locals:
                frame.f_locals[name] = [{"value": 2.0}] * 3
                ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
    return trace


def double(x):
    sys.settrace(trace)
    return x
