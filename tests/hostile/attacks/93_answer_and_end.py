# Attack 93: Publish the right answers from within the question, and end the kernel before it is judged.
# points: double 0, half 1
# reads: double: error .*the kernel ended while it answered

# %% double-answer
import os
import time

import course.questions.ask as ask

seen = []


def double(x):
    seen.append(x)
    if len(seen) == 3:
        answers = [{"value": ask.encode(2 * x)} for x in seen]
        ask.publish_display_data({ask.ANSWERS: {"question": "double", "answers": answers}})
        time.sleep(1)
        os._exit(0)
    return x
