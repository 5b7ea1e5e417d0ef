"""What a question hands over and gets back: copies, in one form, with what happened on the way."""

import numpy as np
import pytest
import torch

from course.questions.ask import answer_cases
from course.questions.calls import watch
from course.questions.values import decode

STEPS = """
def question(rng):
    w, v, path = rng.normal(size=3), np.zeros(3), []
    for _step in range(4):
        w, v = step(w, 2 * w, v)
        path.append(w)
    return path
"""
RIGHT = "def step(w, dw, v):\n    v = 0.9 * v + dw\n    return w - 0.1 * v, v"
IN_PLACE = "def step(w, dw, v):\n    v *= 0.9\n    v += dw\n    w -= 0.1 * v\n    return w, v"


def run(answer, question, unchanged=(), seed=0):
    """The one case of a question about an answer, both given as sources of cells of one notebook."""
    namespace = {"np": np, "torch": torch}
    exec(compile(answer, "<answer>", "exec"), namespace)
    exec(compile(question, "<question>", "exec"), namespace)
    return answer_cases(namespace["question"], seed, 1, unchanged)[0]


def value(answer, question, **options):
    return decode(run(answer, question, **options)["value"])


@pytest.mark.parametrize(
    "form",
    [
        IN_PLACE,
        "kept = np.empty(3)\ndef step(w, dw, v):\n    v = 0.9 * v + dw\n"
        "    kept[:] = w - 0.1 * v\n    return kept, v",
        "def step(w, dw, v):\n    v = 0.9 * v + dw\n    return [(w - 0.1 * v).tolist(), v.tolist()]",
        "def step(w, dw, v):\n    v = 0.9 * v + dw\n    yield w - 0.1 * v\n    yield v",
        "def step(w, dw, v):\n    v = 0.9 * v + dw\n    return torch.tensor(w - 0.1 * v), torch.tensor(v)",
        "def step(w, dw, v):\n    v = 0.9 * v + dw\n    return np.ma.array(w - 0.1 * v).filled(0), v",
        "def plain(w, dw, v):\n    v = 0.9 * v + dw\n    return w - 0.1 * v, v\n"
        "import functools\nstep = functools.partial(plain)",
    ],
    ids=["in place", "one array for all", "lists", "generator", "tensors", "masked", "partial"],
)
def test_a_right_answer_in_another_form_gives_the_same_path(form):
    """An array that is changed later does not change what the question has collected."""
    assert np.allclose(value(form, STEPS), value(RIGHT, STEPS))


def test_parameters_that_were_changed_are_named_when_the_question_asks_for_it():
    """Only those that the author declares; a copy that is changed is nobody's business."""
    assert run(IN_PLACE, STEPS, unchanged=("w",))["changed"] == ["w of step"]
    assert run(IN_PLACE, STEPS, unchanged=("w", "v"))["changed"] == ["v of step", "w of step"]
    for case in (run(IN_PLACE, STEPS), run(RIGHT, STEPS, unchanged=("w", "v"))):
        assert "changed" not in case


def test_arrays_inside_lists_and_dicts_are_copies_as_well():
    """A dict of parameters that is changed in place is seen; the question keeps its own."""
    question = "def question(rng):\n    params = {'W': np.ones(3)}\n    train(params)\n    return params['W']"
    case = run("def train(params):\n    params['W'] -= 1", question, unchanged=("params",))
    assert case["changed"] == ["params of train"] and (decode(case["value"]) == 1).all()


DRAWS = "def question(rng):\n    return len(draw(4, rng)) + len(draw(3, rng))"


@pytest.mark.parametrize(
    ("body", "draws", "strays"),
    [
        ("rng.normal(size=n)", {"draw": 2}, None),
        ("np.random.default_rng(rng.integers(9)).normal(size=n)", {"draw": 2}, None),
        ("np.random.default_rng(0).normal(size=n)", None, None),
        ("np.random.normal(size=n)", None, ["draw"]),
        ("rng.normal(size=n) + np.random.normal(size=n)", {"draw": 2}, ["draw"]),
        ("[rng.random() + __import__('random').random() for _ in range(n)]", {"draw": 2}, ["draw"]),
        ("(np.random.seed(1), rng.normal(size=n))[1]", {"draw": 2}, None),
    ],
    ids=["rng", "seeded by rng", "own seed", "global", "both", "random", "seeded for nothing"],
)
def test_where_random_numbers_come_from(body, draws, strays):
    """Told by the generator's state, and by a second run with the global generators disturbed."""
    before = np.random.get_state()[1].copy()
    case = run(f"def draw(n, rng):\n    return {body}", DRAWS)
    assert (case.get("draws"), case.get("strays")) == (draws, strays)
    again = run(f"def draw(n, rng):\n    return {body}", DRAWS)
    assert again["value"] == case["value"]
    if strays is None and "seed(1)" not in body:
        assert (np.random.get_state()[1] == before).all()


@pytest.mark.parametrize("call", ["draw(4, rng)", "draw(4, rng=rng)", "draw(n=4, rng=rng)"])
@pytest.mark.parametrize("drawing", [True, False])
def test_a_generator_that_comes_in_args_or_kwargs_is_watched_as_well(call, drawing):
    """A function that takes anything and hands it on draws from its generator, unless it does not."""
    source = "rng" if drawing else "np.random.default_rng(0)"
    inner = f"def inner(n, rng):\n    return {source}.normal(size=n)\n"
    case = run(
        f"{inner}def draw(*args, **kwargs):\n    return inner(*args, **kwargs)",
        f"def question(rng):\n    return {call}",
    )
    assert case.get("draws") == ({"draw": 1} if drawing else None) and "chance" not in case


def test_sizes_and_an_argument_that_comes_back():
    """Shapes and whole numbers by parameter; what returns its argument is named."""
    case = run(
        "def shift(x, k, stride):\n    return x",
        "def question(rng):\n    return shift(rng.normal(size=(4, 3)), 5, stride=(2, 1))",
    )
    assert case["sizes"] == {"x": [4, 3], "k": 5, "stride": [2, 1]}
    assert case["returns_argument"] == ["x of shift"]


@pytest.mark.parametrize(
    ("body", "line", "returned"),
    [
        ("w - dw", "", "step returned None"),
        ("return w", "", "step returned an array of shape (3,) and dtype float64"),
        ("return w / v.nothing, v", "return w / v.nothing, v", None),
        ("return (i for i in iter(int, 1))", "", None),
    ],
)
def test_an_error_names_the_students_line_or_what_came_back(body, line, returned):
    """Never a line of the question, which the student has not written."""
    case = run(f"def step(w, dw, v):\n    {body}", STEPS)
    assert case["line"] in ("", line) and case.get("returned") == returned and case["error"]


def test_the_functions_are_the_students_own_again_afterwards():
    """Also after an error; functions of the library are not touched at all."""
    namespace = {"np": np}
    exec(
        "def step(x):\n    raise KeyError('no')\ndef question(rng):\n    return step(np.sum([1, 2]))",
        namespace,
    )
    own = namespace["step"]
    assert answer_cases(namespace["question"], 0, 1)[0]["error"] == "KeyError"
    assert namespace["step"] is own


def test_calls_among_the_students_functions_pass_straight_through():
    """Inside, a function may change what another hands it, as it could without a question."""
    answer = "def fill(a):\n    a[:] = 7\ndef make(n):\n    a = np.zeros(n)\n    fill(a)\n    return a"
    question = "def question(rng):\n    fill(np.zeros(2))\n    return make(3)"
    assert (value(answer, question) == 7).all()


def test_a_tensor_that_requires_a_gradient_stays_itself():
    """A question looks at its gradient afterwards; plain tensors go out as copies."""
    answer = "def loss(w, x):\n    x *= 2\n    return (w * x).sum()"
    question = (
        "def question(rng):\n    w = torch.ones(2, requires_grad=True)\n    x = torch.ones(2)\n"
        "    loss(w, x).backward()\n    return [w.grad, x]"
    )
    assert (np.stack(value(answer, question)) == [[2, 2], [1, 1]]).all()


def test_watching_shows_every_call_with_its_arguments():
    """What `course check --mutants` reads: functions, arguments by parameter, results."""
    namespace = {"np": np}
    exec(RIGHT + STEPS, namespace)
    with watch(namespace["question"]) as calls:
        namespace["question"](np.random.default_rng(0))
    assert [call.function for call in calls.made] == ["step"] * 4
    assert set(calls.made[0].arguments) == {"w", "dw", "v"} and calls.last().returned


GIVEN = """
class Scale:
    def of(self, x):
        return x / self.nothing

def scale(x):
    return Scale().of(x)
"""


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        (["def mean(x):\n    return scale(x).mean()"], "return scale(x).mean()"),
        (["def own(x):\n    return x.lost", "def mean(x):\n    return own(x)"], "return x.lost"),
        (["def mean(x):\n    return [scale(v) for v in x]"], "return [scale(v) for v in x]"),
    ],
)
def test_an_error_in_a_function_that_is_given_shows_the_line_that_called_it(
    notebook, store_public, cells, shown
):
    """Your line is one that you wrote: the deepest, also in a function of your own in another cell."""
    right = [{"value": 1.0}] * 3
    store_public("Scale", "scale", mean={"points": 1, "rtol": 0, "atol": 0, "answers": right})
    notebook.begin()
    for cell in (GIVEN, *cells):
        notebook.run(cell)
    card = notebook.run('@question("mean")\ndef _(rng):\n    return mean(rng.normal(size=3))').cards[0]
    assert card["text/plain"].endswith(f"in the line: {shown}")


@pytest.mark.parametrize(
    ("answer", "unread"),
    [
        ("def step(w, dw, v):\n    return w - 0.1 * dw, v", []),
        ("def step(w, dw, v):\n    return w - 0.1 * w, w", ["dw of step", "v of step"]),
        ("def step(w, dw, v):\n    inner = lambda: dw\n    return w - inner(), w", ["v of step"]),
        ("def step(w, dw, v):\n    return locals()['w'], w", []),
    ],
)
def test_arguments_that_are_never_looked_at_are_noted(answer, unread):
    """In a function within the function they are looked at; by locals() they may be."""
    assert run(answer, STEPS).get("unread", []) == unread
