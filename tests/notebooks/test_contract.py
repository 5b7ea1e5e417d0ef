"""What a notebook may store: planted breaches are named, and what keeps the contract is not."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course.notebooks.check import check
from course.notebooks.contract import MOST_LINES, MOST_TRUTHS, code_faults, contract_faults
from course.notebooks.document import read_notebook, write_notebook
from course.notebooks.workbook import find_workbook


def cell(source, *lines, tags=(), kind="stream"):
    text = "".join(f"{line}\n" for line in lines)
    stream = new_output("stream", name="stdout", text=text)
    value = new_output("execute_result", {"text/plain": text.strip()}, execution_count=1)
    outputs = [stream if kind == "stream" else value] if lines else []
    return new_code_cell(source, outputs=outputs, metadata={"tags": list(tags)}, id="cell")


def faults(*cells):
    notebook = new_notebook()
    notebook.cells = list(cells)
    return list(contract_faults(notebook))


MEASURED, CLAIM, TRUTH = ("nbval-ignore-output",), ("claim",), ("truth-value",)
CLAIMED = cell('claim("x is large", x > 3, x=x)', "✓ x is large", tags=CLAIM)


@pytest.mark.parametrize(
    "source",
    [
        "print(x > 3)",
        'print("x is large:", x > 3)',
        'print(f"x is large: {x > 3}")',
        "print(not x)",
        "print(x > 3 and y < 2)",
        'print("all:", all(x))',
        "print((x > 3).all())",
        "if x:\n    print(bool(x))",
        "%%time\nprint(x > 3)",
        "!ls\nprint(x > 3)",
    ],
)
def test_a_print_of_a_truth_value_is_named_before_it_has_run(source):
    """The source alone gives it away."""
    assert len(faults(cell(source))) == 1 and "show the number" in faults(cell(source))[0]


@pytest.mark.parametrize(
    "line", ["True", "x is large: False", "lr 0.1 is best: True.", "(3, True)", "[True, False]"]
)
@pytest.mark.parametrize("kind", ["stream", "value"])
def test_a_stored_line_that_ends_in_a_truth_value_is_named(line, kind):
    """However it was made, and whether it was printed or stood as the last line."""
    assert len(faults(cell("show(x)", line, kind=kind))) == 1
    assert faults(cell("show(x)", line, kind=kind, tags=TRUTH)) == []


@pytest.mark.parametrize(
    "source", ["print(x)", 'print("shape", x.shape)', 'print(f"{x:.3f}", end="")', "%time x > 3", "y = x > 3"]
)
def test_numbers_and_words_are_no_fault(source):
    """Shapes, numbers, magics, and a comparison that nobody prints."""
    assert faults(cell(source, "0.93", "True to the paper", "the True answer is 3")) == []


def test_what_is_measured_is_claimed_within_two_cells():
    """A text between them is fine, two are not; a reason in place of a claim is."""
    measured, text = cell("print(accuracy)", "0.9", tags=MEASURED), new_markdown_cell("So it is.")
    assert faults(measured, CLAIMED) == faults(measured, text, CLAIMED) == []
    assert faults(measured, text, text, CLAIMED) == faults(measured) != []
    assert "no claim follows" in faults(measured)[0]
    assert (
        faults(cell("print(seconds)  # no claim: the time depends on the machine", "3", tags=MEASURED)) == []
    )


def test_claims_and_their_tag_go_together():
    """A call without the tag would not be folded, a tag without a call says nothing, a claim is compared."""
    assert "without the tag" in faults(cell('claim("x", x > 3, x=x)', "✓ x"))[0]
    assert "calls no claim" in faults(cell("print(3)", "✓ x", tags=CLAIM))[0]
    assert "is compared" in faults(cell('claim("x", x > 3, x=x)', "✓ x", tags=(*CLAIM, *MEASURED)))[0]


@pytest.mark.parametrize("source", ["# NBVAL_IGNORE_OUTPUT\nprint(3)", "print(3)  # NBVAL_SKIP"])
def test_nbvals_own_words_hide_nothing(source):
    """What nbval would pass over by a comment or a tag is named, so that nothing measured goes unclaimed."""
    assert "hidden from nbval" in faults(cell(source, "3"))[0]
    assert "hidden from nbval" in faults(cell("print(3)", "3", tags=("NBVAL_SKIP",)))[0]
    loud = cell("print(accuracy)", "0.9", tags=("NBVAL_IGNORE_OUTPUT",))
    assert "no claim follows" in faults(loud)[0]


def test_a_claim_is_found_below_a_magic_and_behind_a_dot():
    """Its tag fits, however it is called."""
    for source in ("%precision 3\nclaim('x', x > 3, x=x)", "course.claims.claim('x', x > 3, x=x)"):
        assert faults(cell(source, "✓ x", tags=CLAIM)) == []
        assert "without the tag" in faults(cell(source, "✓ x"))[0]


def test_a_stored_claim_must_have_held():
    """A failed one is named, and one that never ran or printed something else."""
    error = new_output("error", ename="ClaimError", evalue="✗ x", traceback=[])
    failed = cell('claim("x", x > 3, x=x)', tags=CLAIM)
    failed.outputs = [error]
    assert "failed" in faults(failed)[0]
    assert "not stored" in faults(cell('claim("x", x > 3, x=x)', tags=CLAIM))[0]
    assert "not stored" in faults(cell('claim("x", x > 3, x=x)', "x", tags=CLAIM))[0]


def test_check_reports_the_contract_and_counts_truth_values(workbook):
    """`course check` names the cell; more truth values than allowed are a fault of the folder."""
    path = workbook.path("lectures", "01_test")
    whole = read_notebook(path)
    for added, words in {
        "print(x > 3)": "lectures/01_test.ipynb: cell cell says 'print(x > 3)'",
        "print(1)": f"lectures: {MOST_TRUTHS + 1} lines of cells tagged truth-value say True or False",
    }.items():
        lines = ["True"] * (MOST_TRUTHS + 1) if "1)" in added else []
        lecture = whole.copy()
        lecture.cells = [*whole.cells, cell(added, *lines, tags=TRUTH if lines else ())]
        write_notebook(lecture, path)
        found = check(workbook, run=False)
        assert len(found) == 1 and found[0].startswith(words)


def test_a_lectures_code_can_be_read():
    """One line too many and a private name are named; magics and public names are not."""
    notebook = new_notebook()
    private = "from course.nn import Dropout\nfrom course.nn.dropout import _mask, dropout"
    for source, words in {
        "x = 1\n" * (MOST_LINES - 1) + "%time y = 2": None,
        "x = 1\n" * MOST_LINES + "y = 2": f"has {MOST_LINES + 1} lines, at most {MOST_LINES}",
        private: "imports _mask, which is private",
        "import numpy as _np": None,
    }.items():
        notebook.cells = [new_code_cell(source, id="long")]
        found = list(code_faults(notebook))
        assert len(found) == (words is not None) and (words is None or words in found[0])


@pytest.mark.parametrize("session", find_workbook().stems("exercises"))
def test_what_a_student_is_given_can_be_read(session):
    """No cell of a lecture or an exercise is too long, but for what asks a question: that is the card's.

    What asks is the cell with `@question`, and a cell between it and the answer.
    """
    lecture, exercise = (read_notebook(find_workbook().path(f, session)) for f in ("lectures", "exercises"))
    code = [cell for cell in exercise.cells if cell.cell_type == "code"]
    asking = ["@question(" in cell.source for cell in code]
    answers = ["# YOUR CODE HERE" in cell.source for cell in code]
    exercise.cells = [
        cell
        for cell, asks, next_asks, answer in zip(code, asking, [*asking[1:], False], answers, strict=True)
        if not asks and (answer or not next_asks)
    ]
    found = [fault for notebook in (lecture, exercise) for fault in code_faults(notebook)]
    assert exercise.cells and not found, "\n".join(found)
