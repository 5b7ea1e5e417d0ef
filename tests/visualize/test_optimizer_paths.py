"""Paths are what the optimizer does, and what is drawn of them is what can be seen."""

import numpy as np
import pytest
import torch

from course.visualize import BEALE, BOWL, SADDLE, clip_path, optimizer_path, plot_optimizer_paths


def descent(lr):
    return lambda params: torch.optim.SGD(params, lr=lr)


def test_gradient_descent_on_the_bowl_has_a_closed_form():
    """Each step multiplies x by 1 - lr and y by 1 - 25 lr."""
    path = optimizer_path(BOWL, descent(0.03), steps=20)
    steps = np.arange(21)
    expected = np.stack([-4.0 * 0.97**steps, 1.5 * 0.25**steps], axis=1)
    assert path.shape == (21, 2) and path.dtype == np.float64
    np.testing.assert_allclose(path, expected, rtol=1e-12, atol=0)


def test_momentum_follows_its_recurrence():
    """A path with momentum equals v ← μ v + g, w ← w - lr v with Beale's gradient by finite differences."""
    path = optimizer_path(BEALE, lambda p: torch.optim.SGD(p, lr=0.005, momentum=0.9), steps=10)
    w, v, h = np.array(BEALE.start), np.zeros(2), 1e-5

    def height(point):
        return BEALE.function(torch.from_numpy(point)).item()

    for point in path[1:]:
        g = np.array([(height(w + h * e) - height(w - h * e)) / (2 * h) for e in np.eye(2)])
        v = 0.9 * v + g
        w = w - 0.005 * v
        np.testing.assert_allclose(point, w, rtol=1e-6)


def test_an_optimizer_that_calls_its_closure_several_times_works():
    """L-BFGS, which evaluates the surface many times a step, finds the bowl's minimum."""
    path = optimizer_path(BOWL, lambda p: torch.optim.LBFGS(p, line_search_fn="strong_wolfe"), steps=3)
    np.testing.assert_allclose(path[-1], BOWL.minimum, atol=1e-5)


def test_no_steps_give_the_start_and_a_negative_number_is_refused():
    """Zero steps are a path of one point; fewer are an error."""
    np.testing.assert_array_equal(optimizer_path(SADDLE, descent(0.1), steps=0), [SADDLE.start])
    with pytest.raises(ValueError, match=r"steps=-1 must be at least 0"):
        optimizer_path(SADDLE, descent(0.1), steps=-1)


def test_a_diverging_path_keeps_its_shape():
    """A learning rate far too large gives NaN at the end, not an exception."""
    path = optimizer_path(BEALE, descent(10.0), steps=30)
    assert path.shape == (31, 2) and np.isnan(path[-1]).all()


def test_a_path_within_the_window_is_not_cut():
    """Nothing is cut and nothing is said."""
    path = optimizer_path(BOWL, descent(0.02), steps=5)
    clipped = clip_path(BOWL, path)
    assert clipped.note == "" and clipped.points is path


def test_a_path_that_leaves_is_cut_at_the_border():
    """The last point lies where the way out crosses the border, also for a corner and a vertical way."""
    # the bowl's window: x from -5 to 3, y from -2.5 to 2.5
    cases = [
        ([(0, 0), (6, 0.5)], (3, 0.25)),
        ([(0, 0), (0, -10)], (0, -2.5)),
        ([(1, 1.5), (5, 3.5)], (3, 2.5)),
        ([(-4, 0), (-6, 1e9)], (-4 - 5e-9, 2.5)),
    ]
    for path, border in cases:
        clipped = clip_path(BOWL, np.array([*path, (0, 0)], dtype=float))
        assert clipped.note == "leaves at step 1"
        np.testing.assert_allclose(clipped.points, [path[0], border], rtol=1e-12)


def test_a_path_that_stops_being_a_number_is_cut_before():
    """NaN is cut off; a jump to infinity leaves the last point that can be drawn."""
    path = np.array([(0, 0), (1, 1), (np.nan, 1), (0, 0)], dtype=float)
    clipped = clip_path(BOWL, path)
    assert clipped.note == "NaN after step 1" and len(clipped.points) == 2
    jump = clip_path(BOWL, np.array([(0, 0), (np.inf, 1)]))
    assert jump.note == "leaves at step 1"
    np.testing.assert_array_equal(jump.points, [(0, 0), (0, 0)])


@pytest.fixture(scope="module")
def paths():
    return {
        "calm": optimizer_path(BEALE, descent(0.002), steps=12),
        "wild": optimizer_path(BEALE, descent(0.2), steps=12),
    }


@pytest.mark.parametrize("side_by_side", [True, False])
def test_the_picture_draws_the_paths_and_says_what_is_cut(paths, side_by_side):
    """The lines in the picture are the clipped paths; title or legend and alt text tell of the cut."""
    figure = plot_optimizer_paths(BEALE, paths, side_by_side=side_by_side)
    clipped = {name: clip_path(BEALE, path) for name, path in paths.items()}
    drawn = [line.get_xydata() for axes in figure.axes for line in axes.lines]
    for path in clipped.values():
        assert any(np.array_equal(line, path.points) for line in drawn)
    note = clipped["wild"].note
    assert note.startswith("leaves at step") and clipped["calm"].note == ""
    texts = [axes.get_title() for axes in figure.axes]
    texts += [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    assert any("wild" in text and note in text for text in texts)
    assert "calm" in texts
    assert f"wild {note}" in figure.alt and "calm leaves" not in figure.alt


def test_titles_and_settings_stand_above_the_paths(paths):
    """The picture says what is to be seen; each panel its name and, below, what belongs to it alone."""
    figure = plot_optimizer_paths(BEALE, paths, title="Some leave", subtitles={"calm": "lr 0.002"})
    assert figure.get_suptitle() == "Some leave" and figure.alt.startswith("Some leave. Contour lines")
    assert "calm\nlr 0.002" in [axes.get_title() for axes in figure.axes]
    assert plot_optimizer_paths(BEALE, paths).get_suptitle() == BEALE.name
    with pytest.raises(ValueError, match=r"subtitles names 'clam', which is none of calm"):
        plot_optimizer_paths(BEALE, paths, subtitles={"clam": "lr 0.002"})


def test_a_known_rule_keeps_its_colour():
    """Alone or beside others, in one picture or in panels, Adam has one colour."""
    path = optimizer_path(BOWL, descent(0.02), steps=2)
    pictures = [
        plot_optimizer_paths(BOWL, {"Adam, lr 0.1": path}),
        plot_optimizer_paths(BOWL, {"x": path, "y": path, "Adam": path}),
        plot_optimizer_paths(BOWL, {"NAG": path, "Adam": path}, side_by_side=False),
    ]
    assert len({figure.axes[-1].lines[-1].get_color() for figure in (pictures[0], pictures[2])}) == 1
    assert pictures[1].axes[2].lines[-1].get_color() == pictures[0].axes[0].lines[-1].get_color()


def test_eight_rules_stand_in_two_rows():
    """Eight paths are two rows of four small pictures; a fifth alone leaves the rest of its row empty."""
    path = optimizer_path(BOWL, descent(0.02), steps=2)
    for count in (5, 8):
        figure = plot_optimizer_paths(BOWL, {f"rule {i}": path for i in range(count)})
        assert len(figure.axes) == 8
        assert sum(axes.get_visible() for axes in figure.axes) == count


def test_pictures_without_paths_or_with_too_many_are_refused():
    """No path is an error, and so are more than eight in one picture."""
    path = optimizer_path(BOWL, descent(0.02), steps=1)
    with pytest.raises(ValueError, match=r"paths=\{\} must hold at least one path"):
        plot_optimizer_paths(BOWL, {})
    with pytest.raises(ValueError, match=r"paths has 9 entries; one picture tells at most 8 apart"):
        plot_optimizer_paths(BOWL, {str(i): path for i in range(9)}, side_by_side=False)
