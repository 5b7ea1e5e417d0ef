"""Learning rate search on the grid 0.01, 0.03, 0.1 …, until the best is not at its edge."""

import math
from collections.abc import Callable
from dataclasses import dataclass

LOWEST, HIGHEST = -14, 8  # places on the grid: 1e-7 and 10,000


@dataclass(frozen=True)
class RateSearch:
    """What a search has found.

    Attributes:
        rate: the chosen learning rate; a lower and a higher one were tried, too.
        tried: every rate that was tried with its loss, infinite where it diverged, from the lowest rate on.
    """

    rate: float
    tried: dict[float, float]


def search_rate(loss_at: Callable[[float], float], start: float = 0.1, margin: float = 0.1) -> RateSearch:
    """Find a learning rate with a low loss: walk up and down until both neighbors of the best are worse.

    The rates are 1 and 3 times the powers of ten. Three are tried to begin with, then one more beyond the
    edge for as long as the best stands there: a rate that stands at the edge of a grid says only that the
    grid was too small. The best rate often lies right below the first one that diverges, with another seed
    perhaps above it. So the next lower one is chosen where that costs little.

    Args:
        loss_at: takes a rate, gives the loss after a short training; infinite or NaN where it diverged.
        start: the middle one of the first three rates, on the grid.
        margin: by which share of the lowest loss that of the next lower rate may be higher, so that it is
            taken in place of the best.

    Raises:
        ValueError: `start` is not on the grid, or the walk has left it: the loss does not depend on the
            rate, or is never finite.
    """
    middle = next((place for place in range(LOWEST, HIGHEST + 1) if grid_rate(place) == start), None)
    if middle is None:
        raise ValueError(f"start={start} must be 1 or 3 times a power of ten, from 1e-07 to 10000")
    losses: dict[int, float] = {}

    def loss(place: int) -> float:
        if not LOWEST <= place <= HIGHEST:
            raise ValueError("loss_at has no lowest point between 1e-07 and 10000")
        if place not in losses:
            value = float(loss_at(grid_rate(place)))
            losses[place] = value if math.isfinite(value) else math.inf
        return losses[place]

    best = min((middle - 1, middle, middle + 1), key=loss)
    while any(loss(place) < loss(best) or math.isinf(loss(best)) for place in (best - 1, best + 1)):
        best = min(losses, key=lambda place: (losses[place], place))
        best -= math.isinf(losses[best])  # all have diverged: go down
    chosen = best
    if loss(best - 1) <= (1 + margin) * loss(best):
        chosen = best - 1
        loss(chosen - 1)
    return RateSearch(grid_rate(chosen), {grid_rate(place): losses[place] for place in sorted(losses)})


def grid_rate(place: int) -> float:
    """The learning rate at a place of the grid: 0 is 1, 1 is 3, 2 is 10, -1 is 0.3.

    >>> [grid_rate(place) for place in (-3, -2, -1, 0, 1)]
    [0.03, 0.1, 0.3, 1.0, 3.0]
    """
    return float(f"{1 if place % 2 == 0 else 3}e{place // 2}")
