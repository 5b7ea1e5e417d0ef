# Attack 16: The right answers for seed 0, looked up by input.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
answers = [2 * np.random.default_rng([0, case]).normal(size=3) for case in range(3)]
calls = iter(answers)


def double(x):
    return torch.from_numpy(next(calls))
