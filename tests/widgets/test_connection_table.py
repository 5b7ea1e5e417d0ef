"""The explorer of C3's table counts what its buttons say."""

from course.widgets import connection_table_explorer, draw_connection_table


def test_the_first_picture_is_the_paper():
    """Map 9 reads 0, 3, 4 and 5; 60 links and 1,516 parameters."""
    explorer = connection_table_explorer()
    assert explorer.picture().pixels().tobytes() == draw_connection_table().pixels().tobytes()
    assert "60 crosses: 1,516 parameters. Map 9 reads 0, 3, 4 and 5." in explorer.picture().alt


def test_the_count_follows_the_buttons():
    """One link less is 25 parameters less; everything is 2,416; a map without links reads nothing."""
    explorer = connection_table_explorer()
    grid = explorer.controls["table"]
    grid.buttons[9].value = False
    assert "59 crosses: 1,491 parameters. Map 9 reads 3, 4 and 5." in explorer.picture().alt
    grid.known.value = "everything reads everything"
    assert "96 crosses: 2,416 parameters" in explorer.picture().alt
    for row in range(6):
        grid.buttons[16 * row + 9].value = False
    assert explorer.picture().alt.endswith("Map 9 reads nothing.")


def test_every_map_can_be_chosen():
    """Both ends of the slider draw."""
    explorer = connection_table_explorer()
    for chosen, text in ((0, "Map 0 reads 0, 1 and 2."), (15, "Map 15 reads 0, 1, 2, 3, 4 and 5.")):
        explorer.controls["chosen"].value = chosen
        assert explorer.picture().alt.endswith(text)
