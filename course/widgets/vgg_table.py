"""Explorer: VGG's Table 1; choose a column and see its layers, parameters, multiply-adds and memory.

The memory is that of all activations of one image in single precision, as training keeps them.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from ipywidgets import Dropdown, ToggleButtons
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Rectangle

from course.errors import unknown_name
from course.models import describe, get_model
from course.models.vgg import TABLE_1
from course.visualize.style import COLORS, Picture, bare, picture, styled, tint

from .explorer import Explorer

MEASURES = {"parameters": 1e6, "multiply-adds": 1e9, "memory": 2**20}
UNITS = {"parameters": "million", "multiply-adds": "10⁹", "memory": "MiB"}
MODELS = {column: f"vgg_{column.lower().replace('-', '_')}" for column in TABLE_1}


@dataclass(frozen=True)
class Column:
    """What a column of Table 1 costs for one image of 224×224.

    Attributes:
        depth: layers with weights.
        totals: by the names of `MEASURES`; memory in bytes.
        layers: (name, totals) of each layer with weights; a layer's memory is that of its own output.
    """

    depth: int
    totals: dict[str, int]
    layers: tuple[tuple[str, dict[str, int]], ...]


@cache
def count_column(column: str) -> Column:
    """Count one column, without memory for its weights.

    Raises:
        ValueError: there is no such column.
    """
    if column not in TABLE_1:
        raise ValueError(unknown_name("column", column, TABLE_1))
    with torch.device("meta"):
        counted = describe(get_model(MODELS[column]), (3, 224, 224))
    entries = [entry for stage in TABLE_1[column] for entry in stage.split() if entry != "LRN"]
    names = [f"conv{entry}" for entry in entries] + ["FC-4096", "FC-4096", "FC-1000"]
    weighted = [row for row in counted.rows if row.parameters]
    layers = [
        (name, dict(zip(MEASURES, (row.parameters, row.multiply_adds, row.activation_bytes), strict=True)))
        for name, row in zip(names, weighted, strict=True)
    ]
    totals = (counted.parameters, counted.multiply_adds, counted.activation_bytes)
    return Column(len(layers), dict(zip(MEASURES, totals, strict=True)), tuple(layers))


@styled
def draw_vgg_table(column: str = "D", measure: str = "parameters") -> Picture:
    """Table 1 with one column chosen, and where in this column a measure lies.

    Args:
        column: "A", "A-LRN", "B", "C", "D" or "E".
        measure: "parameters", "multiply-adds" or "memory".

    Raises:
        ValueError: a name is unknown.
    """
    if measure not in MEASURES:
        raise ValueError(unknown_name("measure", measure, MEASURES))
    counted = count_column(column)
    figure, table, bars = sheet()
    chosen = list(TABLE_1).index(column)
    height = tops()[5] - 0.18
    table.add_patch(Rectangle((chosen - 0.5, -0.6), 1, height, facecolor=tint(COLORS[0], 0.25)))
    figure.figimage(words(), zorder=5)
    values = [totals[measure] / MEASURES[measure] for _, totals in counted.layers]
    places = range(len(values))
    colors = [COLORS[1] if name.startswith("FC") else COLORS[0] for name, _ in counted.layers]
    bars.barh(places, values, color=colors, height=0.7)
    bars.set_yticks(places, [name for name, _ in counted.layers], fontsize=7.5)
    bars.set(ylim=(len(values) - 0.4, -0.6), xlabel=f"{measure} of each layer, {UNITS[measure]}")
    total = counted.totals
    alt_text = (
        f"{column}: {counted.depth} layers, {total['parameters'] / 1e6:.1f} million parameters, "
        f"{total['multiply-adds'] / 1e9:.2f}·10⁹ multiply-adds, {total['memory'] / 2**20:.0f} MiB"
    )
    figure.suptitle(alt_text, fontsize=10)
    figure.alt = f"Table 1 of VGG with six columns, and bars of {measure} by layer. {alt_text}."
    return figure


def sheet() -> tuple[Picture, Axes, Axes]:
    """An empty picture, with the axes of the table and of the bars."""
    figure, axes = picture(1, 2, height=4.9, layout=None, width_ratios=[5, 3])
    figure.subplots_adjust(left=0.01, right=0.95, bottom=0.1, top=0.89, wspace=0.32)
    table, bars = axes[0]
    bare(table)
    table.set(xlim=(-0.5, 5.5), ylim=(tops()[5] + 0.4, -0.7))
    return figure, table, bars


def tops() -> list[float]:
    """Where each stage of the table begins, and where the table ends."""
    depth = [max(len(TABLE_1[name][stage].split()) for name in TABLE_1) for stage in range(5)]
    return [1 + sum(depth[:stage]) + stage * 0.55 for stage in range(6)]


@cache
def words() -> np.ndarray:
    """The table's words as an image without ground; slow, so drawn only once."""
    figure, table, bars = sheet()
    figure.patch.set_alpha(0)
    table.patch.set_alpha(0)
    bars.set_visible(False)
    write(table)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.array(canvas.buffer_rgba())


def write(table: Axes) -> None:
    """Every entry of every column, stage by stage; 1×1 and LRN in color."""
    at = tops()
    for place, (name, stages) in enumerate(TABLE_1.items()):
        table.text(place, 0, name, ha="center", va="center", fontsize=9, weight="bold")
        for top, listed in zip(at, stages, strict=False):
            for row, entry in enumerate(listed.split()):
                color = COLORS[1] if entry.startswith("1-") or entry == "LRN" else "black"
                text = entry if entry == "LRN" else f"conv{entry}"
                table.text(place, top + row, text, ha="center", va="center", fontsize=7, color=color)
    table.hlines([top - 0.78 for top in at[1:]], -0.5, 5.5, color="#999999", linewidth=0.8)
    table.text(
        2.5, at[5] + 0.1, "pooling at each line; then FC-4096, FC-4096, FC-1000", ha="center", fontsize=7.5
    )


def vgg_explorer() -> Explorer:
    """Table 1 with controls for the column and for what is counted."""
    return Explorer(
        draw_vgg_table,
        column=ToggleButtons(options=list(TABLE_1), value="D", style={"button_width": "4.9em"}),
        measure=Dropdown(options=list(MEASURES), value="parameters"),
    )
