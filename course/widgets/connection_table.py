"""Explorer: the connection table of LeNet-5's layer C3, to read and to change."""

from ipywidgets import IntSlider

from course.models.lenet import C3_TABLE
from course.visualize.connection_table import plot_connection_table
from course.visualize.style import Picture

from .connection_grid import ConnectionGrid, Links, ordered
from .explorer import Explorer

MAPS = 6
PAPER = ordered(C3_TABLE)
EVERYTHING = ((0, 1, 2, 3, 4, 5),) * len(C3_TABLE)
TABLES = {"LeNet-5, 1998": PAPER, "everything reads everything": EVERYTHING}


def draw_connection_table(table: Links = PAPER, chosen: int = 9) -> Picture:
    """The table with its count, and the maps of S2 that feed one map of C3.

    Args:
        table: for each of the 16 maps of C3, the maps of S2 that it reads, from 0 to 5.
        chosen: a map of C3, from 0 to 15.

    Raises:
        ValueError: a number is no map.
    """
    return plot_connection_table(table, MAPS, chosen)


def connection_table_explorer() -> Explorer:
    """The table as buttons, and the map of C3 whose inputs are drawn."""
    return Explorer(
        draw_connection_table,
        table=ConnectionGrid(TABLES, MAPS, "LeNet-5, 1998"),
        chosen=IntSlider(9, min=0, max=len(C3_TABLE) - 1, description="map of C3"),
    )
