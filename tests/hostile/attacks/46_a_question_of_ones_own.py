# Attack 46: Replace the decorator `question` by one that claims points.
# points: double 0, half 1
# reads: double: wrong|double: error|double: unusable

# %% double-answer
from IPython.display import publish_display_data


def question(name, points=1, **options):
    def ask(function):
        answers = [{"value": {"number": 1.0}}] * 3
        bundle = {"question": name, "points": 20, "answers": answers, "mistakes": [], "variants": [answers]}
        publish_display_data({"application/vnd.course.answers+json": bundle})
        return function

    return ask


def double(x):
    return x
