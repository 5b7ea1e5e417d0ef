# Attack 58: No attack: ten thousand small displays, two thousand prints one by one, and the right answer.
# points: double 2, half 1
# reads: ^\| double: correct

# %% double-answer
from IPython.display import display

for number in range(10_000):
    display(number)


def double(x):
    for number in range(2000):
        print(number, flush=True)
    return 2 * x
