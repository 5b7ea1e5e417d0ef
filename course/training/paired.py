"""McNemar's test: two classifiers that met the same examples are compared as pairs.

McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
Psychometrika 12 (1947), here in its exact form. Dietterich, "Approximate statistical tests for comparing
supervised classification learning algorithms", Neural Computation 10 (1998), recommends it for one test set.
"""

from math import comb


def mcnemar_test(first_only: int, second_only: int) -> float:
    """Exact p-value of McNemar's test for two classifiers on the same examples.

    Where both are right, or both are wrong, nothing is learned about their difference. On the others a
    coin decides which of the two is right, if they are equally good.

    Args:
        first_only: how many examples the first alone has right.
        second_only: how many the second alone has right.

    Returns:
        How probable a difference as large as this one is, in either direction, for equally good classifiers.

    Raises:
        ValueError: a count is negative or no whole number.
    """
    for name, count in (("first_only", first_only), ("second_only", second_only)):
        if count != int(count) or count < 0:
            raise ValueError(f"{name}={count!r} must be a count: a whole number, at least 0")
    n, fewer = int(first_only + second_only), int(min(first_only, second_only))
    tail = sum(comb(n, k) for k in range(fewer + 1)) / 2**n  # at most so few heads in n tosses
    return min(1.0, 2 * tail)
