"""A card names the cause that lies in another cell: a slip there, an import that fails, exit()."""

import pytest

from course.questions import public

RIGHT = "def double(x):\n    return 2 * x"
DOUBLE = '@question("double", points=2)\ndef _(rng):\n    return double(rng.normal(size=3))'
HEAD = "! double · stopped with an error · 0 of 2 points\n  "
CAUSES = {
    "a slip": (
        "def double(x):\n    return (2 * x",
        "SyntaxError: '(' was never closed, in the line: return (2 * x",
    ),
    "half a statement": (
        "x = 1\ndef double(x):",
        "IndentationError: expected an indented block after function definition on line 2, "
        "in the line: def double(x):",
    ),
    "no body": (
        "def double(x):\n\nprint(1)",
        "IndentationError: expected an indented block after function definition on line 1, "
        "in the line: print(1)",
    ),
    "a module that is not there": (
        "import numpi\n\ndef double(x):\n    return numpi.add(x, x)",
        "ModuleNotFoundError: No module named 'numpi', in the line: import numpi",
    ),
    "a file that is not there": (
        "table = open('Data/x.csv')\n\n\ndef double(x):\n    return 2 * x",
        "FileNotFoundError: [Errno 2] No such file or directory: 'Data/x.csv', "
        "in the line: table = open('Data/x.csv')",
    ),
    "a magic": (
        "\n%matplotlib no_such_backend\n\ndef double(x):\n    return 2 * x",
        "RuntimeError: 'no_such_backend' is not a recognised GUI loop or backend name, "
        "in the line: %matplotlib no_such_backend",
    ),
    "exit in the cell": (
        "exit()\n\ndef double(x):\n    return 2 * x",
        "KernelExit: exit() would end the kernel; take the line out, in the line: exit()",
    ),
    "quit in the function": (
        "def double(x):\n    quit()",
        "KernelExit: exit() would end the kernel; leave a function with return, in the line: quit()",
    ),
    "a class": (
        "class double:\n    def __init__(self:\n        pass",
        "SyntaxError: '(' was never closed, in the line: def __init__(self:",
    ),
}


@pytest.fixture
def store(notebook, store_public):
    """Make the right answer of double public, under these names of questions too; then begin anew."""

    def store(*names):
        notebook.begin(collect=True)
        notebook.run(RIGHT)
        record = notebook.run(DOUBLE).bundles[0] | {"mistakes": [], "variants": []}
        store_public(**{name: record | {"question": name} for name in ("double", *names)})
        public._stored.cache_clear()  # this kernel looked before there were answers
        notebook.run("del double")
        notebook.begin(answers="0123abcd")  # as in an exercise

    return store


def plain_of(result):
    """The plain text of the one card that a cell shows."""
    assert result.error is None and len(result.cards) == 1
    return result.cards[0]["text/plain"]


@pytest.mark.parametrize("cause", CAUSES)
def test_the_cause_stands_at_the_question(notebook, store, cause):
    """Not that a name is missing, but why, with the student's own line; the same on every run."""
    source, words = CAUSES[cause]
    store()
    for _ in range(2):
        notebook.run(source)
        assert plain_of(notebook.run(DOUBLE)) == HEAD + words
    notebook.run(RIGHT)
    assert plain_of(notebook.run(DOUBLE)) == "✓ double · correct · 2 of 2 points"


def test_what_the_exercise_gives_is_no_cause(notebook, store_public):
    """What the exercise's own function gave back is not told, neither of a missing name nor of an error."""
    store_public("bowl")
    notebook.begin(collect=True)
    notebook.run("def bowl(x):\n    return x")
    question = '@question("double")\ndef _(rng):\n    a, b = double(bowl(1.0))\n    return bowl(a) + b'
    case = notebook.run(question).bundles[0]["answers"][0]
    missing = "name 'double' is not defined; run the cell that defines it"
    assert case == {"error": "NameError", "message": missing, "line": ""}
    notebook.run("def double(x):\n    return 'a', 'b'\n\ndef bowl(x):\n    return 1")
    case = notebook.run(question).bundles[0]["answers"][0]
    assert case["returned"] == "double returned 2 values: a str, a str" and case["error"] == "TypeError"


def test_a_slip_in_a_helper_is_named_at_the_question_that_needs_it(notebook, store):
    """The name that is missing may be another than the one that the question calls."""
    store()
    notebook.run("def scale(x, by):\n    return x * by)")
    notebook.run("def double(x):\n    return scale(x, 2)")
    words = "SyntaxError: unmatched ')', in the line: return x * by)"
    assert plain_of(notebook.run(DOUBLE)) == HEAD + words


def test_a_slip_in_a_name_behind_a_dot_in_the_cell_itself(notebook, store):
    """What may be meant is said there, too, where the function was not defined for it."""
    store()
    notebook.run("import numpy as np\nfactor = np.arange(3).argmx()\ndef double(x):\n    return factor * x")
    words = "AttributeError: 'numpy.ndarray' object has no attribute 'argmx': did you mean argmax?"
    assert plain_of(notebook.run(DOUBLE)) == f"{HEAD}{words}, in the line: factor = np.arange(3).argmx()"


def test_the_card_says_when_an_older_definition_was_judged(notebook, store):
    """After a slip in the answer's cell Jupyter keeps the function from before; the card says so."""
    store()
    notebook.run(RIGHT)
    notebook.run("def double(x):\n    return 2 * x)")
    card = notebook.run(DOUBLE).cards[0]
    note = "an older double was judged: its cell last ended in SyntaxError: unmatched ')', "
    note += "in the line: return 2 * x)"
    assert card["text/plain"] == f"✓ double · correct · 2 of 2 points\n  {note}"
    assert "<small>an older double was judged" in card["text/html"]
    notebook.run(f"import numpi\n\n{RIGHT}")
    assert "an older double was judged: its cell last ended in ModuleNotFoundError" in plain_of(
        notebook.run(DOUBLE)
    )


def test_a_function_above_the_failing_line_is_the_new_one(notebook, store):
    """A cell that defines its function and stumbles over its own trial below it has defined it."""
    store()
    notebook.run("def double(x):\n    return x")
    notebook.run(f"{RIGHT}\n\ndouble(1, 2)")
    assert plain_of(notebook.run(DOUBLE)) == "✓ double · correct · 2 of 2 points"


def test_after_the_top_cells_ran_again_causes_and_points_stay(notebook, store):
    """Who is told to run the cells at the top runs them in the middle of the work."""
    store("other")
    notebook.run(RIGHT)
    assert plain_of(notebook.run(DOUBLE)).endswith("2 of 4 points so far; open: other")
    notebook.run("def triple(x):\n    return (3 * x")
    notebook.run("begin('01_test', answers='0123abcd')")
    other = DOUBLE.replace('"double"', '"other"').replace("double(", "triple(")
    plain = plain_of(notebook.run(other))
    assert "SyntaxError: '(' was never closed" in plain
    assert plain.endswith("2 of 4 points so far; open: other")


def test_a_running_total_stands_below_every_card(notebook, store):
    """Points so far and what is open: from here on in the notebook's order, then from the top; five names."""
    names = ("adam", "bowl", "curve", "edge", "nag", "sgd")
    store(*names)
    notebook.run("def double(x):\n    return x * x")
    card = notebook.run(DOUBLE).cards[0]
    note = "0 of 14 points so far; open: double, adam, bowl, curve, edge and 2 more"
    assert card["text/plain"].endswith(f"\n  {note}") and f"<small>{note}</small>" in card["text/html"]
    notebook.run(RIGHT)
    assert plain_of(notebook.run(DOUBLE)).endswith(
        "2 of 14 points so far; open: adam, bowl, curve, edge, nag and 1 more"
    )
    plain = plain_of(notebook.run(DOUBLE.replace('"double"', '"edge"')))
    assert plain.endswith("4 of 14 points so far; open: nag, sgd, adam, bowl, curve")
    for name in names:
        plain = plain_of(notebook.run(DOUBLE.replace('"double"', f'"{name}"')))
    assert plain.endswith("14 of 14 points: the exercise is solved")


WITHOUT = DOUBLE.replace("points=2", 'points=2, without=("torch.optim", "json")')
USES = {
    "in the function": "def double(x):\n    import json\n    return json.loads(json.dumps((2 * x).tolist()))",
    "above it": "import json as j\n\ndef double(x):\n    return 2 * x + 0 * len(j.dumps(1))",
    "one name of it": "from json import dumps\n\ndef double(x):\n    dumps(1)\n    return 2 * x",
    "in a helper": "def scale(x):\n    import json\n    return 2 * x\n\ndef double(x):\n    return scale(x)",
}


@pytest.mark.parametrize("use", USES)
def test_the_card_warns_of_a_module_that_the_grader_refuses(notebook, store, use):
    """A right answer that needs a forbidden module gets no tick: it will not run where it is graded."""
    store()
    notebook.run(USES[use])
    plain = plain_of(notebook.run(WITHOUT))
    head, text = plain.split("\n  ")
    assert head == "! double · this cannot be an answer · 0 of 2 points"
    said, line = text.split(", in the line: ")
    assert said == "it is right, but needs json, which cannot be imported where your notebook is graded"
    assert line in [own.strip() for own in USES[use].split("\n")]


def test_a_module_imported_in_another_cell_is_seen_where_it_is_used(notebook, store):
    """The import may stand in a cell of the student's own, or in the set-up; the use is in the answer."""
    store()
    notebook.run("import json as other")
    notebook.run("def double(x):\n    other.dumps(1)\n    return 2 * x")
    assert plain_of(notebook.run(WITHOUT)).endswith("in the line: other.dumps(1)")
    notebook.run(RIGHT)
    assert plain_of(notebook.run(WITHOUT)).startswith("✓ double · correct")
