"""Result tables: text where text is all there is, HTML in a notebook, the same cells in both."""

from collections.abc import Sequence
from html import escape
from typing import Any

from .claims import short


class Table:
    """A table with a header, shown by a notebook as HTML and by `print` as text.

        >>> print(Table(["rule", "accuracy"], [["SGD", 0.9123], ["Adam", "0.934 ± 0.008"]]))
        rule       accuracy
        -------------------
        SGD           0.912
        Adam  0.934 ± 0.008

    Args:
        header: the names of the columns.
        rows: cells, as many as the header has; a float is shown with three digits.
        footer: one more row, set apart, such as a sum.
        caption: what the table shows, in one line above it.
        left: how many columns are set to the left; the others stand to the right, as numbers do.

    Raises:
        ValueError: a row has another number of cells than the header.
    """

    def __init__(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[Any]],
        *,
        footer: Sequence[Any] | None = None,
        caption: str = "",
        left: int = 1,
    ):
        self.header, self.caption, self.left = tuple(header), caption, left
        self.rows = [tuple(map(short, row)) for row in rows]
        self.footers = [] if footer is None else [tuple(map(short, footer))]
        for row in (*self.rows, *self.footers):
            if len(row) != len(self.header):
                raise ValueError(f"row {row} has {len(row)} cells; header has {len(self.header)}")

    def __str__(self) -> str:
        lines = [self.header, *self.rows, *self.footers]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.header))]
        rule = "-" * (sum(widths) + 2 * (len(widths) - 1))

        def padded(line: tuple[str, ...]) -> str:
            cells = [
                cell.ljust(width) if column < self.left else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            ]
            return "  ".join(cells).rstrip()

        caption = [self.caption, rule] if self.caption else []
        foot = [part for row in self.footers for part in (rule, padded(row))]
        return "\n".join([*caption, padded(self.header), rule, *map(padded, self.rows), *foot])

    __repr__ = __str__  # what a notebook stores beside the HTML

    def _repr_html_(self) -> str:
        def line(cells: tuple[str, ...], tag: str) -> str:
            sides = ["left" if column < self.left else "right" for column in range(len(cells))]
            return "".join(
                f'<{tag} style="text-align: {side}">{escape(cell)}</{tag}>'
                for cell, side in zip(cells, sides, strict=True)
            )

        caption = f"<caption>{escape(self.caption)}</caption>" if self.caption else ""
        body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in self.rows)
        foot = "".join(f"<tfoot><tr>{line(row, 'td')}</tr></tfoot>" for row in self.footers)
        head = f"<thead><tr>{line(self.header, 'th')}</tr></thead>"
        return f"<table>{caption}{head}<tbody>{body}</tbody>{foot}</table>"
