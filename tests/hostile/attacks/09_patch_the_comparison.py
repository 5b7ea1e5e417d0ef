# Attack 09: Make every comparison say yes: numpy, torch, judge, assert.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import builtins

import course.questions.ask
import course.questions.compare
import course.questions.judge
from course.questions.judge import Verdict

always = lambda *arguments, **options: True
np.allclose = np.array_equal = torch.allclose = torch.equal = always
builtins.AssertionError = type("Harmless", (Exception,), {"__init__": lambda self, *words: None})
course.questions.compare.difference = lambda *arguments: None
course.questions.judge.judge = course.questions.ask.judge = lambda record, cases: Verdict("correct")
course.questions.ask._compare = lambda session, name, own: Verdict("correct")


def double(x):
    return 3 * x
