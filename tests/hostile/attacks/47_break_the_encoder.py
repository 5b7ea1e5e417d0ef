# Attack 47: Replace what turns answers into data; raise from odd places.
# points: double 0, half 0
# reads: double: (error|unusable|wrong)

# %% double-answer
import course.questions.ask as ask


def encode(value):
    return {"dtype": "float64", "shape": [10**12], "bytes": "AAAA", "value": "anything"}


ask.encode = encode


def double(x):
    return x
