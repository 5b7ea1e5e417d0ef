"""What `describe` returns: rows of numbers, and how they are printed."""

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
    """One call of one layer. Height and width of `jump` are None where positions are mixed.

    `pandas.DataFrame(description.rows)` makes a table with these columns.
    """

    layer: str
    type: str
    output_shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    activation_bytes: int
    receptive_field: tuple[int, int]
    jump: tuple[int, int] | None

    def cells(self) -> tuple[str, ...]:
        """The row as text, in the order of `HEADER`."""
        return (
            self.layer or "(the net itself)",
            self.type,
            times(self.output_shape),
            f"{self.parameters:,}",
            f"{self.multiply_adds:,}",
            f"{self.activation_bytes / 1024:,.1f}",
            side(self.receptive_field),
            side(self.jump) if self.jump else "",
        )


@dataclass(frozen=True, repr=False)
class Description:
    """The rows and what they add up to; shows itself as a table.

    Args:
        name: Class of the model.
        input_size: Channels, height and width of the image.
        rows: One for each call of a layer, in the order of execution.
        parameters: Of the whole model, also of parts that run only in training.
    """

    name: str
    input_size: tuple[int, int, int]
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
    def receptive_field(self) -> tuple[int, int]:
        """Height and width that a unit of the last map sees, before positions are mixed."""
        return [row.receptive_field for row in self.rows if row.jump][-1]

    def footer(self) -> tuple[str, ...]:
        """The last line of the table."""
        total = f"{self.activation_bytes / 1024:,.1f}"
        return ("together", "", "", f"{self.parameters:,}", f"{self.multiply_adds:,}", total, "", "")

    def caption(self) -> str:
        """Name of the model, size of the image, and parameters that no row has."""
        unused = self.parameters - sum(row.parameters for row in self.rows)
        only = f"; {unused:,} parameters are used only in training" if unused else ""
        return f"{self.name}, one image of {times(self.input_size)}{only}"

    def table(self) -> Table:
        """The rows and their sums, as text and as HTML."""
        rows = [row.cells() for row in self.rows]
        return Table(HEADER, rows, footer=self.footer(), caption=self.caption(), left=2)

    def __str__(self) -> str:
        return str(self.table())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def times(numbers: tuple[int, ...]) -> str:
    """3×224×224."""
    return "×".join(map(str, numbers))


def side(size: tuple[int, int]) -> str:
    """11 for a square, 1×7 for height 1 and width 7."""
    return str(size[0]) if size[0] == size[1] else times(size)
