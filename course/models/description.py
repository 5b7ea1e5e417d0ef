"""Table of a model summary: what `describe` returns, rows of numbers, and how they are printed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from course.tables import Table

HEADER = (
    "layer",
    "type",
    "output",
    "parameters",
    "multiply-adds",
    "activations (KiB)",
    "receptive field",
    "jump",
)


class Row(NamedTuple):
    """One call of one layer.

    `jump` is None where positions are mixed, and `receptive_field` where nothing can be said; both have one
    number for each axis of the image. `output_shape` is that of the first tensor, and () where there is none.

    `pandas.DataFrame(description.rows)` makes a table with these columns.
    """

    layer: str
    type: str
    output_shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    activation_bytes: int
    receptive_field: tuple[int, ...] | None
    jump: tuple[int, ...] | None

    def cells(self) -> tuple[str, ...]:
        """The row as text, in the order of `HEADER`."""
        return (
            self.layer or "(the net itself)",
            self.type,
            times(self.output_shape),
            f"{self.parameters:,}",
            f"{self.multiply_adds:,}",
            f"{self.activation_bytes / 1024:,.1f}",
            side(self.receptive_field or ()),
            side(self.jump or ()),
        )


@dataclass(frozen=True, repr=False)
class Description:
    """The rows and what they add up to; shows itself as a table.

    Args:
        name: Class of the model.
        input_size: Channels, height and width of the image, or the shapes of all that the model takes.
        rows: One for each call of a layer, in the order of execution.
        parameters: Of the whole model, also of parts that do not run in evaluation mode.
    """

    name: str
    input_size: tuple[int, int, int] | tuple[tuple[int, ...], ...]
    rows: tuple[Row, ...]
    parameters: int

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds for one image."""
        return sum(row.multiply_adds for row in self.rows)

    @property
    def activation_bytes(self) -> int:
        """Bytes of all activations for one image, as training keeps them."""
        return sum(row.activation_bytes for row in self.rows)

    @property
    def receptive_field(self) -> tuple[int, ...] | None:
        """Height and width that a unit of the last map sees, before positions are mixed.

        None for a net that has no map, or whose units cannot be followed to the end.
        """
        followed = self.rows and self.rows[-1].receptive_field
        return next((row.receptive_field for row in reversed(self.rows) if followed and row.jump), None)

    def footer(self) -> tuple[str, ...]:
        """The last line of the table."""
        total = f"{self.activation_bytes / 1024:,.1f}"
        return ("together", "", "", f"{self.parameters:,}", f"{self.multiply_adds:,}", total, "", "")

    def caption(self) -> str:
        """Name of the model, size of the image, and parameters that no row has."""
        unused = self.parameters - sum(row.parameters for row in self.rows)
        not_used = f"; {unused:,} of the parameters are not used in evaluation mode" if unused else ""
        if isinstance(self.input_size[0], int):
            return f"{self.name}, one image of {times(self.input_size)}{not_used}"
        return f"{self.name}, input {' and '.join(map(times, self.input_size))}{not_used}"

    def table(self) -> Table:
        """The rows and their sums, as text and as HTML."""
        rows = [row.cells() for row in self.rows]
        return Table(HEADER, rows, footer=self.footer(), caption=self.caption(), left=2)

    def __str__(self) -> str:
        return str(self.table())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def times(numbers: Iterable[int]) -> str:
    """3×224×224."""
    return "×".join(map(str, numbers))


def side(size: tuple[int, ...]) -> str:
    """11 for a square, 1×7 for height 1 and width 7."""
    return str(size[0]) if len(set(size)) == 1 else times(size)
