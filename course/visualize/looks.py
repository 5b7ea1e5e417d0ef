"""One look a name, through all sessions: momentum is blue with a circle wherever it is drawn.

A look is a number: its colour, its marker and its line style. A name that is not registered takes the first
number that no other series of the picture has.
"""

from collections.abc import Iterable
from itertools import count
from typing import Any

from .style import COLORS, LINE_STYLES, MARKERS

BLUE, RED, GREEN, PINK, ORANGE, SKY, BLACK, GREY = range(len(COLORS))
SECOND = len(COLORS)  # the same colour with another marker, dashed

LOOKS = {
    # optimizers
    **{"gradient descent": GREY, "GradientDescent": GREY, "SGD": BLACK},
    **{"momentum": BLUE, "SGD with momentum": BLUE, "NAG": SKY, "Nesterov": SKY},
    **{"Adagrad": GREEN, "RMSProp": ORANGE, "AdaDelta": PINK, "Adam": RED, "AdamW": RED + SECOND},
    # activations
    **{"ReLU": BLUE, "leaky ReLU": SKY, "PReLU": SKY + SECOND, "ELU": RED, "SELU": RED + SECOND},
    **{"sigmoid": PINK, "tanh": GREEN, "scaled tanh": ORANGE, "softplus": GREY, "maxout": BLACK},
    **{"GELU": GREEN + SECOND, "SiLU": ORANGE + SECOND, "swish": ORANGE + SECOND},
    # regularizers
    **{"standard": GREY, "without": GREY, "none": GREY, "no regularization": GREY},
    **{"dropout": BLUE, "weight decay": RED, "L2": RED, "early stopping": GREEN, "batch norm": PINK},
    **{"augmentation": ORANGE, "with augmentation": ORANGE, "label smoothing": SKY, "both": BLACK},
    # families of nets
    **{"LeNet": GREY, "AlexNet": ORANGE, "VGG": RED, "NIN": BLACK, "GoogLeNet": GREEN, "Inception": GREEN},
    **{"ResNet": BLUE, "residual": BLUE, "Inception-ResNet": SKY, "DenseNet": PINK},
    **{"plain": RED + SECOND, "MLP": BLACK + SECOND},
    # losses, and the parts of the data
    **{"softmax": BLUE, "cross-entropy": BLUE, "hinge": RED, "squared error": GREEN},
    **{"training": BLUE, "validation": RED, "unseen": RED, "test": RED},
}
"""The number of each known name's look; no two names that meet in one picture have the same."""

KNOWN = {name.casefold(): number for name, number in LOOKS.items()}


def known_look(name: str) -> int | None:
    """The number of the longest known name with which this one begins; None if there is none.

    >>> known_look("Momentum 0.9, lr 0.02") == known_look("momentum")
    True
    """
    name = name.casefold()
    found = [known for known in KNOWN if name.startswith(known) and not name[len(known) :][:1].isalpha()]
    return KNOWN[max(found, key=len)] if found else None


def look(name: str, index: int = 0) -> dict[str, Any]:
    """Colour, marker and line style of a name by itself; `index` is the look of a name that is not known."""
    number = known_look(name)
    return _numbered(index if number is None else number)


def looks(names: Iterable[str]) -> list[dict[str, Any]]:
    """Colour, marker and line style of each series of one picture, no two alike (of 64).

    Of two names of one family the first has the family's look, the second its colour with another marker and
    line style.
    """
    numbers = [known_look(str(name)) for name in names]
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
