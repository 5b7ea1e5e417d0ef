"""Answer key of a session: run its solution with seed 0 and keep the records.

The last bits of an answer differ between processors. So a stored record stays as it is while the fresh one
agrees with it within the question's tolerance: the same build gives the same bytes on every machine.

Beside the records stand the names of the functions that the exercise gives: a card that shows the line that
led to an error passes over them, for a student has not written them. And the digest that the exercise's
`begin` names, for a card never judges by the answers of another release.
"""

import ast
import hashlib
import json
from pathlib import Path

from nbformat import NotebookNode

from course.errors import NotebookError
from course.questions.judge import judge
from course.questions.manual import public_form
from course.questions.session import UNSEEN

from .cells import asked
from .document import write_text
from .execute import Run, execute
from .release import answers_digest, is_locked, release


def fingerprint(solution: NotebookNode) -> str:
    """A hash of the solution's code: equal code needs no new run."""
    code = "\n\0".join(cell.source for cell in solution.cells if cell.cell_type == "code")
    return hashlib.sha256(code.encode()).hexdigest()


def run_solution(
    solution: NotebookNode,
    cwd: Path,
    seed: int = 0,
    kernel_name: str = "python3",
    cards: bool = False,
) -> Run:
    """Run a solution; its answers are the records, by question, in the notebook's order.

    Args:
        cards: the outputs are seen, too, so cards say what mistakes and variants prove.

    Raises:
        NotebookError: a cell failed, or a question gave no answer; the line shows the error.
    """
    run = execute(
        solution,
        parameters={"seed": seed, "collect": True if cards else UNSEEN},
        stop_on_error=True,
        kernel_name=kernel_name,
        cwd=cwd,
    )
    trouble = run.trouble()
    if trouble:
        raise NotebookError(f"the solution does not run: {trouble}")
    names = [question.name for question in asked(solution)]
    missing = [name for name in names if name not in run.answers]
    if missing:
        raise NotebookError(f"the solution gives no answer to question {missing[0]!r}")
    for name in names:
        for case in run.answers[name]["answers"]:
            if "value" not in case:
                why = case.get("unusable") or f"{case.get('error', 'a stub')} {case.get('message', '')}"
                raise NotebookError(f"the solution gives no answer to question {name!r}: {why.strip()}")
    run.answers = {name: run.answers[name] for name in names}
    return run


def same_record(stored: dict | None, fresh: dict) -> bool:
    """Whether a stored record still says what a fresh run says."""
    keys = ("question", "points", "rtol", "atol", "without", "says", "parts", "choices", "manual")
    if not stored or any(stored.get(key) != fresh.get(key) for key in keys):
        return False
    if fresh.get("manual"):  # what is public holds no answer
        return stored == public_form(fresh)
    mistakes, new_mistakes = stored.get("mistakes", []), fresh.get("mistakes", [])
    variants, new_variants = stored.get("variants", []), fresh.get("variants", [])
    if [old["hint"] for old in mistakes] != [new["hint"] for new in new_mistakes]:
        return False
    if len(variants) != len(new_variants):
        return False
    if not _beside(fresh["answers"]) <= _beside(stored["answers"]):
        return False
    pairs = [(stored["answers"], fresh["answers"])]
    pairs += [(old["answers"], new["answers"]) for old, new in zip(mistakes, new_mistakes, strict=True)]
    pairs += zip(variants, new_variants, strict=True)
    return all(_same_cases(stored, old, new) for old, new in pairs)


def _beside(cases: list[dict]) -> set[tuple]:
    """What makes the words of a card beside the values of cases: results' kinds, and which calls are probed.

    How many probes there are is not compared: a slow machine makes fewer of them.
    """
    probes = {("probed", call["function"]) for case in cases for call in case.get("probes", [])}
    return probes.union(*(case.get("returns", {}).items() for case in cases))


def _same_cases(record: dict, stored: list[dict], fresh: list[dict]) -> bool:
    """Whether the cases raise the same kinds of error (words differ between versions) and else agree."""
    errors, new_errors = ([case.get("error") for case in cases] for cases in (stored, fresh))
    if errors != new_errors:
        return False
    gave = [(old, new) for old, new in zip(stored, fresh, strict=True) if "error" not in old]
    return not gave or judge(bare_record(record, [old for old, _ in gave]), [new for _, new in gave]).right


def bare_record(record: dict, answers: list[dict]) -> dict:
    """A record that accepts these answers and nothing else."""
    return {"answers": answers, "rtol": record["rtol"], "atol": record["atol"]}


def given_names(solution: NotebookNode) -> list[str]:
    """The functions and classes that the exercise gives, in cells that are the course's own."""
    names = set()
    for cell in release(solution).cells:
        try:
            body = ast.parse(cell.source).body if is_locked(cell) else []
        except SyntaxError:  # a magic
            continue
        names |= {item.name for item in body if isinstance(item, ast.FunctionDef | ast.ClassDef)}
    return sorted(names)


def read_public(path: Path) -> dict:
    """A session's public answers as stored: solution (its fingerprint), digest, questions (record by name).

    Raises:
        NotebookError: the file is not what `renew_public` wrote.
    """
    if not path.is_file():
        return {"solution": "", "digest": "", "questions": {}}
    try:
        stored = json.loads(path.read_text("utf-8"))
        digest = stored.get("digest", "")
        return {"solution": stored["solution"], "digest": digest, "questions": dict(stored["questions"])}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NotebookError(f"{path}: is damaged; delete it and run: course build") from None


def renew_public(solution: NotebookNode, path: Path, cwd: Path) -> bool:
    """Bring a session's public answers up to date, and the solution's stored outputs with them.

    Nothing runs while the solution's code is the one that was run last.

    Returns:
        Whether the file with the answers changed.
    """
    stored, now = read_public(path), fingerprint(solution)
    if stored["solution"] == now:
        return write_text(to_lines(solution, stored["questions"]), path)
    run = run_solution(solution, cwd, cards=True)
    executed = {cell.id: cell for cell in run.notebook.cells if cell.cell_type == "code"}
    for cell in solution.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = executed[cell.id].outputs, executed[cell.id].execution_count
    records = {}
    for name, record in run.answers.items():
        old = stored["questions"].get(name)
        records[name] = old if same_record(old, record) else public_form(record)
    return write_text(to_lines(solution, records), path)


def to_lines(solution: NotebookNode, records: dict[str, dict]) -> str:
    """The public answers as JSON, one line a question in the notebook's order: generated data.

    In this order cards name what is open.
    """
    place = {question.name: number for number, question in enumerate(asked(solution))}
    lines = [
        f"{json.dumps(name)}: {json.dumps(records[name], sort_keys=True, ensure_ascii=False)}"
        for name in sorted(records, key=lambda name: place.get(name, len(place)))
    ]
    whole = {
        "digest": answers_digest(solution),
        "given": given_names(solution),
        "solution": fingerprint(solution),
    }
    return '{"questions": {\n' + ",\n".join(lines) + "\n}, " + json.dumps(whole)[1:] + "\n"
