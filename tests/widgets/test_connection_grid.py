"""Buttons for a table of connections: lists set them, a person presses them, the value changes once."""

import pytest

from course.widgets import ConnectionGrid

TABLES = {"chain": ((0,), (1, 0), (2, 1)), "all": ((0, 1, 2),) * 3}


def watched(grid):
    """The values that an observer sees."""
    seen = []
    grid.observe(lambda change: seen.append(change["new"]), names="value")
    return seen


def test_it_begins_with_a_named_table():
    """Value and buttons agree; numbers are in rising order."""
    grid = ConnectionGrid(TABLES, 3, "chain")
    assert grid.value == ((0,), (0, 1), (1, 2))
    assert [button.value for button in grid.buttons] == [
        True,
        True,
        False,
        False,
        True,
        True,
        False,
        False,
        True,
    ]


def test_a_table_from_the_list_changes_the_value_once():
    """Choosing a table sets nine buttons, and observers hear of it once."""
    grid = ConnectionGrid(TABLES, 3, "chain")
    seen = watched(grid)
    grid.known.value = "all"
    assert seen == [((0, 1, 2),) * 3]
    assert all(button.value for button in grid.buttons)


def test_a_button_is_a_link():
    """Row 2, column 0 pressed: map 0 reads map 2 too, and the list says that the table is your own."""
    grid = ConnectionGrid(TABLES, 3, "chain")
    seen = watched(grid)
    grid.buttons[6].value = True
    assert seen == [((0, 2), (0, 1), (1, 2))]
    assert grid.known.value == "your own"
    grid.buttons[0].value = False
    assert grid.value == ((2,), (0, 1), (1, 2))


def test_each_button_says_what_it_links():
    """The tooltip names both maps."""
    assert ConnectionGrid(TABLES, 3, "all").buttons[5].tooltip == "map 2 reads map 1"


def test_each_row_says_which_map_is_read():
    """In front of the three buttons of a row stands the number of the map below."""
    grid = ConnectionGrid(TABLES, 3, "chain").children[1]
    assert [cell.value for cell in grid.children[::4]] == ["reads 0", "reads 1", "reads 2"]
    assert len(grid.children) == 12


def test_an_unknown_table():
    """The line names the tables that there are."""
    with pytest.raises(ValueError, match=r"table='chian' is unknown; .*did you mean 'chain'"):
        ConnectionGrid(TABLES, 3, "chian")
