"""Running total of an exercise: the points so far, and the questions that are open."""

from collections.abc import Collection

MOST_NAMES = 5


def running_total(
    earned: dict[str, int], worth: dict[str, int], at: str, waiting: Collection[str] = ()
) -> str:
    """One line for below a card: "7 of 20 points so far; open: adam, project".

    Args:
        earned: points of the questions that were answered in this kernel.
        worth: points of all questions of the exercise, in its order.
        at: the question that was just answered: what is open is named from there on, and then from the top.
        waiting: questions whose answers a person will read: "15 of 20 points so far; waiting: essay".
    """
    points, most = sum(earned.values()), sum(worth.values())
    if points == most:
        return f"{points} of {most} points: the exercise is solved"
    names, place = list(worth), list(worth).index(at)
    less = [name for name in names[place:] + names[:place] if earned.get(name, 0) < worth[name]]
    left, kept = [name for name in less if name not in waiting], [name for name in less if name in waiting]
    more = f" and {len(left) - MOST_NAMES} more" if len(left) > MOST_NAMES else ""
    told = [f"open: {', '.join(left[:MOST_NAMES])}{more}"] if left else []
    told += [f"waiting to be read: {', '.join(kept)}"] if kept else []
    return "; ".join([f"{points} of {most} points so far", *told])
