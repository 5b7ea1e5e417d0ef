"""A question in a notebook: it runs at once, shows one card, and hands out answers only when asked."""

import json

import numpy as np
import pytest

from course.questions import session
from course.questions.judge import judge
from course.questions.values import decode, encode

DOUBLE = """
@question("double", points=2)
def _(rng):
    return double(rng.normal(size=3))
"""
RIGHT = "def double(x):\n    return 2 * x"
SQUARE = "def double(x):\n    return x * x"


def answers(function, seed=0, cases=3):
    """What a question on three normal numbers answers when the student's function is `function`."""
    draws = [np.random.default_rng([seed, case]).normal(size=3) for case in range(cases)]
    facts = {"sizes": {"x": [3]}, "reads": ["x of double"]}
    facts["returns"] = {"double": "an array of shape (3,) and dtype float64"}
    return [{"value": encode(function(draw))} | facts for draw in draws]


def without_probes(cases):
    """Cases of which the first holds probes of the one function, and the rest of what they hold."""
    assert [call["function"] for call in cases[0]["probes"]] == ["double"]
    return [{key: fact for key, fact in case.items() if key != "probes"} for case in cases]


RECORD = {
    "question": "double",
    "points": 2,
    "rtol": 1e-5,
    "atol": 1e-7,
    "answers": answers(lambda x: 2 * x),
    "mistakes": [{"hint": "You square <x>; double means & two times.", "answers": answers(lambda x: x * x)}],
    "variants": [],
}


def only(result):
    """The plain text and the HTML of the one card that a cell shows."""
    assert result.error is None and len(result.cards) == 1
    return result.cards[0]["text/plain"], result.cards[0]["text/html"]


STATES = {
    "correct": (RIGHT, "✓ double · correct · 2 of 2 points"),
    "odd but right": ("double = lambda x: (x + x).tolist()", "✓ double · correct · 2 of 2 points"),
    "mistake": (
        SQUARE,
        "✗ double · a typical mistake · 0 of 2 points\n  hint: You square <x>; double means & two times.",
    ),
    "wrong shape": (
        "def double(x):\n    return 2 * x[:2]",
        "✗ double · not right yet · 0 of 2 points\n"
        "  one too few at the end; the others are right: the shape is (2,), expected (3,)",
    ),
    "none": (
        "def double(x):\n    2 * x",
        "✗ double · not right yet · 0 of 2 points\n"
        "  input 1: the answer is None (is a return missing?), expected an array of shape (3,)",
    ),
    "stub": (
        "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError",
        "○ double · not attempted yet · 0 of 2 points",
    ),
    "error": (
        "def scale(x):\n    return x['two']  # <b>\n\ndef double(x):\n    return scale(x.tolist())",
        "! double · stopped with an error · 0 of 2 points\n"
        "  TypeError: list indices must be integers or slices, not str; x is a list of 3, "
        "in the line: return x['two']  # <b>",
    ),
    "error in a library": (
        "def double(x):\n    return np.linalg.inv(x)",
        "! double · stopped with an error · 0 of 2 points\n"
        "  LinAlgError: 1-dimensional array given. Array must be at least two-dimensional; x has shape (3,), "
        "in the line: return np.linalg.inv(x)",
    ),
    "torch's NotImplementedError": (
        "def double(x):\n    raise NotImplementedError('Module is missing forward')",
        "! double · stopped with an error · 0 of 2 points\n  NotImplementedError: Module is missing forward, "
        "in the line: raise NotImplementedError('Module is missing forward')",
    ),
    "exit": (
        "import sys\ndef double(x):\n    sys.exit('bye')",
        "! double · stopped with an error · 0 of 2 points\n  SystemExit: bye, in the line: sys.exit('bye')",
    ),
    "half a character": (
        "def double(x):\n    raise ValueError(chr(0xD800))",
        "! double · stopped with an error · 0 of 2 points\n"
        "  ValueError: \\ud800, in the line: raise ValueError(chr(0xD800))",
    ),
    "unusable": (
        "def double(x):\n    return set(x)",
        "! double · this cannot be an answer · 0 of 2 points\n"
        "  The answer is of type set. Return sorted(...) of it.",
    ),
    "a class": (
        "class double:\n    def __init__(self, x):\n        self.x = x",
        "! double · this cannot be an answer · 0 of 2 points\n  The answer is of type double. "
        "Return numbers, text, lists, dicts, NumPy arrays or torch tensors.",
    ),
    "not defined": (
        "",
        "! double · stopped with an error · 0 of 2 points\n"
        "  NameError: name 'double' is not defined; run the cell that defines it",
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_the_card_of_every_state(notebook, store_public, state):
    """Each state has its sign, its words and its advice, in the same text on every run and in HTML."""
    source, text = STATES[state]
    store_public(double=RECORD)
    notebook.begin()
    notebook.run(source)
    result = notebook.run(DOUBLE)
    plain, html = only(result)
    assert plain == text and result.bundles == []
    assert only(notebook.run(DOUBLE)) == (plain, html)
    assert html.count("<div") == html.count("</div>") and "<script" not in html
    assert "<b>" + text.split("\n")[0] + "</b>" in html


def test_html_is_escaped_and_the_hint_folded(notebook, store_public):
    """A student's line and a hint stand in the page as text; the hint opens on a click."""
    store_public(double=RECORD)
    notebook.begin()
    notebook.run(STATES["error"][0])
    html = only(notebook.run(DOUBLE))[1]
    assert "# &lt;b&gt;" in html and "# <b>" not in html
    notebook.run(SQUARE)
    html = only(notebook.run(DOUBLE))[1]
    assert "<details><summary>Show the hint</summary>You square &lt;x&gt;; double means &amp; two" in html


def test_classes_can_be_asked_about(notebook, store_public):
    """A question may use a student's class; an error inside a method shows the method's line."""
    store_public(double=RECORD)
    notebook.begin()
    question = DOUBLE.replace("double(rng", "Doubler(2).apply(rng")
    good = "class Doubler:\n    def __init__(self, k):\n        self.k = k\n\n"
    good += "    def apply(self, x):\n        return "
    notebook.run(good + "self.k * x")
    assert only(notebook.run(question))[0].startswith("✓ double · correct")
    notebook.run(good + "self.factor * x")
    assert only(notebook.run(question))[0].endswith("in the line: return self.factor * x")


def test_without_public_answers_the_card_says_so(notebook, store_public):
    """With another seed, or an unknown question, a card does not pretend to judge."""
    store_public(double=RECORD)
    for options, question in (({"seed": 5}, DOUBLE), ({}, DOUBLE.replace('"double"', '"other"'))):
        notebook.begin(**options)
        notebook.run(SQUARE)
        plain, html = only(notebook.run(question))
        assert plain.split("\n")[0] in ("· double · answered", "· other · answered") and "point" not in plain
        assert "cannot say whether it is right" in html


def test_a_kernel_interrupt_is_not_an_answer(notebook):
    """Stopping a cell by hand stops it, and shows no card."""
    notebook.begin()
    notebook.run("def double(x):\n    raise KeyboardInterrupt")
    assert notebook.run(DOUBLE).cards == []


def test_collect_hands_out_exactly_one_bundle(notebook, store_public):
    """The bundle holds the answers for its seed as JSON, beside the card; without collect there is none."""
    store_public(double=RECORD)
    notebook.begin(seed=2**63 + 5, collect=True)
    notebook.run(RIGHT)
    result = notebook.run(DOUBLE)
    assert len(result.bundles) == 1 and len(result.cards) == 1
    bundle = json.loads(json.dumps(result.bundles[0], allow_nan=False))
    assert bundle["question"] == "double" and bundle["points"] == 2
    assert without_probes(bundle["answers"]) == answers(lambda x: 2 * x, seed=2**63 + 5)
    assert "mistakes" not in bundle
    notebook.begin(seed=3)
    assert notebook.run(DOUBLE).bundles == []


def test_the_graders_session_stays(notebook, store_public):
    """A student's own begin(...), or a parameters cell left behind, cannot end the grader's session."""
    store_public(double=RECORD)
    notebook.begin(seed=7, collect=True)
    notebook.run(RIGHT)
    notebook.run("seed, collect = 0, False\nbegin('01_test', seed=seed, collect=collect)")
    bundle = notebook.run(DOUBLE).bundles[0]
    assert without_probes(bundle["answers"]) == answers(lambda x: 2 * x, seed=7)


def test_each_case_draws_its_own_input(notebook):
    """Cases are numpy's default_rng([seed, case]): other numbers in each case, the same on every run."""
    notebook.begin(collect=True)
    cell = '@question("draws", cases=4)\ndef _(rng):\n    return rng.integers(10**9)'
    first, again = notebook.run(cell).bundles[0]["answers"], notebook.run(cell).bundles[0]["answers"]
    expected = [np.random.default_rng([0, case]).integers(10**9) for case in range(4)]
    assert [decode(case["value"]) for case in first] == expected and first == again


VERSIONS = """
@mistake("double", "You square.")
def double(x):
    return x * x

@variant("double")
def double(x):
    return x + x

@mistake("double", "You add two.")
def double(x):
    return x + 2
"""


def test_a_solution_answers_once_for_each_version(notebook):
    """The decorators register the versions, give the name back, and the bundle holds what each answers."""
    notebook.begin(seed=4, collect=True)
    notebook.run(RIGHT)
    assert notebook.run(VERSIONS).error is None
    assert notebook.run("print(double(1))").printed == "2\n"
    result = notebook.run(DOUBLE)
    record = result.bundles[0]
    assert without_probes(record["answers"]) == answers(lambda x: 2 * x, seed=4)
    assert [wrong["hint"] for wrong in record["mistakes"]] == ["You square.", "You add two."]
    added = [{"value": case["value"]} for case in answers(lambda x: x + 2, seed=4)]
    assert record["mistakes"][1]["answers"] == added  # sizes are told of the solution alone
    assert judge(record, answers(lambda x: x * x, seed=4)).hint == "You square."
    plain, _ = only(result)
    assert plain == (
        "✓ double · correct · 2 of 2 points\n  2 typical mistakes told apart, 1 odd but right accepted"
    )
    assert notebook.run("print(double(1))").printed == "2\n"


def test_what_nobody_sees_proves_nothing(notebook):
    """Who judges the records alone gets the same ones, and cards without a verdict."""
    results = []
    for collect in (True, session.UNSEEN):
        notebook.begin(seed=4, collect=collect)
        for cell in (RIGHT, VERSIONS):
            assert notebook.run(cell).error is None
        results.append(notebook.run(DOUBLE))
    assert results[0].bundles == results[1].bundles
    assert results[1].cards[0]["text/plain"].startswith("· double · answered")


def test_shares_of_a_solution(notebook):
    """Each version is asked in one share only, and so are the questions' own answers."""
    records = []
    for share in (0, 1):
        notebook.begin(seed=4, collect=f"{session.UNSEEN} {share}/2")
        for cell in (RIGHT, VERSIONS):
            assert notebook.run(cell).error is None
        records.append(notebook.run(DOUBLE).bundles[0])
    assert [len(record["answers"]) for record in records] == [3, 0]
    assert [[wrong["hint"] for wrong in record["mistakes"]] for record in records] == [
        ["You square."],
        ["You add two."],
    ]
    assert [len(record["variants"]) for record in records] == [1, 0]


FAULTY = {
    "variant 1 is not right": '@variant("double")\ndef double(x):\n    return 3 * x',
    "mistake 1 passes as right: h": '@mistake("double", "h")\ndef double(x):\n    return x + x',
    "mistake 1 gives no answer: h": '@mistake("double", "h")\ndef double(x):\n    raise NotImplementedError',
    "mistake 2 answers the same as another: b": '@mistake("double", "a")\ndef double(x):\n    return x\n\n'
    '@mistake("double", "b")\ndef double(x):\n    return 1 * x',
}


@pytest.mark.parametrize("fault", FAULTY)
def test_a_solution_that_proves_nothing_is_not_right(notebook, fault):
    """A mistake that passes, two that look alike, a variant that is wrong: the solution's card says which."""
    notebook.begin()
    notebook.run(RIGHT)
    notebook.run(FAULTY[fault])
    plain, _ = only(notebook.run(DOUBLE))
    assert plain.startswith("✗ double · not right yet · 0 of 2 points") and fault in plain


def test_a_solution_without_an_answer_is_a_fault(notebook):
    """A solution that raises, or answers what cannot leave, is not right, whatever its versions do."""
    notebook.begin()
    for code in ("raise ValueError('x')", "return {1}"):
        notebook.run(f"def double(x):\n    {code}")
        notebook.run(VERSIONS)
        assert "the solution gives no answer" in only(notebook.run(DOUBLE))[0]


def test_classes_can_have_versions(notebook):
    """A mistake may be a class; the name stays bound to the right class."""
    notebook.begin()
    notebook.run("class Doubler:\n    def apply(self, x):\n        return 2 * x")
    notebook.run('@mistake("double", "no")\nclass Doubler:\n    def apply(self, x):\n        return x')
    assert (
        "1 typical mistakes told apart"
        in only(notebook.run(DOUBLE.replace("double(rng", "Doubler().apply(rng")))[0]
    )


def test_running_versions_again_replaces_them(notebook):
    """Whoever edits a mistake and runs the cell again does not get it twice."""
    notebook.begin()
    notebook.run(RIGHT)
    for _ in range(2):
        notebook.run(VERSIONS)
    assert "2 typical mistakes told apart, 1 odd" in only(notebook.run(DOUBLE))[0]


def test_a_version_needs_the_right_function_above_it(notebook):
    """Without the solution there is no name to give back."""
    notebook.begin()
    error = notebook.run(VERSIONS).error
    assert str(error) == "define the right double above its mistakes and variants"


def test_before_begin_every_decorator_says_what_to_run(notebook):
    """A forgotten first cell is one clear line."""
    session._current = None
    notebook.run("from course.questions import mistake, question, variant")
    for source in (DOUBLE, VERSIONS):
        error = notebook.run(source).error
        assert str(error).startswith("Run the cells at the top of the notebook first")
        assert error._render_traceback_() == [str(error)]  # IPython shows this in place of a traceback


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("'Double'", "name='Double' must be lower-case letters, digits and underscores, at most 40"),
        ("'1a'", "name='1a' must be lower-case letters"),
        ("'../a'", "name='../a' must be lower-case letters"),
        ("3", "name=3 must be lower-case letters"),
        ("'a', points=0", "points=0 must be an integer from 1 to 100"),
        ("'a', points=1.5", "points=1.5 must be an integer from 1 to 100"),
        ("'a', points=True", "points=True must be an integer from 1 to 100"),
        ("'a', cases=101", "cases=101 must be an integer from 1 to 100"),
        ("'a', rtol=1", "rtol=1 must be at least 0 and below 1"),
        ("'a', rtol=float('nan')", "rtol=nan must be at least 0 and below 1"),
        ("'a', atol=-1e-9", "atol=-1e-09 must be at least 0 and below inf"),
        ("'a', atol='0'", "atol='0' must be at least 0"),
        ("'a', without='torch.optim'", "without='torch.optim' must be a tuple of modules"),
        ("'a', {'loss': 0}", "points of 'loss'=0 must be an integer from 1 to 100"),
        ("'a', unchanged=('w b',)", "unchanged=('w b',) must be a tuple of names of parameters"),
        ("'a', says={'loss': 1}", "says={'loss': 1} must be a dict of sentences by part"),
        ("'a', choices='high'", "choices='high' must be a tuple of texts"),
        ("'a', without=('torch optim',)", "without=('torch optim',) must be a tuple of modules"),
        ("'a', without=('.optim',)", 'such as ("torch.optim",)'),
    ],
)
def test_bad_arguments_of_a_question(notebook, arguments, words):
    """The line names argument, value and what is allowed."""
    notebook.begin()
    error = notebook.run(f"@question({arguments})\ndef _(rng):\n    return 1").error
    assert isinstance(error, ValueError) and words in str(error)


@pytest.mark.parametrize("seed", [-1, 2**64, 1.0, True, "0", None])
def test_bad_seeds(notebook, seed):
    """A seed is an integer from 0 to 2**64 - 1; a session that runs stays as it was."""
    notebook.begin(seed=3)
    error = notebook.run(f"begin('01_test', seed={seed!r})").error
    assert (
        isinstance(error, ValueError)
        and str(error) == f"seed={seed!r} must be an integer from 0 to 2**64 - 1"
    )
    assert session.current().seed == 3


def test_the_largest_seed_works(notebook):
    """2**64 - 1 draws numbers."""
    notebook.begin(seed=2**64 - 1, collect=True)
    assert notebook.run(RIGHT).error is None and len(notebook.run(DOUBLE).bundles) == 1


def test_forbidden_modules_stand_in_the_record(notebook):
    """What a question does without is told to the grader; a question that forbids nothing says nothing."""
    notebook.begin(seed=3, collect=True)
    notebook.run(RIGHT)
    asked = DOUBLE.replace("points=2", "points=2, without=('torch.optim', 'scipy')")
    assert notebook.run(asked).bundles[0]["without"] == ["torch.optim", "scipy"]
    assert "without" not in notebook.run(DOUBLE).bundles[0]


@pytest.mark.parametrize("execution", ["autograde", "validate"])
def test_under_nbgrader_what_is_not_right_raises(notebook, store_public, monkeypatch, execution):
    """nbgrader gives points to cells without an error; so what is wrong, missing or unchecked raises."""
    monkeypatch.setenv("NBGRADER_EXECUTION", execution)
    store_public(double=RECORD)
    notebook.begin()
    stub = "def double(x):\n    raise NotImplementedError"
    for source in (SQUARE, stub, "def double(x):\n    return 1 / 0", "def double(x):\n    return {3}"):
        notebook.run(source)
        asked = notebook.run(DOUBLE)
        assert type(asked.error).__name__ == "NotRight" and len(asked.cards) == 1
        assert str(asked.error) == asked.cards[0]["text/plain"]
    notebook.run(RIGHT)
    assert "correct" in only(notebook.run(DOUBLE))[0]
    notebook.begin(seed=5)
    notebook.run(RIGHT)
    assert "cannot say whether it is right" in str(notebook.run(DOUBLE).error)
