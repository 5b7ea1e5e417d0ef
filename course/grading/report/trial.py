"""Trial of a new mistake: its versions answer the question once, in the sandbox, beside the solution.

The same answer as the group's says that the code still makes the same mistake where it stands alone.
"""

from nbformat.v4 import new_code_cell, new_notebook

from course.notebooks.cells import asked, error_of
from course.notebooks.execute import Run, execute
from course.sandbox import isolation

from ..record.database import Database
from ..record.runs import Runs
from ..result import Job, Task
from ..submission.answer_hash import answer_hash
from ..submission.grade import grade_content, run_kept_in
from .clusters import Cluster
from .gradebook import clean
from .new_mistake import as_cell

LEAST = 2  # the level of isolation below which no student's code is run
VERSION = "version-"


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
    found = [item for item in mistakes if isinstance(item, dict)] if isinstance(mistakes, list) else []
    hashes = {str(item.get("hint")): answer_hash(item.get("answers")) for item in found}
    return {code: hashes[str(n)] for n, code in enumerate(versions) if str(n) in hashes}


def _trouble(run: Run) -> str:
    """Why a version was not registered, or the question not answered; "" where neither is so."""
    for cell in run.notebook.cells:
        error = error_of(cell)
        if cell.id.startswith(VERSION) and error is not None:
            return f"{error.ename}: {error.evalue}"[:200]
        if "run" in cell.metadata:
            return cell.metadata["run"]
    return ""
