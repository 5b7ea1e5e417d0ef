"""Authoring of mistakes: the code of a cluster of wrong answers as the next `@mistake` of a solution.

A version has to stand alone in the solution's notebook. So what the student wrote beside the function, such
as imports, constants and helpers, moves into it, and its docstring goes. Whether it still answers the same,
`try_versions` finds out: the versions answer the question once, in the sandbox, beside the solution.
"""

import ast
import textwrap
from itertools import islice
from pathlib import Path

from nbformat.v4 import new_code_cell, new_notebook

from course.errors import NotebookError, UsageError, unknown_name
from course.notebooks.cells import asked, error_of, role
from course.notebooks.document import read_notebook, write_notebook
from course.notebooks.execute import Run, execute
from course.questions.imports import parse, python_lines
from course.sandbox import isolation

from ..record.database import Database
from ..record.final_grades import final_rows
from ..record.gradebook import clean
from ..record.runs import Runs
from ..result import Job, Task
from ..submission.answer_hash import answer_hash
from ..submission.cell_text import without_file
from ..submission.grade import grade_content, run_kept_in
from .class_report import shown_clusters
from .clusters import Cluster, clusters, code_of, defined, solution_code, unfit

HINT = "Say what the mistake is, in a sentence or two, without giving the answer."
MOST_NAMED = 10
LEAST = 2  # the level of isolation below which no student's code is run
VERSION = "version-"
Definition = ast.FunctionDef | ast.ClassDef


def find_cluster(db: Database, task: Task, question: str, id: str) -> Cluster:
    """A cluster by its question and the beginning of its id.

    Raises:
        UsageError: there is no such question or cluster; the line names some that the report
            offers.
    """
    if question not in task.records:
        raise UsageError(unknown_name("QUESTION", question, task.records))
    known = [item for item in clusters(task, final_rows(db, task)) if item.question == question]
    matches = [item for item in known if id and item.id.startswith(id)]
    if not known:
        raise UsageError(f"QUESTION={question!r} has no wrong answer that nobody foresaw")
    if len(matches) != 1:
        shown, solved = shown_clusters(known)[0], solution_code(task)
        offered = (item.id for item in shown if not unfit(item, code_of(db, task, item.number), solved))
        listed = ", ".join(islice(offered, MOST_NAMED)) or "of this question it offers none, and says why"
        raise UsageError(f"GROUP={id!r} must be one that the report offers: {listed}")
    return matches[0]


def versions_of(db: Database, task: Task, cluster: Cluster) -> list[str]:
    """The code of a cluster's answer, for each function or class of the solution that it writes.

    Raises:
        UsageError: it cannot become a mistake, as `unfit` says.
    """
    codes, solved = code_of(db, task, cluster.number), solution_code(task)
    if why := unfit(cluster, codes, solved):
        raise UsageError(f"GROUP={cluster.id!r} cannot become a mistake: {why}; look at it in the report")
    code, named = codes[cluster.question], defined(solved[cluster.question])
    tree = parse(python_lines(code))
    versions = {item.name: item for item in _definitions(tree) if item.name in named}
    beside = [_segment(code, item) for item in tree.body if _is_needed(item, set(versions))]
    return [_alone(code, item, beside) for item in versions.values()]  # of several definitions the last


def as_cell(question: str, versions: list[str], hint: str = HINT) -> str:
    """The cell that makes versions known mistakes."""
    head = f'@mistake("{question}", {_quoted(hint)})'
    return "\n\n\n".join(f"{head}\n{version}" for version in versions)


def add_to_solution(path: Path, question: str, cell: str) -> str:
    """Append a mistake to the cell of the question's versions, or to a new one. Returns the cell's id.

    Raises:
        NotebookError: the notebook asks no such question.
        UsageError: the cell with the versions has this code already, under whatever hint.
    """
    notebook = read_notebook(path)
    places = {cell.id: place for place, cell in enumerate(notebook.cells)}
    where = next((places[item.cell_id] for item in asked(notebook) if item.name == question), None)
    if where is None:
        raise NotebookError(f"{path}: there is no question {question!r}")
    for place in range(where, -1, -1):
        known = notebook.cells[place]
        if place < where and role(known) == "question":
            break
        if role(known) == "versions":
            if _codes(cell, question) <= _codes(known.source, question):
                raise UsageError(f"{path}: cell {known.id} has this mistake already; nothing is written")
            known.source = f"{known.source.rstrip()}\n\n\n{cell}"
            write_notebook(notebook, path)
            return known.id
    made = new_code_cell(cell)
    made.id = f"{question}-versions"
    notebook.cells.insert(where, made)
    write_notebook(notebook, path)
    return made.id


def _codes(cell: str, question: str) -> set[str]:
    """The definitions of a cell that are versions for a question, without their decorators."""
    codes = set()
    for item in _definitions(parse(cell)):
        if any(f"({question!r}" in ast.unparse(decorator) for decorator in item.decorator_list):
            item.decorator_list = []
            codes.add(ast.dump(item))
    return codes


def _definitions(tree: ast.Module) -> list[Definition]:
    return [item for item in tree.body if isinstance(item, Definition)]


def _is_text(item: ast.stmt) -> bool:
    return isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant)


def _is_needed(item: ast.stmt, names: set[str]) -> bool:
    """Whether a statement beside functions of these names may be what they need; a try of them is not."""
    if isinstance(item, Definition):
        return item.name not in names
    uses = {node.id for node in ast.walk(item) if isinstance(node, ast.Name)}
    return not isinstance(item, ast.Expr) and not uses & names


def _first_line(item: ast.stmt) -> int:
    """The line where a statement begins, with its decorators."""
    return min([item.lineno, *(decorator.lineno for decorator in getattr(item, "decorator_list", []))])


def _segment(code: str, item: ast.stmt) -> str:
    """A statement's own text; get_source_segment leaves decorators out."""
    if _first_line(item) < item.lineno:
        return "\n".join(code.split("\n")[_first_line(item) - 1 : item.end_lineno])
    return ast.get_source_segment(code, item)


def _alone(code: str, item: Definition, beside: list[str]) -> str:
    """A definition without its docstring, and with what it needs in its body."""
    lines, first = code.split("\n"), item.body[0]
    begin, body = _first_line(item), _first_line(first)
    has_text = _is_text(first) and len(item.body) > 1 and item.body[1].lineno > first.end_lineno
    if first.lineno == item.lineno:  # all in one line
        return "\n".join([*map(_as_comment, beside), *lines[begin - 1 : item.end_lineno]])
    start = first.end_lineno if has_text else body - 1
    while not lines[start].strip():
        start += 1
    moved = "\n".join(beside)
    if isinstance(item, ast.ClassDef):  # its methods would not see what stands in its body
        moved = _as_comment(moved)
    margin = lines[body - 1][: len(lines[body - 1]) - len(lines[body - 1].lstrip())]
    inside = [_indented(moved, margin)] if beside else []
    return "\n".join([*lines[begin - 1 : body - 1], *inside, *lines[start : item.end_lineno]])


def _indented(code: str, margin: str) -> str:
    """Code with a margin; the further lines of a text in triple quotes stay, for they are its value."""
    texts = [
        node for node in ast.walk(parse(python_lines(code))) if isinstance(node, ast.Constant | ast.JoinedStr)
    ]
    stay = {number for node in texts for number in range(node.lineno + 1, node.end_lineno + 1)}
    return "\n".join(
        line if number in stay or not line.strip() else margin + line
        for number, line in enumerate(code.split("\n"), start=1)
    )


def _as_comment(text: str) -> str:
    return textwrap.indent(text, "# beside it: ", lambda line: True)


def _quoted(text: str) -> str:
    """A text as Python writes it, in double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def try_versions(
    db: Database, task: Task, cluster: Cluster, versions: list[str]
) -> tuple[list[str], str | None]:
    """Those of a cluster's versions that give its answer; and why there are none, in one line.

    Answers to another seed differ. So where the stored answer is not met, the student's own notebook runs
    once more with this seed.
    """
    kept_in = isolation()
    if kept_in.level < LEAST:
        return [], f"was not tried: isolation {kept_in} is below {LEAST}; {kept_in.advice}"
    try:
        run = _run(task, cluster.question, versions)
        given = _given(run, cluster.question, versions)
        alike = [code for code in versions if given.get(code, "").startswith(cluster.id)]
        if given and not alike:
            job = Runs(db, task).to_send(Job(cluster.number, ""))
            again = grade_content(task, "", job.content, job.modules).answer_hashes.get(cluster.question)
            alike = [code for code in versions if again and given.get(code) == again]
    except Exception as error:  # the kernel did not start, the disk is full
        return [], clean(f"was not tried: {type(error).__name__}: {error}")[:300]
    if alike:
        return alike, None
    trouble = clean(_trouble(run) or "it answers differently there")
    return [], f"its code does not stand alone: {trouble}"


def _run(task: Task, question: str, versions: list[str]) -> Run:
    """Run the solution up to the question, with the versions registered before it."""
    cells = task.solved.cells
    ids = {item.name: item.cell_id for item in asked(task.solved)}
    place = next(place for place, cell in enumerate(cells) if cell.id == ids[question])
    added = [new_code_cell("from course.questions import mistake")]
    for number, code in enumerate(versions):
        added.append(new_code_cell(as_cell(question, [code], str(number)), id=f"{VERSION}{number}"))
    notebook = new_notebook(metadata=task.solved.metadata, cells=[*cells[:place], *added, cells[place]])
    return run_kept_in(task, notebook, execute)


def _given(run: Run, question: str, versions: list[str]) -> dict[str, str]:
    """The hashes of what the versions answered, by their code; none for those that did not."""
    mistakes = run.answers.get(question, {}).get("mistakes")  # out of a kernel: it may be anything
    items = [item for item in mistakes if isinstance(item, dict)] if isinstance(mistakes, list) else []
    hashes = {str(item.get("hint")): answer_hash(item.get("answers")) for item in items}
    return {code: hashes[str(n)] for n, code in enumerate(versions) if str(n) in hashes}


def _trouble(run: Run) -> str:
    """Why a version was not registered, or the question not answered; "" where neither is so."""
    for cell in run.notebook.cells:
        error = error_of(cell)
        if cell.id.startswith(VERSION) and error is not None:
            return without_file(f"{error.ename}: {error.evalue}")[:200]
        if "run" in cell.metadata:
            return cell.metadata["run"]
    return ""
