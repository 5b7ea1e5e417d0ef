# Attack 30b: A list in a list in a list; a list that holds itself.
# points: double 0, half 0
# reads: double: unusable|double: error RecursionError

# %% double-answer
def double(x):
    answer = []
    for _ in range(100_000):
        answer = [answer]
    return answer


# %% half-answer
def half(x):
    answer = []
    answer.append(answer)
    return answer
