"""Explorer: draw a digit by mouse or finger, and see how a trained net reads it."""

from collections.abc import Callable, Sequence
from functools import partial

from torch import Tensor, nn

from course.data.drawings import Stroke
from course.visualize.reading import plot_reading, read_drawing
from course.visualize.style import Picture

from .explorer import Explorer
from .stroke_pad import StrokePad


def draw_reading(
    model: nn.Module, strokes: Sequence[Stroke], prepare: Callable[[Tensor], Tensor] = lambda x: x
) -> Picture:
    """What the net sees of the strokes, its answer, and maps of its first convolution."""
    return plot_reading(read_drawing(model, strokes, prepare))


def drawing_board(
    model: nn.Module, prepare: Callable[[Tensor], Tensor] = lambda x: x, example: str = "3"
) -> Explorer:
    """A board to draw on, and below it how the net reads what is drawn.

    Args:
        model: trained on digits; takes (1, 1, 28, 28), or what `prepare` makes of it.
        prepare: what the training did to its images, such as padding or shifting their values.
        example: the digit that stands on the board at first.

    Raises:
        ValueError: there is no example of that name.
    """
    return Explorer(partial(draw_reading, model, prepare=prepare), strokes=StrokePad(example))
