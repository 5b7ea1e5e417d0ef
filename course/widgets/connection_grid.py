"""Grid control for a table of connections: a button for each pair of maps, pressed where there is a link."""

from collections.abc import Mapping

from ipywidgets import GridBox, Label, Layout, ToggleButton

from course.errors import unknown_name

from .presets import PresetEditor

Links = tuple[tuple[int, ...], ...]


class ConnectionGrid(PresetEditor):
    """Buttons in rows (maps below) and columns (maps of this layer), and a list of tables that sets them.

    In front of each row stands which map below it links.

    A button is pressed with the mouse, or with the Tab and Space keys.

    Args:
        tables: name to table, for each map the numbers of the maps that it reads; all equally long.
        in_channels: how many rows.
        table: the name to begin with.

    Attributes:
        value: for each column, the rows that are pressed, in rising order.
        buttons: row by row.
        known: the list of tables; says "your own" once a button was pressed.

    Raises:
        ValueError: no table has this name.
    """

    def __init__(self, tables: Mapping[str, Links], in_channels: int, table: str):
        if table not in tables:
            raise ValueError(unknown_name("table", table, tables))
        self.tables = {name: ordered(links) for name, links in tables.items()}
        self.columns = len(self.tables[table])
        # the label is the column's number: a person who moves by keys hears or sees where they are
        places = [(row, column) for row in range(in_channels) for column in range(self.columns)]
        self.buttons = [
            ToggleButton(
                row in self.tables[table][column],
                description=str(column),
                tooltip=f"map {column} reads map {row}",
                layout=Layout(width="1.6em", height="1.8em", padding="0", margin="0"),
            )
            for row, column in places
        ]
        cells = []
        for row in range(in_channels):
            own = self.buttons[row * self.columns : (row + 1) * self.columns]
            cells += [Label(f"reads {row}", layout=Layout(height="1.8em")), *own]
        grid = GridBox(cells, layout=Layout(grid_template_columns=f"5em repeat({self.columns}, 1.65em)"))
        super().__init__(self.tables, table, "table", self.buttons, grid, self.tables[table])

    def fill(self, name: str) -> None:
        """Press the buttons of a well-known table."""
        for place, button in enumerate(self.buttons):
            row, column = divmod(place, self.columns)
            button.value = row in self.tables[name][column]

    def read(self) -> Links:
        """The table that is pressed."""
        pressed = [divmod(place, self.columns) for place, button in enumerate(self.buttons) if button.value]
        return tuple(tuple(row for row, column in pressed if column == own) for own in range(self.columns))


def ordered(links: Links) -> Links:
    """The same table, the numbers of each column in rising order."""
    return tuple(tuple(sorted(inputs)) for inputs in links)
