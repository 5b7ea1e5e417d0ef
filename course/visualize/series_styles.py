"""Series styles: one color, marker and line style a name, the same through all sessions.

A look is a number: its color, its marker and its line style. A name that is not registered takes the first
number that no other series of the picture has.
"""

from collections.abc import Iterable
from itertools import count
from typing import Any

from .style import COLORS, LINE_STYLES, MARKERS

BLUE, RED, GREEN, PINK, ORANGE, SKY, BLACK, GRAY = range(len(COLORS))
SECOND = len(COLORS)  # the same color with another marker, dashed

STYLES = {
    # optimizers
    **{"gradient descent": GRAY, "GradientDescent": GRAY, "SGD": BLACK},
    **{"momentum": BLUE, "SGD with momentum": BLUE, "NAG": SKY, "Nesterov": SKY},
    **{"Adagrad": GREEN, "RMSprop": ORANGE, "Adadelta": PINK, "Adam": RED, "AdamW": RED + SECOND},
    # activations
    **{"ReLU": BLUE, "leaky ReLU": SKY, "PReLU": SKY + SECOND, "ELU": RED, "SELU": RED + SECOND},
    **{"sigmoid": PINK, "tanh": GREEN, "scaled tanh": ORANGE, "softplus": GRAY, "maxout": BLACK},
    **{"GELU": GREEN + SECOND, "SiLU": ORANGE + SECOND, "swish": ORANGE + SECOND},
    # regularizers
    **{"standard": GRAY, "without": GRAY, "none": GRAY, "no regularization": GRAY},
    **{"dropout": BLUE, "weight decay": RED, "L2": RED, "early stopping": GREEN, "batch norm": PINK},
    **{"augmentation": ORANGE, "with augmentation": ORANGE, "label smoothing": SKY, "both": BLACK},
    # families of nets
    **{"LeNet": GRAY, "AlexNet": ORANGE, "VGG": RED, "NIN": BLACK, "GoogLeNet": GREEN, "Inception": GREEN},
    **{"ResNet": BLUE, "residual": BLUE, "Inception-ResNet": SKY, "DenseNet": PINK},
    **{"plain": RED + SECOND, "MLP": BLACK + SECOND},
    # losses, and the parts of the data
    **{"softmax": BLUE, "cross-entropy": BLUE, "hinge": RED, "squared error": GREEN},
    **{"training": BLUE, "validation": RED, "unseen": RED, "test": RED},
}
"""The number of each known name's look; no two names that meet in one picture have the same."""

KNOWN = {name.casefold(): number for name, number in STYLES.items()}


def known_style(name: str) -> int | None:
    """The number of the longest known name with which this one begins; None if there is none.

    >>> known_style("Momentum 0.9, lr 0.02") == known_style("momentum")
    True
    """
    name = name.casefold()
    names = [known for known in KNOWN if name.startswith(known) and not name[len(known) :][:1].isalpha()]
    return KNOWN[max(names, key=len)] if names else None


def series_style(name: str, index: int = 0) -> dict[str, Any]:
    """Color, marker and line style of a name by itself; `index` is the look of a name that is not known."""
    number = known_style(name)
    return _numbered(index if number is None else number)


def series_styles(names: Iterable[str]) -> list[dict[str, Any]]:
    """Color, marker and line style of each series of one picture, no two alike (of 64).

    Of two names of one family the first has the family's look, the second its color with another marker and
    line style.
    """
    numbers = [known_style(str(name)) for name in names]
    colors = {number % len(COLORS) for number in numbers if number is not None}
    free = [color for color in range(len(COLORS)) if color not in colors] or list(range(len(COLORS)))
    strangers = (color + again * len(COLORS) for again in count() for color in free)
    taken: set[int] = set()
    for place, number in sorted(enumerate(numbers), key=lambda entry: entry[1] is None):  # known names first
        number = next(strangers) if number is None else number
        while number in taken:
            number += len(COLORS)
        taken.add(number)
        numbers[place] = number
    return [_numbered(number) for number in numbers]


def _numbered(number: int) -> dict[str, Any]:
    color, again = number % len(COLORS), number // len(COLORS)
    return {
        "color": COLORS[color],
        "marker": MARKERS[(color + again) % len(MARKERS)],
        "linestyle": LINE_STYLES[again % len(LINE_STYLES)],
    }
