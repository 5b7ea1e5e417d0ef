"""Output contract: what a notebook may store of exact numbers, measured numbers, and claims on them.

exact      printed and compared strictly by nbval: shapes, counts, parameters. No tag.
measured   tagged "nbval-ignore-output": numbers that differ a little from machine to machine. One of the two
           cells below claims what follows from them, or a comment in the cell says why none does:
           `# no claim: the time depends on the machine`
claim      tagged "claim": calls `course.claims.claim`, prints one line with a tick for each sentence, and is
           folded for readers
truth      tagged "truth-value": prints True or False because the truth value is the lesson

No line ends in True or False outside the last kind, of which a folder has at most `MOST_TRUTHS` lines.

A lecture's code can be read: a cell has at most `MOST_LINES` lines and imports nothing private.
"""

import ast
import re
from collections.abc import Iterator

from nbformat import NotebookNode

from .cells import error_of

MEASURED, CLAIM, TRUTH = "nbval-ignore-output", "claim", "truth-value"
MOST_TRUTHS = 20  # lines in all lectures together, and in all solutions
MOST_LINES = 25  # of code in a lecture's cell
REACH = 2  # cells below a measured one
ENDS_IN_TRUTH = re.compile(r"\b(True|False)\W*$")
SKIP = "nbval-skip"
COMMENTS = re.compile(r"#\s*(NBVAL_IGNORE_OUTPUT|NBVAL_SKIP|PYTEST_VALIDATE_IGNORE_OUTPUT)")
MAGIC = re.compile(r"^(\s*)(%|!).*$", re.MULTILINE)
TRUTHS = ("all", "any", "bool", "isinstance", "allclose", "equal", "array_equal", "isclose")  # calls
NO_CLAIM = re.compile(r"#\s*no claim: \S")


def has(cell: NotebookNode, tag: str) -> bool:
    """Whether a code cell carries a tag; upper and lower case are one, as for nbval."""
    tags = cell.metadata.get("tags", [])
    return cell.cell_type == "code" and tag in [str(name).lower().replace("_", "-") for name in tags]


def contract_faults(notebook: NotebookNode) -> Iterator[str]:
    """What breaks the contract, cell by cell; nothing is run."""
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        below = notebook.cells[place + 1 : place + 1 + REACH]
        yield from (f"cell {cell.id} {fault}" for fault in _faults(cell, below))


def code_faults(lecture: NotebookNode) -> Iterator[str]:
    """Cells of a lecture that are too long to be read, or that reach into the library's private parts."""
    for cell in lecture.cells:
        if cell.cell_type != "code":
            continue
        lines = len(cell.source.splitlines())
        if lines > MOST_LINES:
            yield f"cell {cell.id} has {lines} lines, at most {MOST_LINES}; what is no idea goes to course/"
        for node in _walk(cell):
            if isinstance(node, ast.ImportFrom | ast.Import):
                for name in [alias.name for alias in node.names if alias.name.startswith("_")]:
                    yield f"cell {cell.id} imports {name}, which is private"


def _faults(cell: NotebookNode, below: list[NotebookNode]) -> Iterator[str]:
    if has(cell, SKIP) or COMMENTS.search(cell.source):
        yield f"is hidden from nbval; tag it {MEASURED}, and claim what follows from it"
    if not has(cell, TRUTH):
        for line in [*truth_lines(cell), *truth_prints(cell)][:1]:
            yield f"says {line!r}: show the number, and claim the sentence below (tag {CLAIM})"
    claims = "claim" in called(cell)
    if claims != has(cell, CLAIM):
        yield f"{'calls claim without the' if claims else 'calls no claim, but has the'} tag {CLAIM}"
    if claims and has(cell, MEASURED):
        yield f"is tagged {CLAIM} and {MEASURED}: a claim's line is compared"
    if (
        has(cell, MEASURED)
        and not NO_CLAIM.search(cell.source)
        and not any(has(next, CLAIM) for next in below)
    ):
        yield f"measures, and no claim follows within {REACH} cells; or say why: # no claim: …"
    if has(cell, CLAIM):
        yield from claim_faults(cell)


def claim_faults(cell: NotebookNode) -> Iterator[str]:
    """A stored claim that did not hold, or never ran."""
    printed = [output.text for output in cell.outputs if output.get("name") == "stdout"]
    lines = "".join(printed).splitlines()
    if error_of(cell) is not None:
        yield "holds a claim that failed"
    elif not lines or not all(line.startswith("✓ ") for line in lines):
        yield "holds a claim whose output is not stored; run the notebook"


def truth_lines(cell: NotebookNode) -> list[str]:
    """Lines that a code cell's stored outputs end in True or False."""
    texts = [
        output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in cell.outputs
    ]
    return [line for text in texts for line in text.splitlines() if ENDS_IN_TRUTH.search(line)]


def truth_prints(cell: NotebookNode) -> list[str]:
    """Calls of print in a code cell whose line would end in a truth value: print("…", x > 3)."""
    calls = [node for node in _walk(cell) if isinstance(node, ast.Call) and _name(node) == "print"]
    return [ast.unparse(call) for call in calls if call.args and _is_truth(call.args[-1])]


def called(cell: NotebookNode) -> set[str]:
    """The names that a code cell calls, without what stands before a dot."""
    return {_name(node) for node in _walk(cell) if isinstance(node, ast.Call)}


def _walk(cell: NotebookNode) -> Iterator[ast.AST]:
    try:
        yield from ast.walk(ast.parse(MAGIC.sub(r"\1pass", cell.source)))
    except SyntaxError:  # a magic of another kind
        return


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def _is_truth(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        last = node.values[-1] if node.values else node
        return isinstance(last, ast.FormattedValue) and last.format_spec is None and _is_truth(last.value)
    if isinstance(node, ast.BoolOp):
        return all(map(_is_truth, node.values))
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, bool)
    if isinstance(node, ast.Call):
        return _name(node) in TRUTHS
    return isinstance(node, ast.Compare)
