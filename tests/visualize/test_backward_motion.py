"""The moving backward pass shows the numbers of the real one, on the arrows of the picture."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from course.autograd import Value, topological
from course.visualize import layout_graph
from course.visualize.backward_motion import animate_backward, travelers
from course.visualize.backward_steps import backward_steps, plot_backward_step
from course.visualize.motion import MOST_BYTES


def twice():
    """x y + x z, in which x is used twice."""
    x, y, z = Value(3, "x"), Value(2, "y"), Value(-4, "z")
    return x * y + x * z


def test_what_travels_is_what_arrives():
    """In each step every input receives what its traveler says at the end; it starts as the gradient."""
    root = twice()
    steps, layout = backward_steps(root), layout_graph(root)
    for step in range(1, len(steps)):
        moving = travelers(layout, steps, step)
        received = [delivery.after - (delivery.before or 0) for delivery in steps[step].deliveries]
        assert [traveler.after for traveler in moving] == received
        assert [traveler.before for traveler in moving] == [steps[step].gradient] * len(moving)


def test_a_number_changes_where_the_local_derivative_stands():
    """It leaves the result as the gradient, and arrives multiplied, at the two ends of the arrow."""
    root = twice()
    layout, steps = layout_graph(root), backward_steps(root)
    traveler = travelers(layout, steps, 2)[0]
    assert [traveler.at(way)[2] for way in (0, 0.39, 0.41, 1)] == ["1", "1", "-4", "-4"]
    assert traveler.at(0)[:2] == pytest.approx(tuple(traveler.corners[0]))
    assert traveler.at(1)[:2] == pytest.approx(tuple(traveler.corners[-1]))


@pytest.fixture(scope="module")
def shown():
    """A graph, and its pass as it is shown."""
    root = twice()
    return root, animate_backward(root)


def test_the_still_is_the_end_of_the_pass(shown):
    """The first frame of the file is the last step's picture, and no gradient of the graph has changed."""
    root, motion = shown
    png = motion.png()
    assert len(png) <= MOST_BYTES and Image.open(BytesIO(png)).n_frames > 30
    assert np.array_equal(motion.frames[-1], plot_backward_step(root, 3).pixels())
    assert all(value.grad == 0 for value in topological(root))
    assert "arrive at" in motion.alt and all(end in motion.alt for end in ("x -2", "y 3", "z 3"))
    again = animate_backward(twice()).frames
    assert all(map(np.array_equal, motion.frames, again)) and len(motion.frames) == len(again)


def test_between_two_steps_the_numbers_lie_on_the_way(shown):
    """Under way, a frame differs from the step before and from the step after."""
    kinds = {frame.tobytes() for frame in shown[1].frames}
    assert len(kinds) == 3 * 10 + 4  # ten on the way in each of three steps, and four states that stand


def test_a_graph_without_operation_or_with_too_many_is_refused():
    """Nothing would move, or nobody could follow."""
    deep = Value(1.0, "x")
    for _ in range(13):
        deep = deep.tanh()
    for root, count in ((Value(1.0), 0), (deep, 13)):
        with pytest.raises(ValueError, match=f"root has {count} operations below it; .* shows 1 to 12"):
            animate_backward(root)
