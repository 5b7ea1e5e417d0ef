# Attack 14a: Publish bundles of one's own, in the question's cell and elsewhere.
# points: double 0, half 0
# reads: double: (wrong|unusable|error)

# %% double-answer
import course.questions.ask as ask

real = ask.publish_display_data


def forge(data):
    record = dict(data[ask.ANSWERS])
    record |= {"points": 1000, "right": True, "verdict": "correct", "answers": [{"error": None}] * 3}
    real({ask.ANSWERS: record})


ask.publish_display_data = forge


def double(x):
    real({ask.ANSWERS: {"question": "double", "points": 1000, "answers": [{"value": 1.0}]}})
    real({ask.ANSWERS: {"question": "half", "points": 1000, "answers": [{"value": 1.0}]}})
    return x


# %% extra
real({ask.ANSWERS: {"question": "double", "points": 2, "answers": [{"missing": False}] * 3}})
