"""A class hands in a folder of files or nbgrader's tree, or a mixture of both."""

import pytest

from course.errors import UsageError
from course.grading.submissions import Submission, find_submissions


def test_files_folders_and_mixtures(tmp_path):
    """Every file and every folder is a student, sorted; hidden ones and other files are not."""
    for name in ("zoe.ipynb", "adam.ipynb", ".hidden.ipynb", "readme.txt", "both.ipynb", "file.ipynb"):
        (tmp_path / name).write_text("{}", "utf-8")
    for name in ("tree", "both", "file", ".ipynb_checkpoints", "nothing", "strange.ipynb"):
        (tmp_path / name).mkdir()
    for name in ("tree", "both"):
        (tmp_path / name / "01_test").mkdir()
        (tmp_path / name / "01_test" / "01_test.ipynb").write_text("{}", "utf-8")
    inside = {name: tmp_path / name / "01_test" / "01_test.ipynb" for name in ("tree", "both", "nothing")}
    assert find_submissions(tmp_path, "01_test") == [
        Submission("adam", tmp_path / "adam.ipynb"),
        Submission("both", inside["both"]),
        Submission("file", tmp_path / "file.ipynb"),
        Submission("nothing", inside["nothing"]),
        Submission("strange", tmp_path / "strange.ipynb"),
        Submission("tree", inside["tree"]),
        Submission("zoe", tmp_path / "zoe.ipynb"),
    ]


def test_names_are_taken_as_they_are(tmp_path):
    """Blanks, accents, formulas and a dot belong to a name; what to do with it is the gradebook's affair."""
    names = ["=HYPERLINK(1)", "Zoë Müller", "a.b", "&lt;b", "@x"]
    for name in names:
        (tmp_path / f"{name}.ipynb").write_text("{}", "utf-8")
    assert [submission.student for submission in find_submissions(tmp_path, "01_test")] == sorted(names)


def test_folders_without_submissions(tmp_path):
    """No folder, a file, an empty folder and one of other files are one line each."""
    file = tmp_path / "readme.txt"
    file.write_text("", "utf-8")
    for folder in (tmp_path / "nothing", file):
        with pytest.raises(UsageError) as error:
            find_submissions(folder, "01_test")
        assert str(error.value) == f"SUBMISSIONS={str(folder)!r} is no folder"
    with pytest.raises(UsageError, match=r"holds neither STUDENT\.ipynb nor STUDENT/01_test/01_test\.ipynb"):
        find_submissions(tmp_path, "01_test")
