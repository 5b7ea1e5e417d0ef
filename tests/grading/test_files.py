"""What was handed in is read once, safely, and never more than is allowed."""

import os

import pytest

from course.errors import NotebookError
from course.grading.exchange.intake import find_submissions
from course.grading.submission.files import (
    MODULES_LIMIT,
    FileMissing,
    Submission,
    notebook_stem,
    read_content,
    read_modules,
)
from course.notebooks.document import LIMIT_BYTES


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


def test_a_notebook_is_known_by_its_name_however_the_suffix_is_written():
    """Browsers, mail programs and Windows change it; what is no notebook has no stem."""
    stems = {
        "Anna.IPYNB": "Anna", "ben.ipynb.txt": "ben", "x.ipynb.json": "x", "x.ipynb (1).txt": "x (1)",
        "x (1).ipynb": "x (1)", "x.ipynb.ipynb": "x", "a.b.ipynb": "a.b", "x.ipynb ": "x",
        "x.pdf": None, "ipynb": None, ".ipynb": None, "x.ipynb.zip": None,
    }  # fmt: skip
    assert {name: notebook_stem(name) for name in stems} == stems


def test_modules_beside_a_notebook_are_read_as_bytes(tmp_path):
    """Too large together, or a link, and all are left out with the reason; the notebook is graded."""
    (tmp_path / "helper.py").write_bytes(b"\xff\r\nx = 1")
    paths = {"helper.py": tmp_path / "helper.py", "other.py": b"zipped"}
    read = read_modules(Submission("ann", None, root=tmp_path, modules=paths))
    assert read == ({"helper.py": b"\xff\r\nx = 1", "other.py": b"zipped"}, "")
    large = {"a.py": b"x" * MODULES_LIMIT, "b.py": b"x"}
    assert read_modules(Submission("ann", None, modules=large)) == (
        {}, "modules of more than 1 MiB together left out",
    )  # fmt: skip
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    linked = Submission("ann", None, root=tmp_path, modules={"link.py": tmp_path / "link.py"})
    assert read_modules(linked) == ({}, "link.py is not a regular file: modules left out")
