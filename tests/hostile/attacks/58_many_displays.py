# Attack 58: No attack: three thousand small displays, a thousand prints one by one, and the right answer.
# points: double 2, half 1
# reads: ^\| double: correct
# timeout: 60

# %% double-answer
from IPython.display import display

for number in range(3000):
    display(number)


def double(x):
    for number in range(1000):
        print(number, flush=True)
    return 2 * x
