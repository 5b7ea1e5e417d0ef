"""The backward pass step by step ends where Value.backward ends, and every step says what it does."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.autograd import Value, topological
from course.visualize.backward_steps import backward_steps, plot_backward_step


def twice():
    """x y + x z, in which x is used twice."""
    x, y, z = Value(3, "x"), Value(2, "y"), Value(-4, "z")
    return x, x * y + x * z


@given(steps=st.lists(st.tuples(st.booleans(), st.integers(0, 50), st.integers(0, 50)), max_size=12))
@settings(deadline=None, max_examples=25)
def test_the_last_step_is_the_gradient(steps):
    """Random graphs with reuse: what has arrived in the end is what backward adds, bit by bit."""
    values = [Value(1.5, "a"), Value(-0.5, "b")]
    for add, i, j in steps:
        a, b = values[i % len(values)], values[j % len(values)]
        values.append((a + b).tanh() if add else (a * b).tanh())
    root = values[-1]
    taken = backward_steps(root)
    assert all(value.grad == 0 for value in values)
    root.backward()
    below = topological(root)
    assert taken[-1].arrived == {value: value.grad for value in below}
    assert taken[-1].finished == frozenset(below)
    assert len(taken) == 1 + sum(bool(value.inputs) for value in below)


@given(steps=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=12))
@settings(deadline=None, max_examples=25)
def test_nobody_hands_on_an_unfinished_gradient(steps):
    """A value has its turn when all its uses have had theirs; a finished gradient changes no more."""
    values = [Value(1.5, "a"), Value(-0.5, "b")]
    for i, j in steps:
        values.append((values[i % len(values)] * values[j % len(values)]).tanh())
    taken = backward_steps(values[-1])
    for before, after in pairwise(taken):
        assert after.value in before.finished and after.gradient == before.arrived[after.value]
        assert all(after.arrived[value] == before.arrived[value] for value in before.finished)


def test_the_steps_of_the_lecture_s_example():
    """x y + x z: the sum, then the two products; x has -4 after the first, -4 + 2 after the second."""
    x, root = twice()
    start, plus, first, second = backward_steps(root)
    assert start.value is None and start.arrived == {root: 1}
    assert plus.value is root and [delivery.after for delivery in plus.deliveries] == [1, 1]
    assert first.arrived[x] == -4 and x not in first.finished
    assert second.arrived[x] == -2 and x in second.finished


def test_the_picture_says_what_happens():
    """Sentence and arithmetic stand above the graph and in its text; boxes tell open from done."""
    _, root = twice()
    boxes = [[text.get_text() for text in plot_backward_step(root, k).axes[0].texts] for k in range(4)]
    assert boxes[0].count("grad ?") == 5 and "grad 1" in boxes[0]
    assert "so far -4" in boxes[2] and "grad -2" in boxes[3] and "grad ?" not in boxes[3]
    figure = plot_backward_step(root, 3)
    assert figure.alt == "Step 3 of 3: [ * ] hands its gradient 1 on. x: -4 + (2 · 1) = -2     y: 3 · 1 = 3"
    assert [text.get_text() for text in figure.texts] == [figure.alt.replace("on. ", "on.\n")]


def test_the_graph_stays_in_its_place_from_step_to_step():
    """Boxes keep their size and place, so that only what happens changes."""
    _, root = twice()
    outlines = [
        [patch.get_bbox().bounds for patch in plot_backward_step(root, step).axes[0].patches]
        for step in range(4)
    ]
    assert outlines.count(outlines[0]) == 4


def test_the_sentence_lies_above_the_graph():
    """As rendered, no word touches a box, and all of it lies inside the picture."""
    x, y, z = Value(-1.2345, "x"), Value(5.4321, "y"), Value(-4.5678, "z")
    root = (y + (x - y).relu()) * z
    for step in range(5):
        figure = plot_backward_step(root, step)
        figure.png()
        words = figure.texts[0].get_window_extent()
        boxes = [patch.get_window_extent() for patch in figure.axes[0].patches]
        assert words.y0 > max(box.y1 for box in boxes)
        assert words.x1 < figure.bbox.x1 and words.y1 <= figure.bbox.y1


def test_a_step_that_does_not_exist():
    """The line says how many there are."""
    _, root = twice()
    with pytest.raises(ValueError, match="step=4 must be from 0 to 3, the number of operations"):
        plot_backward_step(root, 4)
    with pytest.raises(ValueError, match="step=-1 must be from 0 to 3"):
        plot_backward_step(root, -1)
