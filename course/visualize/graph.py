"""Computational graph, with the value and the gradient of every node (the circuits of CS231n).

`layout_graph` finds the places: columns from the leaves to the result, and in each column an order with few
crossings (Sugiyama, Tagawa & Toda 1981: an edge that skips columns gets a bend in each of them, and nodes
move to the mean of their neighbors). `draw_graph` draws them with any lines in the boxes, `plot_graph` with
value and gradient. The number on an arrow is the local derivative, by which the gradient is multiplied on
its way back.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from course.autograd import Value, topological

from .style import COLORS, WIDTH, Picture, picture, styled

MOST_VALUES = 60
GRAY, STRESS = COLORS[-1], COLORS[1]
CENTERED = {"ha": "center", "va": "center"}
SWEEPS = 8
LABEL = 0.4  # of the way from an arrow back to where its line comes from: the local derivative


@dataclass(frozen=True)
class Edge:
    """One use of a value: from `source` to the input number `slot` of `target`, by way of `bends`."""

    source: Value
    target: Value
    slot: int
    bends: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class GraphLayout:
    """Where everything lies: places are (column, height), one unit apart, heights centered on 0."""

    places: dict[Value, tuple[float, float]]
    edges: tuple[Edge, ...]

    @property
    def columns(self) -> int:
        return 1 + max(column for column, _ in self.places.values())

    @property
    def rows(self) -> int:
        """How many units high the layout is, bends included."""
        heights = [height for _, height in self.places.values()]
        heights += [height for edge in self.edges for _, height in edge.bends]
        return int(max(heights) - min(heights)) + 1

    def entry(self, edge: Edge) -> float:
        """Where an edge enters its target, from -0.5 (top) to 0.5: in the order in which the edges come."""
        siblings = [other for other in self.edges if other.target is edge.target]
        siblings.sort(key=lambda other: (-self._last_station(other)[1], other.slot))
        return (siblings.index(edge) + 0.5) / len(siblings) - 0.5

    def _last_station(self, edge: Edge) -> tuple[float, float]:
        return edge.bends[-1] if edge.bends else self.places[edge.source]


def layout_graph(root: Value) -> GraphLayout:
    """Place every value below root; inputs lie in an earlier column than what is made of them."""
    values = topological(root)
    column = _columns(values)
    uses = [(source, value, slot) for value in values for slot, (source, _) in enumerate(value.inputs)]
    links, bends_of = [], {}
    members = defaultdict(list)
    for value in values:
        members[column[value]].append(value)
    for use in uses:
        source, target, _ = use
        bends_of[use] = [(use, step) for step in range(column[source] + 1, column[target])]
        for bend in bends_of[use]:
            members[bend[1]].append(bend)
        links += pairwise([source, *bends_of[use], target])
    heights = _heights([members[i] for i in range(len(members))], links)
    places = {value: (column[value], heights[value]) for value in values}
    edges = tuple(Edge(*use, bends=tuple((bend[1], heights[bend]) for bend in bends_of[use])) for use in uses)
    return GraphLayout(places, edges)


def _columns(values: list[Value]) -> dict[Value, int]:
    """A result lies one column after its last input, a leaf one column before its first use."""
    column = {}
    for value in values:
        column[value] = max((column[source] + 1 for source, _ in value.inputs), default=0)
    first_use = {}
    for value in values:
        for source, _ in value.inputs:
            first_use[source] = min(first_use.get(source, column[value]), column[value])
    return {value: first_use.get(value, 1) - 1 if not value.inputs else column[value] for value in values}


def _heights(columns: list[list], links: list[tuple]) -> dict:
    """Order every column, in sweeps to and fro, by the mean height of the neighbors one column back."""
    before, after = defaultdict(list), defaultdict(list)
    for left, right in links:
        before[right].append(left)
        after[left].append(right)
    heights = {}
    for nodes in columns:
        _spread(nodes, heights)
    for _ in range(SWEEPS):
        for sweep, neighbors in ((columns, before), (columns[::-1], after)):
            for nodes in sweep:
                mean = {node: _mean([heights[n] for n in neighbors[node]], heights[node]) for node in nodes}
                nodes.sort(key=lambda node, mean=mean: -mean[node])
                _spread(nodes, heights)
    return heights


def _spread(nodes: list, heights: dict) -> None:
    """Nodes of a column from top to bottom, one unit apart, centered on 0."""
    for rank, node in enumerate(nodes):
        heights[node] = (len(nodes) - 1) / 2 - rank


def _mean(numbers: list[float], default: float) -> float:
    return sum(numbers) / len(numbers) if numbers else default


@dataclass(frozen=True)
class Sheet:
    """From places to inches: columns run to the right where they fit into a notebook, else downwards.

    Attributes:
        across: whether they run to the right.
        column, row: inches from one to the next.
        box: width and height of a box, in inches.
        size: width and height of the whole, in inches.
    """

    across: bool
    column: float
    row: float
    box: tuple[float, float]
    size: tuple[float, float]

    def inches(self, place: tuple[float, float]) -> tuple[float, float]:
        column, height = place
        return (column * self.column, height * self.row) if self.across else (-height * self.row, -column)

    def port(self, place: tuple[float, float], side: int, shift: float = 0.0) -> tuple[float, float]:
        """Where an edge touches a box: on the side of its inputs (-1) or its uses (+1), shifted along it."""
        x, y = self.inches(place)
        width, height = self.box
        if self.across:
            return x + side * width / 2, y - shift * height
        return x + shift * width, y - side * height / 2

    def path(self, layout: GraphLayout, edge: Edge) -> list[tuple[float, float]]:
        """The corners of an edge, from its source to its target, in inches."""
        start = self.port(layout.places[edge.source], +1)
        end = self.port(layout.places[edge.target], -1, layout.entry(edge))
        return [start, *map(self.inches, edge.bends), end]


def graph_sheet(layout: GraphLayout, longest: int) -> Sheet:
    """The sheet for a layout whose boxes have room for so many letters."""
    box = (0.2 + 0.075 * longest, 0.56)
    if layout.columns * (box[0] + 0.5) <= WIDTH:
        return Sheet(True, WIDTH / layout.columns, 0.75, box, (WIDTH, layout.rows * 0.75 + 0.2))
    width = max(WIDTH, layout.rows * (box[0] + 0.15))
    return Sheet(False, 1.0, width / layout.rows, box, (width, layout.columns + 0.2))


@styled
def plot_graph(root: Value) -> Picture:
    """Draw the graph below root, with value and gradient of each node and the local derivatives.

    Args:
        root: the result; call `root.backward()` first, or all gradients are 0.

    Raises:
        ValueError: the graph has more than 60 values.
    """
    count = len(topological(root))
    if count > MOST_VALUES:
        raise ValueError(f"root has {count} values in its graph; a picture stays legible up to {MOST_VALUES}")
    layout = layout_graph(root)
    figure = draw_graph(
        layout, {value: (title(value), number(value), f"grad {value.grad:.4g}") for value in layout.places}
    )
    figure.alt = _alternative_text(root, layout)
    return figure


def title(value: Value) -> str:
    """What a value is called: its operation, or the name of a leaf."""
    return value.op or value.name or "constant"


def number(value: Value) -> str:
    return f"{value.data:.4g}"


def draw_graph(
    layout: GraphLayout,
    lines: Mapping[Value, tuple[str, str, str]],
    longest: int | None = None,
    stressed: Collection[Value] = (),
    room_above: float = 0.0,
) -> Picture:
    """Draw a graph, without alternative text.

    Args:
        layout: where everything lies.
        lines: what stands in each box.
        longest: how many letters the boxes have room for; by default those of the longest line.
        stressed: values whose boxes, and the arrows that enter them, are drawn thick and orange.
        room_above: inches left free above the graph.
    """
    longest = longest or max(len(line) for three in lines.values() for line in three)
    sheet = graph_sheet(layout, longest)
    width, height = sheet.size
    figure, ((axes,),) = picture(height=height + room_above, width=width, layout=None)
    axes.set_position((0, 0, 1, height / (height + room_above)))
    _one_inch_a_unit(axes, [sheet.inches(place) for place in layout.places.values()], sheet.size)
    for edge in layout.edges:
        _draw_edge(axes, edge, layout, sheet, edge.target in stressed)
    for value, place in layout.places.items():
        _draw_value(axes, value, lines[value], sheet.inches(place), sheet.box, value in stressed)
    return figure


def _one_inch_a_unit(axes: Axes, points: list[tuple[float, float]], sizes: tuple[float, float]) -> None:
    """Let the axes count in inches, around the middle of the points."""
    axes.axis("off")
    for set_limits, along, size in zip(
        (axes.set_xlim, axes.set_ylim), zip(*points, strict=True), sizes, strict=True
    ):
        middle = (min(along) + max(along)) / 2
        set_limits(middle - size / 2, middle + size / 2)


def _draw_edge(axes: Axes, edge: Edge, layout: GraphLayout, sheet: Sheet, stressed: bool) -> None:
    """A line from the source through the bends, an arrow into the target, the local derivative on it."""
    _, derivative = edge.target.inputs[edge.slot]
    path = sheet.path(layout, edge)
    color, linewidth = (STRESS, 2) if stressed else (GRAY, 1)
    axes.plot(*zip(*path, strict=True), color=color, linewidth=linewidth, zorder=1)
    (x0, y0), (x1, y1) = path[-2:]
    arrow = {"arrowstyle": "-|>", "color": color, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (x1, y1), (x1 + 0.2 * (x0 - x1), y1 + 0.2 * (y0 - y1)), arrowprops=arrow)
    # closer to the arrow than to the source, where the lines to other targets are near
    x, y = x1 + LABEL * (x0 - x1), y1 + LABEL * (y0 - y1)
    white = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
    axes.text(x, y, f"{derivative:.3g}", color=color, fontsize=7, bbox=white, zorder=2, **CENTERED)


def _draw_value(
    axes: Axes,
    value: Value,
    lines: tuple[str, str, str],
    at: tuple[float, float],
    box: tuple[float, float],
    stressed: bool,
) -> None:
    """A leaf is a gray box with corners, a result a white one with round corners."""
    (x, y), (width, height) = at, box
    outline = FancyBboxPatch(
        (x - width / 2, y - height / 2),
        width,
        height,
        boxstyle="round,pad=0,rounding_size=0.15" if value.inputs else "square,pad=0",
        facecolor="white" if value.inputs else "#EEEEEE",
        edgecolor=STRESS if stressed else "black",
        linewidth=2.5 if stressed else 1,
        zorder=3,
    )
    axes.add_patch(outline)
    first, second, third = lines
    axes.text(x, y + 0.17, first, weight="bold", fontsize=8, zorder=4, **CENTERED)
    axes.text(x, y, second, color=COLORS[0], fontsize=8, zorder=4, **CENTERED)
    axes.text(x, y - 0.17, third, color=COLORS[1], fontsize=8, zorder=4, **CENTERED)


def _alternative_text(root: Value, layout: GraphLayout) -> str:
    """What the picture shows, in words; of many leaves the first ten."""
    leaves = [value for value in layout.places if not value.inputs and value.name]
    named = [f"{leaf.name} = {leaf.data:.4g} with gradient {leaf.grad:.4g}" for leaf in leaves[:10]]
    text = f"Graph of a computation with {len(layout.places)} values and the result {root.data:.4g}."
    return f"{text} Leaves: {', '.join(named)}." if named else text
