"""The picture of a graph: the places are computed and checked, the drawing says what it must."""

from itertools import combinations, pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.autograd import Value, topological
from course.visualize.graph import layout_graph, plot_graph
from course.visualize.style import WIDTH


def neuron():
    """sigmoid(w0 x0 + w1 x1 + w2), the lecture's example, with its gradients."""
    numbers = {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}
    w0, x0, w1, x1, w2 = (Value(data, name) for name, data in numbers.items())
    y = (w0 * x0 + w1 * x1 + w2).sigmoid()
    y.backward()
    return y


def crossings(layout):
    """How often two edges cross between neighbouring columns."""
    segments = []
    for edge in layout.edges:
        stations = [layout.places[edge.source], *edge.bends, layout.places[edge.target]]
        segments += pairwise(stations)
    return sum(
        a[0][0] == b[0][0] and (a[0][1] - b[0][1]) * (a[1][1] - b[1][1]) < 0
        for i, a in enumerate(segments)
        for b in segments[:i]
    )


@given(steps=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=15))
@settings(deadline=None, max_examples=25)
def test_every_edge_runs_forward_and_no_two_places_coincide(steps):
    """Random graphs: inputs lie in earlier columns, each skipped column has one bend, nothing overlaps."""
    values = [Value(1.0, "a"), Value(2.0, "b")]
    for i, j in steps:
        values.append(values[i % len(values)] + values[j % len(values)])
    root = values[-1]
    layout = layout_graph(root)
    assert set(layout.places) == set(topological(root))
    assert len(layout.edges) == sum(len(value.inputs) for value in layout.places)
    taken = list(layout.places.values())
    for edge in layout.edges:
        start, end = layout.places[edge.source][0], layout.places[edge.target][0]
        assert [column for column, _ in edge.bends] == list(range(start + 1, end))
        assert start < end
        taken += edge.bends
    assert len(set(taken)) == len(taken)
    assert layout.columns == layout.places[root][0] + 1


def test_a_tree_is_drawn_without_crossings():
    """The order in the columns follows the expression, whatever the order of its terms."""
    a, b, c, d = (Value(i + 1.0, name) for i, name in enumerate("abcd"))
    root = ((a * b) * (c * d)) * ((Value(5.0) - Value(6.0)) + Value(7.0).exp())
    assert crossings(layout_graph(root)) == 0


def test_the_order_in_the_columns_is_improved():
    """Two sums that take the same inputs crosswise cannot do without crossings, but need few."""
    a, b = Value(1.0, "a"), Value(2.0, "b")
    root = (a + 1) * b.exp() + (b - 3) * a.tanh()
    assert crossings(layout_graph(root)) <= 1  # 4 in the order in which the values were made


def test_arrows_do_not_cross_before_a_box():
    """x y + x z: x lies between y and z; arrows enter a product in the order in which they come."""
    x, y, z = (Value(number, name) for number, name in ((3.0, "x"), (2.0, "y"), (-4.0, "z")))
    layout = layout_graph(x * y + x * z)
    assert crossings(layout) == 0
    assert [layout.places[leaf][1] for leaf in (y, x, z)] == [1, 0, -1]
    for edge in layout.edges:
        for other in layout.edges:
            if edge.target is other.target and layout.places[edge.source][1] > layout.places[other.source][1]:
                assert layout.entry(edge) < layout.entry(other)  # higher


def test_no_order_puts_the_leaf_that_is_used_twice_on_top_without_a_crossing():
    """In all places of x, y and z beside the products two arrows cross, unless x lies in the middle."""
    uses = [("y", 0), ("x", 0), ("x", 1), ("z", 1)]
    for top in permutations("xyz"):
        for products in permutations(range(2)):
            ends = [(top.index(leaf), products.index(product)) for leaf, product in uses]
            crossed = any((a[0] - b[0]) * (a[1] - b[1]) < 0 for a, b in combinations(ends, 2))
            assert crossed or top[1] == "x"


def test_leaves_stand_beside_their_first_use():
    """A constant that is used late is not drawn at the far end."""
    constant = Value(3.0)
    root = (Value(1.0).exp().exp().exp()) * constant
    layout = layout_graph(root)
    assert layout.places[constant][0] == layout.places[root][0] - 1


def test_the_picture_shows_names_values_gradients_and_derivatives():
    """Every number of the lecture's neuron stands in the picture, and in its alternative text."""
    root = neuron()
    figure = plot_graph(root)
    texts = [text.get_text() for text in figure.axes[0].texts]
    for value in topological(root):
        title = value.name or value.op
        assert {title, f"{value.data:.4g}", f"grad {value.grad:.4g}"} <= set(texts)
        for _, derivative in value.inputs:
            assert f"{derivative:.3g}" in texts
    assert "grad 0.3932" in texts and "grad -0.5898" in texts
    assert "w0 = 2 with gradient -0.1966" in figure.alt and "result 0.7311" in figure.alt


def test_boxes_do_not_overlap_and_stay_inside():
    """Both where the graph runs across and where it runs down; the picture is as wide as a notebook."""
    deep = Value(1.0, "a_long_name_of_a_leaf")
    for _ in range(7):
        deep = deep * Value(-0.123456)
    for root in (neuron(), Value(1.0, "x") * 2, deep):
        figure = plot_graph(root)
        assert figure.get_size_inches()[0] == WIDTH
        (axes,) = figure.axes
        boxes = [patch.get_bbox() for patch in axes.patches]
        assert len(boxes) == len(topological(root))
        for i, a in enumerate(boxes):
            assert axes.get_xlim()[0] < a.x0 and a.x1 < axes.get_xlim()[1]
            assert axes.get_ylim()[0] < a.y0 and a.y1 < axes.get_ylim()[1]
            for b in boxes[:i]:
                assert a.x1 < b.x0 or b.x1 < a.x0 or a.y1 < b.y0 or b.y1 < a.y0


def test_texts_fit_into_their_boxes():
    """Measured as rendered: no line is wider than its box."""
    figure = plot_graph(neuron())
    figure.png()
    (axes,) = figure.axes
    outlines = [patch.get_window_extent() for patch in axes.patches]
    for text in axes.texts:
        if text.get_fontsize() == 8:
            extent = text.get_window_extent()
            assert any(o.x0 <= extent.x0 and extent.x1 <= o.x1 for o in outlines), text.get_text()


def test_the_same_graph_gives_the_same_picture():
    """Byte by byte; a single leaf is a graph too."""
    assert plot_graph(neuron()).png() == plot_graph(neuron()).png()
    assert "1 values" in plot_graph(Value(1.0)).alt


def test_drawing_changes_no_value():
    """Gradients stay as they are, and a graph without a backward pass shows 0."""
    root = neuron()
    before = [(value.data, value.grad) for value in topological(root)]
    plot_graph(root)
    assert [(value.data, value.grad) for value in topological(root)] == before
    fresh = plot_graph(Value(1.0, "x") * 2)
    assert "grad 0" in [text.get_text() for text in fresh.axes[0].texts]


def test_a_graph_too_large_to_read_is_refused():
    """More than 60 values are an error that says so."""
    value = Value(1.0)
    for _ in range(100):
        value = value.tanh()
    with pytest.raises(ValueError, match="root has 101 values in its graph; a picture stays legible up"):
        plot_graph(value)
