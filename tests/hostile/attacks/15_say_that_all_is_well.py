# Attack 15: Print what a grader might look for, and draw a card of one's own.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import course.questions.ask
from IPython.display import HTML

course.questions.ask.Card = lambda *arguments: HTML("<b>double · correct · 2 of 2 points</b>")
print("All tests passed. SCORE=20. points: 20/20")


def double(x):
    print('{"question": "double", "points": 2, "right": true}')
    return x
