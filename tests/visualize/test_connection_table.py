"""The picture of a connection table counts what the paper counts."""

import numpy as np
import pytest

from course.models import get_model
from course.models.lenet import C3_TABLE, H3_TABLE
from course.nn import ConnectionTableConv2d
from course.visualize import connection_matrix, count_connections, plot_connection_table


def test_lenet5_has_60_links_and_1516_parameters():
    """The numbers of Section II-B: 1,516 trainable parameters; and every map of S2 is read ten times."""
    count = count_connections(C3_TABLE, 6)
    assert (count.links, count.parameters, count.full) == (60, 1516, 2416)
    assert count.uses.tolist() == [10] * 6
    assert sum(p.numel() for p in get_model("lenet5").c3.parameters()) == count.parameters


@pytest.mark.parametrize("kernel_size", [3, 5])
def test_parameters_are_those_of_the_layer(kernel_size):
    """Counted from the table, or from the layer that it builds: the same number."""
    layer = ConnectionTableConv2d(H3_TABLE, in_channels=4, kernel_size=kernel_size)
    counted = count_connections(H3_TABLE, 4, kernel_size).parameters
    assert counted == sum(p.numel() for p in layer.parameters())


def test_the_matrix_holds_the_links():
    """A link from input to map is a True at that place, and nothing else is."""
    matrix = connection_matrix([(0, 2), (), (1,)], 3)
    np.testing.assert_array_equal(matrix, [[1, 0, 0], [0, 0, 1], [1, 0, 0]])


def test_the_picture_shows_crosses_and_the_chosen_map():
    """Sixty crosses; map 9 is fed by four maps, and its sum is in the picture and in the text."""
    figure = plot_connection_table(C3_TABLE, 6, chosen=9)
    table, feeding = figure.axes
    crosses = table.lines[0]
    assert set(zip(crosses.get_xdata(), crosses.get_ydata(), strict=True)) == {
        (column, row) for column, inputs in enumerate(C3_TABLE) for row in inputs
    }
    assert len(feeding.lines) == 4
    assert [line.get_ydata()[0] for line in feeding.lines] == [0, 3, 4, 5]
    assert "5×5×4 + 1 = 101" in [text.get_text() for text in feeding.texts]
    assert figure.alt.endswith("60 crosses: 1,516 parameters. Map 9 reads 0, 3, 4 and 5.")


def test_without_a_choice_only_the_table_is_drawn():
    """No column is framed, and the second panel is hidden."""
    figure = plot_connection_table(C3_TABLE, 6)
    assert not figure.axes[0].patches and not figure.axes[1].get_visible()


def test_what_is_no_map_is_refused():
    """A row that does not exist, and a column that does not exist."""
    with pytest.raises(ValueError, match=r"table\[1\]=\(0, 6\) must hold numbers from 0 to 5"):
        count_connections([(0,), (0, 6)], 6)
    with pytest.raises(ValueError, match=r"chosen=16 must be from 0 to 15"):
        plot_connection_table(C3_TABLE, 6, chosen=16)
