"""Moodle's feedback files: the zip that "Upload multiple feedback files in a zip" takes.

    Full Name_1234567_assignsubmission_file_/feedback.html    a folder a student

mod/assign/feedback/file/importziplib.php cuts each folder's name at its underscores: the second piece must be
the participant's number, the third and fourth a plugin of the assignment. So a name with underscores gets
blanks, and so does what has no place in a file's name. A number behind two names is nobody's. The assignment
needs the feedback type "Feedback files". Canvas has no such form: its import of grades takes no comments, and
"Re-Upload Submissions" shows each file under the name that the student gave to the notebook.
"""

import zipfile
from collections import Counter
from pathlib import Path

from course.errors import UsageError
from course.notebooks.written import Record

from ..record.gradebook import clean
from ..result import Result, Task
from .platform import NAMED, Exported, check_replaceable, name_and_number, safe_name

NAME = "moodle-feedback"
MADE = (1980, 1, 1, 0, 0, 0)  # the same grades give the same bytes


def write_feedback_zip(
    task: Task, results: list[Result], feedback: Path, path: Path, record: Record
) -> Exported:
    """Write the zip from the feedback pages of an output folder.

    Args:
        feedback: the folder of the pages.
        record: knows earlier zips, which may be replaced.

    Returns:
        How many pages are in it; lines about students who are not: without a score, without Moodle's number
        or with one that another has, too, without a page.

    Raises:
        UsageError: a file is there already that is no export, or nobody has Moodle's number, a
            score and a page.
    """
    check_replaceable(path, record)
    told, pages = [], {}
    numbers = Counter(name_and_number(result.student)[1] for result in results)
    for result in results:
        name, number = name_and_number(result.student)
        page = feedback / f"{result.student}.html"
        if not number:
            told.append(f"no number of Moodle behind the name: {clean(result.student)}")
        elif numbers[number] > 1:
            told.append(f"the number {number} stands behind {numbers[number]} names: {clean(result.student)}")
        elif result.total(task) is None:
            told.append(f"no score yet: {clean(result.student)}")
        elif not page.is_file():
            told.append(f"no feedback page: {clean(result.student)}")
        else:
            folder = f"{safe_name(safe_name(name).replace('_', ' '))}_{number}"
            pages[f"{folder}_assignsubmission_file_/feedback.html"] = page.read_bytes()
    if not any(name_and_number(result.student)[1] for result in results):
        raise UsageError(f"--to {NAME}: no student has a number of Moodle behind the name; grade {NAMED}")
    if not pages:
        raise UsageError(f"--to {NAME}: nobody with Moodle's number has a score and a feedback page")
    aside = path.with_name(f".aside-{path.name}")
    try:
        with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in sorted(pages.items()):
                entry = zipfile.ZipInfo(name, MADE)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(entry, content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    record.note(path)
    record.save()
    return Exported(len(pages), told)
