"""Charts of the class report as numbers: bars of a histogram, and shares of a question's bar.

The template draws them as SVG inside the page: no script, no picture file, and sharp on paper.
"""

import math
from dataclasses import dataclass
from statistics import mean, median, quantiles

MOST_BARS = 40


@dataclass(frozen=True)
class Bar:
    """A bar of a histogram: what stands below it, and how many students are in it."""

    label: str
    count: int


@dataclass(frozen=True)
class Summary:
    """The numbers of a class; None where nobody has a score."""

    count: int
    mean: float | None
    median: float | None
    lower: float | None  # first quartile
    upper: float | None  # third quartile


def summary(totals: list[float]) -> Summary:
    """Mean, median and quartiles of the points. Quartiles as in a spreadsheet's QUARTILE.INC.

    >>> summary([1, 2, 3, 4])
    Summary(count=4, mean=2.5, median=2.5, lower=1.75, upper=3.25)
    """
    if not totals:
        return Summary(0, None, None, None, None)
    cuts = quantiles(totals, n=4, method="inclusive") if len(totals) > 1 else [totals[0]] * 3
    return Summary(len(totals), mean(totals), median(totals), cuts[0], cuts[2])


def histogram(totals: list[float], most: int) -> list[Bar]:
    """One bar a point, or as many points a bar as keep it below forty bars.

    >>> histogram([0, 1, 1.4, 2], 2)
    [Bar(label='0', count=1), Bar(label='1', count=2), Bar(label='2', count=1)]
    """
    highest = max([most, *map(math.ceil, totals)])
    width = max(1, math.ceil((highest + 1) / MOST_BARS))
    counts = [0] * (highest // width + 1)
    for total in totals:
        counts[min(max(math.floor(total + 0.5), 0), highest) // width] += 1
    return [Bar(str(number * width), count) for number, count in enumerate(counts)]
