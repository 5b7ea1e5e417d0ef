"""The zip of feedback files is read by Moodle's own rule, and by our collector."""

import zipfile

import pytest

from course.errors import UsageError
from course.grading.exchange.moodle import Moodle
from course.grading.exchange.moodle_feedback import write_feedback_zip
from course.grading.result import FAILED, GRADED, Result
from course.notebooks.written import Record
from course.questions.judge import CORRECT, Verdict


def moodles_reading(path):
    """Participant, plugin and file as mod/assign/feedback/file/importziplib.php (Moodle 4.1) finds them."""
    parts = path.split("/")
    while parts:
        info = parts.pop(0).split("_", 4)
        if len(info) >= 4 and info[1].isdecimal():
            rest = info[4] if len(info) == 5 else ""
            return int(info[1]), info[2:4], "/".join([rest, *parts]).lstrip("/")
    return None


@pytest.fixture
def feedback(tmp_path):
    """Pages of five students."""
    folder = tmp_path / "feedback"
    folder.mkdir()
    for name in ("Zoë Müller_11", "a_b_c_12", "ann", "eve_14"):
        (folder / f"{name}.html").write_text(f"<p>{name}</p>", "utf-8")
    return folder


def class_of(task):
    right = dict.fromkeys(task.records, Verdict(CORRECT))
    graded = [Result(name, GRADED, "", right) for name in ("Zoë Müller_11", "a_b_c_12", "ann", "gone_15")]
    return [*graded, Result("eve_14", FAILED, "disk full")]


def test_each_page_reaches_its_participant(task, feedback, tmp_path):
    """Also where a name has underscores, at which Moodle cuts; who has no number or score is told."""
    path = tmp_path / "moodle-feedback.zip"
    count, told = write_feedback_zip(task, class_of(task), feedback, path, Record(tmp_path))
    with zipfile.ZipFile(path) as archive:
        read = {moodles_reading(name)[0]: (moodles_reading(name)[1:], archive.read(name).decode())
                for name in archive.namelist()}  # fmt: skip
        names = archive.namelist()
    where = (["assignsubmission", "file"], "feedback.html")
    assert read == {11: (where, "<p>Zoë Müller_11</p>"), 12: (where, "<p>a_b_c_12</p>")}
    assert names == [
        "Zoë Müller_11_assignsubmission_file_/feedback.html",
        "a b c_12_assignsubmission_file_/feedback.html",
    ]
    assert Moodle().parse_upload(names[0]).student == "Zoë Müller_11"
    assert count == 2 and told == [
        "no number of Moodle behind the name: ann",
        "no feedback page: gone_15",
        "no score yet: eve_14",
    ]


def test_the_same_grades_give_the_same_zip(task, feedback, tmp_path):
    """It is replaced as long as nobody changed it; another file of the name is left."""
    path, record = tmp_path / "x.zip", Record(tmp_path)
    write_feedback_zip(task, class_of(task), feedback, path, record)
    before = path.read_bytes()
    write_feedback_zip(task, class_of(task), feedback, path, Record(tmp_path))
    assert path.read_bytes() == before
    path.write_bytes(b"mine")
    with pytest.raises(UsageError, match="is no export as it was written"):
        write_feedback_zip(task, class_of(task), feedback, path, Record(tmp_path))
    unnamed, without_page = "no student has a number of Moodle behind the name; grade names", "a score and a"
    for result, words in zip(class_of(task)[2:4], (unnamed, without_page), strict=True):
        with pytest.raises(UsageError, match=words):
            write_feedback_zip(task, [result], feedback, tmp_path / "new.zip", Record(tmp_path))
    assert sorted(item.name for item in tmp_path.glob("*zip*")) == ["x.zip"]


def test_names_that_are_weapons_are_names_in_the_zip(task, feedback, tmp_path):
    """A name that Windows takes for a path becomes a name; of two that share a number nobody gets a page."""
    names = ["..\\..\\start\u202e_21", "C:x_22", "Ann Lee_23", "Ann_Lee_23"]
    for name in names:
        (feedback / f"{name}.html").write_text("<p>", "utf-8")
    results = [Result(name, GRADED, "", dict.fromkeys(task.records, Verdict(CORRECT))) for name in names]
    path = tmp_path / "weapons.zip"
    count, told = write_feedback_zip(task, results, feedback, path, Record(tmp_path))
    with zipfile.ZipFile(path) as archive:
        folders = [name.split("/")[0] for name in archive.namelist()]
    assert folders == ["C x_22_assignsubmission_file_", "start_21_assignsubmission_file_"]
    assert count == 2 and told == [
        "the number 23 stands behind 2 names: Ann Lee_23",
        "the number 23 stands behind 2 names: Ann_Lee_23",
    ]
