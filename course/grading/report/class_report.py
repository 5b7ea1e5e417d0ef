"""Class report for the instructor: OUT/report.html, one page that works from the disk.

Points and their distribution, questions, who made which mistake, wrong answers that nobody foresaw, what to
look at, and a table of students that sorts, searches and filters. What a student wrote stands there as
escaped text. The page's only script is its own, which the page's policy names by its hash.
"""

import shlex
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from markupsafe import Markup, escape

from course.notebooks.document import write_text
from course.questions.cards import LOOKS
from course.questions.judge import CORRECT, MISSING, MISTAKE, Verdict
from course.questions.manual import WAITING

from ..record.gradebook import READ, clean, described, lateness
from ..result import GRADED, Result, Task
from ..submission.plagiarism import Pair, most_holders
from ..submission.review import Use
from .clusters import Cluster, without_numbers
from .notebook_view import clean_code
from .pages import PAGES, href, table_script
from .statistics import histogram, item_statistics, summary

PARTLY = "partly"  # the state of an answer to which a person gave less than all points
NAMES = {kind: words for kind, (_, _, words) in LOOKS.items()}
NAMES |= {PARTLY: f"{READ[2]}, not all points", WAITING: "waits to be read by a person"}
MOST_SINGLES = 5  # clusters of one student that are shown of each question
MOST_TEXTS = 3  # of a question, that the report shows


def state_of(task: Task, result: Result, name: str) -> str:
    """The kind of a verdict; of an answer that a person has read, whether it got all points."""
    kind = result.verdicts[name].kind
    if kind != WAITING or name in result.waiting:
        return kind
    return CORRECT if result.points(task)[name] >= task.records[name]["points"] else PARTLY


def to_read(task: Task, results: list[Result]) -> dict[str, list[dict]]:
    """By question, the answers that wait for a person: whose, the text, the points of an earlier text."""
    waiting: dict[str, list[dict]] = {}
    for result in results:
        for name in result.waiting if result.status == GRADED else ():
            row = {"student": result.student, "shell_name": shlex.quote(result.student)}
            row |= {"text": clean_code(result.verdicts[name].text), "before": result.points(task)[name]}
            waiting.setdefault(name, []).append(row)
    return {name: waiting[name] for name in task.records if name in waiting}


def mistake_shares(task: Task, results: list[Result]) -> list[dict]:
    """How often each question was right and each known mistake was made, and by whom.

    Shares are fractions of those whose notebook ran: one that is missing or broken says nothing about a
    question. A family of mistakes is one row; who makes two known mistakes counts in both.
    """
    graded = [result for result in results if result.ran]
    rows = []
    for name in task.records:
        verdicts = {result.student: result.verdicts[name] for result in graded}
        states = {result.student: state_of(task, result, name) for result in graded}
        made: dict[str, list[str]] = {}
        for student, verdict in verdicts.items():
            for hint in verdict.hints:
                made.setdefault(hint, []).append(student)
        known = [
            {"hint": hint, "share": len(who) / len(graded), "count": len(who), "who": who}
            for hint, who in sorted(made.items(), key=lambda item: -len(item[1]))
        ]
        others: dict[str, list[str]] = {}
        for student, verdict in verdicts.items():
            if states[student] not in (CORRECT, MISTAKE) and not verdict.hint:
                others.setdefault(states[student], []).append(student)
        right = sum(state == CORRECT for state in states.values())
        row = {"question": name, "correct": right / len(graded) if graded else 0.0, "mistakes": known}
        left = [verdict for verdict in verdicts.values() if verdict.kind in others and not verdict.hint]
        rows.append(row | {"right": right, "of": len(graded), "other": others, "texts": frequent_texts(left)})
    return rows


def frequent_texts(verdicts: list[Verdict]) -> list[tuple[str, int]]:
    """What the cards of wrong answers without a hint say most often, without the numbers of each student."""
    return Counter(without_numbers(v.text) for v in verdicts if v.diagnosed).most_common(MOST_TEXTS)


def bar_parts(share: dict) -> list[dict]:
    """A question's bar: right, known mistakes, other wrong answers, not attempted; its parts fill it."""
    count_of = {kind: len(who) for kind, who in share["other"].items()}
    read, waiting, open_count = (count_of.pop(kind, 0) for kind in (PARTLY, WAITING, MISSING))
    counts = [(share["right"], "right", "right")]
    counts += [(known["count"], "known", known["hint"]) for known in share["mistakes"]]
    counts += [(read, "known", NAMES[PARTLY]), (waiting, "open", NAMES[WAITING])]
    counts += [(sum(count_of.values()), "other", "other wrong answers")]
    counts += [(open_count, "open", "not attempted yet")]
    whole = sum(count for count, _, _ in counts) or 1  # who makes two mistakes counts in both
    parts, left = [], 0.0
    for count, kind, text in counts:
        if count:
            parts.append({"left": 100 * left, "width": 100 * count / whole, "kind": kind, "text": text})
            parts[-1]["count"] = count
            left += count / whole
    return parts


def shown_clusters(clusters: Iterable[Cluster]) -> tuple[list[Cluster], dict[str, list[str]]]:
    """All clusters of several students, a few of one; and who else is alone, by question."""
    shown, alone = [], {}
    singles: Counter[str] = Counter()
    for cluster in clusters:
        single = len(cluster.students) == 1
        singles[cluster.question] += single
        if single and singles[cluster.question] > MOST_SINGLES:
            alone.setdefault(cluster.question, []).append(cluster.students[0])
        else:
            shown.append(cluster)
    return shown, alone


def groups_of(share: dict, shown: list[Cluster]) -> dict[str, list[Cluster]]:
    """The clusters of a question that the report shows, by the kind of their verdict."""
    own = [cluster for cluster in shown if cluster.question == share["question"]]
    kinds = {student: kind for kind, people in share["other"].items() for student in people}
    return {
        kind: [cluster for cluster in own if kinds.get(cluster.students[0]) == kind]
        for kind in share["other"]
    }


def marks(task: Task, result: Result, points: dict[str, float], looked_at: bool) -> str:
    """What the filter of the page knows a row by."""
    words = [f"status:{result.status.replace(' ', '-')}"]
    words += [f"open:{name}" for name, record in task.records.items() if points[name] < record["points"]]
    words += ["waiting"] * bool(result.waiting)
    words += ["late"] * bool(result.days_late) + ["adjusted"] * bool(described(result))
    return " ".join(words + ["look"] * bool(looked_at or result.reason or not result.judged))


def question_cells(task: Task, review: str, points: dict[str, float], waiting: list[str]) -> Markup:
    """The cells of a row that hold a question's points, linked to that question; empty without a score.

    A sign stands at what waits to be read, alone where there are no points of an earlier answer.
    """
    if not points:
        return Markup('<td class="question"></td>') * len(task.records)
    cells, link = [], escape(review)
    for name, record in task.records.items():
        tint = " none" if not points[name] else " part" if points[name] < record["points"] else ""
        shown, sorts = points[name], ""
        if name in waiting:
            shown, sorts = f"{shown or ''}{READ[0]}", f' data-value="{shown}" title="{NAMES[WAITING]}"'
            tint = " waits"
        link_to = f'<a href="{link}#{name}">{shown}</a>'
        cells.append(f'<td class="question{tint}" data-label="{name}"{sorts}>{link_to}</td>')
    return Markup("".join(cells))  # names of questions are plain words


def notes(result: Result) -> list[str]:
    """What an instructor should know about a row, besides points."""
    lines = [result.reason] if result.reason else []
    lines += [f"attempt {result.attempt} of {result.attempts}"] if result.attempts > 1 else []
    lines += lateness(result)
    return [clean(note) for note in (*lines, *described(result))]


def write_report(
    task: Task,
    results: list[Result],
    path: Path,
    uses: dict[str, list[Use]] | None = None,
    pairs: Iterable[Pair] = (),
    clusters: Iterable[Cluster] = (),
    codes: dict[str, tuple[str, str]] | None = None,
    aside: Iterable[tuple[str, str]] = (),
) -> None:
    """Write the class report.

    Args:
        uses: of modules that a question does without, by student. Without it nothing is compared.
        pairs: students with near-identical answers.
        clusters: wrong answers that nobody foresaw.
        codes: of a cluster's first student, and why it cannot become a mistake, by "QUESTION ID".
        aside: files that are nobody's submission, and why.
    """
    shares = mistake_shares(task, results)
    shown, alone = shown_clusters(clusters)
    pairs = list(pairs)
    looked_at = {name for name, own in (uses or {}).items() if own}
    looked_at |= {name for pair in pairs for name in (pair.first, pair.second)}
    rows = []
    for result in results:
        points = result.points(task) if result.judged else {}
        words = marks(task, result, points or dict.fromkeys(task.records, 0), result.student in looked_at)
        rows.append({"result": result, "total": result.total(task), "points": points, "marks": words})
        review = href("review", f"{result.student}.html")
        cells = question_cells(task, review, points, result.waiting)
        rows[-1] |= {"notes": notes(result), "review": review, "cells": cells}
    totals = [row["total"] for row in rows if row["total"] is not None]
    page = PAGES.get_template("report.html.j2")
    text = page.render(
        task=task,
        items=dict(zip(task.records, item_statistics(task, results), strict=True)),
        shares=[share | {"bar": bar_parts(share), "groups": groups_of(share, shown)} for share in shares],
        names_of_kinds=NAMES,
        to_read=to_read(task, results),
        sign=READ[0],
        rows=rows,
        not_run=sum(result.judged and not result.ran for result in results),
        statuses=sorted({result.status for result in results}),
        isolation=Counter(result.isolation for result in results if result.isolation),
        compared=uses is not None,
        modules=task.forbidden,
        uses=[(student, use) for student, own in (uses or {}).items() for use in own],
        pairs=pairs,
        holders=most_holders(len(results)),
        summary=summary(totals),
        bars=histogram(totals, task.points),
        clusters=shown,
        alone=alone,
        codes=codes or {},
        aside=list(aside),
        out=path.parent,
        **table_script(),
    )
    write_text(text, path)
