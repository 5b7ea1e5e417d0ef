# Attack 91: Answers that name no question, in cells that ask none.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import course.questions.ask as ask

for bundle in ({}, {"question": None}, {"question": []}, {"answers": [{"value": 1.0}]}, [], None, 7, "x"):
    ask.publish_display_data({ask.ANSWERS: bundle})


def double(x):
    for name in (None, "half", ""):
        ask.publish_display_data({ask.ANSWERS: {"question": name, "answers": [{"value": 1.0}] * 3}})
    return x
