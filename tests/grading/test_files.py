"""A class hands in a folder of files or nbgrader's tree, or a mixture of both."""

import os

import pytest

from course.errors import NotebookError, UsageError
from course.grading.submission.files import FileMissing, Submission, find_submissions, read_content
from course.notebooks.document import LIMIT_BYTES


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


@pytest.mark.skipif(os.name != "posix", reason="links and pipes as Unix has them")
def test_only_regular_files_inside_the_folder_are_read(tmp_path):
    """A link, also one on the way, a pipe and a folder are no notebook, and nothing waits for them."""
    secret = tmp_path / "secret"
    (secret / "01_test").mkdir(parents=True)
    (secret / "01_test" / "01_test.ipynb").write_text("secret", "utf-8")
    folder = tmp_path / "class"
    (folder / "inner").mkdir(parents=True)
    (folder / "linked").symlink_to(secret)
    (folder / "inner" / "01_test").symlink_to(secret / "01_test")
    (folder / "link.ipynb").symlink_to(secret / "01_test" / "01_test.ipynb")
    (folder / "null.ipynb").symlink_to("/dev/null")
    os.mkfifo(folder / "pipe.ipynb")
    (folder / "ann.ipynb").write_text("mine", "utf-8")
    for submission in find_submissions(folder, "01_test"):
        if submission.student == "ann":
            assert read_content(submission) == b"mine"
        else:
            with pytest.raises(NotebookError, match=r"is not a regular file|no notebook was handed in"):
                read_content(submission)
    with pytest.raises(NotebookError, match="is not a regular file"):
        read_content(Submission("folder", folder))


def test_a_file_is_measured_before_it_is_read(tmp_path):
    """A file that is too large is not read, and one that fits is read to its end."""
    with open(tmp_path / "huge.ipynb", "wb") as file:
        file.truncate(LIMIT_BYTES + 1)
    with pytest.raises(NotebookError, match="is larger than 20 MiB"):
        read_content(Submission("huge", tmp_path / "huge.ipynb", root=tmp_path))
    with open(tmp_path / "fits.ipynb", "wb") as file:
        file.truncate(LIMIT_BYTES)
    assert len(read_content(Submission("fits", tmp_path / "fits.ipynb", root=tmp_path))) == LIMIT_BYTES
    with pytest.raises(FileMissing, match="no notebook was handed in"):
        read_content(Submission("none", tmp_path / "none.ipynb", root=tmp_path))
