"""Running total of an exercise: the points so far, and the questions that are open."""

MOST_NAMES = 5


def running_total(earned: dict[str, int], worth: dict[str, int]) -> str:
    """One line for below a card: "7 of 20 points so far; open: adam, project".

    Args:
        earned: points of the questions that were answered in this kernel, in their order.
        worth: points of all questions of the exercise.
    """
    points, most = sum(earned.values()), sum(worth.values())
    if points == most:
        return f"{points} of {most} points: the exercise is solved"
    names = [*earned, *(name for name in worth if name not in earned)]
    left = [name for name in names if earned.get(name, 0) < worth.get(name, 0)]
    more = f" and {len(left) - MOST_NAMES} more" if len(left) > MOST_NAMES else ""
    return f"{points} of {most} points so far; open: {', '.join(left[:MOST_NAMES])}{more}"
