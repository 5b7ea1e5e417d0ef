"""The public answers of a session: run its solution with seed 0 and keep the records.

The last bits of an answer differ between processors. So a stored record stays as it is while the fresh one
agrees with it within the question's tolerance: the same build gives the same bytes on every machine.
"""

import hashlib
import json
from pathlib import Path

from nbformat import NotebookNode

from course.errors import NotebookError
from course.questions.judge import judge

from .cells import asked
from .document import write_text
from .execute import Run, execute


def fingerprint(solution: NotebookNode) -> str:
    """A hash of the solution's code: equal code needs no new run."""
    code = "\n\0".join(cell.source for cell in solution.cells if cell.cell_type == "code")
    return hashlib.sha256(code.encode()).hexdigest()


def run_solution(solution: NotebookNode, cwd: Path, seed: int = 0) -> Run:
    """Run a solution; its answers are the records, by question, in the notebook's order.

    Raises:
        NotebookError: a cell failed, or a question gave no answer; the line shows the error.
    """
    run = execute(solution, parameters={"seed": seed, "collect": True}, stop_on_error=True, cwd=cwd)
    trouble = run.trouble()
    if trouble:
        raise NotebookError(f"the solution does not run: {trouble}")
    names = [question.name for question in asked(solution)]
    missing = [name for name in names if name not in run.answers]
    if missing:
        raise NotebookError(f"the solution gives no answer to question {missing[0]!r}")
    run.answers = {name: run.answers[name] for name in names}
    return run


def same_record(stored: dict | None, fresh: dict) -> bool:
    """Whether a stored record still says what a fresh run says."""
    keys = ("question", "points", "rtol", "atol")
    if not stored or any(stored.get(key) != fresh[key] for key in keys):
        return False
    if [wrong["hint"] for wrong in stored["mistakes"]] != [
        wrong["hint"] for wrong in fresh.get("mistakes", [])
    ]:
        return False
    pairs = [(stored["answers"], fresh["answers"])]
    pairs += [
        (old["answers"], new["answers"])
        for old, new in zip(stored["mistakes"], fresh["mistakes"], strict=True)
    ]
    pairs += list(zip(stored["variants"], fresh["variants"], strict=False))
    close = (judge(bare_record(stored, answers), new).right for answers, new in pairs)
    return len(stored["variants"]) == len(fresh["variants"]) and all(close)


def bare_record(record: dict, answers: list[dict]) -> dict:
    """A record that accepts these answers and nothing else."""
    return {"answers": answers, "rtol": record["rtol"], "atol": record["atol"]}


def read_public(path: Path) -> dict:
    """A session's public answers as stored: {"solution": fingerprint, "questions": {name: record}}."""
    if not path.is_file():
        return {"solution": "", "questions": {}}
    return json.loads(path.read_text("utf-8"))


def renew_public(solution: NotebookNode, path: Path, cwd: Path) -> bool:
    """Bring a session's public answers up to date, and the solution's stored outputs with them.

    Nothing runs while the solution's code is the one that was run last.

    Returns:
        Whether the file with the answers changed.
    """
    stored, now = read_public(path), fingerprint(solution)
    if stored["solution"] == now:
        return False
    run = run_solution(solution, cwd)
    executed = {cell.id: cell for cell in run.notebook.cells if cell.cell_type == "code"}
    for cell in solution.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = executed[cell.id].outputs, executed[cell.id].execution_count
    records = {}
    for name, record in run.answers.items():
        old = stored["questions"].get(name)
        records[name] = old if same_record(old, record) else record
    text = json.dumps({"solution": now, "questions": records}, indent=1, sort_keys=True, ensure_ascii=False)
    return write_text(text + "\n", path)
