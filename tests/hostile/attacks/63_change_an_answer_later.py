# Attack 63: Show an answer under a name, and change it from a later cell, when there is time to think.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import course.questions.ask as ask

real, seen = ask.publish_display_data, []


def publish(data):
    if data[ask.ANSWERS]["question"] == "double":
        seen.append(data)
        return real(data, transient={"display_id": "mine"})
    return real(data)


ask.publish_display_data = publish


def double(x):
    return x


# %% extra
from course.questions.values import encode

right = [2 * torch.from_numpy(np.random.default_rng([seed, case]).normal(size=3)) for case in range(3)]
seen[0][ask.ANSWERS]["answers"] = [{"value": encode(value)} for value in right]
real(seen[0], transient={"display_id": "mine"}, update=True)
