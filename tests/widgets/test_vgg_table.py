"""The explorer of VGG's Table 1 shows the counts of the nets."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from course.models.vgg import TABLE_1
from course.widgets import draw_vgg_table, vgg_explorer
from course.widgets.vgg_table import count_column, sheet, write

PAPER = {"A": (11, 133), "A-LRN": (11, 133), "B": (13, 133), "C": (16, 134), "D": (16, 138), "E": (19, 144)}


@pytest.mark.parametrize("column", TABLE_1)
def test_columns_have_the_depth_and_size_of_the_paper(column):
    """Layers as in Table 1, and parameters in millions as in Table 2."""
    counted = count_column(column)
    assert (counted.depth, round(counted.totals["parameters"] / 1e6)) == PAPER[column]
    assert sum(totals["parameters"] for _, totals in counted.layers) == counted.totals["parameters"]
    assert sum(totals["multiply-adds"] for _, totals in counted.layers) == counted.totals["multiply-adds"]


@pytest.mark.parametrize("measure, bar", [("parameters", 102.764544), ("multiply-adds", 0.102760448)])
def test_bars_are_the_layers_of_the_column(measure, bar):
    """Sixteen bars for D; that of the first fully connected layer is 25,088 times 4,096."""
    _, bars = draw_vgg_table("D", measure).axes
    assert len(bars.patches) == 16
    assert bars.patches[13].get_width() == pytest.approx(bar)
    assert bars.get_yticklabels()[13].get_text() == "FC-4096"


def test_the_memory_of_a_layer_is_that_of_its_output():
    """The first map of A has 64 channels of 224×224 floats: 12.25 MiB."""
    _, bars = draw_vgg_table("A", "memory").axes
    assert bars.patches[0].get_width() == 12.25


def test_the_whole_table_stands_there():
    """Every entry of every column is written, and lies as ink in the picture, whichever column is chosen."""
    _, table, _ = sheet()
    write(table)
    entries = [text for text in table.texts if text.get_text().startswith(("conv", "LRN"))]
    assert len(entries) == sum(len(stage.split()) for stages in TABLE_1.values() for stage in stages)
    for column in ("A", "E"):
        figure = draw_vgg_table(column)
        pixels = np.asarray(Image.open(BytesIO(figure.png())).convert("L"))
        for text in entries:
            x, y = figure.axes[0].transData.transform(text.get_position()).astype(int)
            assert pixels[-y - 4 : -y + 4, x - 8 : x + 8].min() < 150, text


def test_the_explorer_draws_every_choice():
    """Each column and each measure, and the text above tells the column."""
    explorer = vgg_explorer()
    assert explorer.picture().pixels().tobytes() == draw_vgg_table().pixels().tobytes()
    for column in TABLE_1:
        explorer.controls["column"].value = column
        assert f"{column}: {PAPER[column][0]} layers" in explorer.picture().alt


def test_unknown_names_are_refused():
    """A column and a measure that do not exist."""
    with pytest.raises(ValueError, match="column='F' is unknown"):
        draw_vgg_table("F")
    with pytest.raises(ValueError, match="measure='time' is unknown"):
        draw_vgg_table("A", "time")
