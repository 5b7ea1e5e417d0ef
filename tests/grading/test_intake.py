"""Nothing that was handed in is overlooked: it is somebody's submission, or left aside with a reason."""

import csv
import io
import zipfile

import pytest

from course.errors import UsageError
from course.grading.exchange.intake import find_submissions, take_in
from course.grading.submission.files import FileMissing, Submission, read_content

SESSION = "06_optimizers"
OTHERS = ("05_activations", "06_optimizers", "07_convolution")
MOODLE = "_assignsubmission_file_"
TREE = f"{SESSION}/{SESSION}.ipynb"


def zipped(files):
    """The bytes of a zip of {name: bytes}."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


@pytest.fixture
def intake(tmp_path):
    """Takes {path: bytes} in, as a folder or as a zip of it: notebooks by student, reasons by path, all."""

    def take(files, archive=False):
        place = tmp_path / ("class.zip" if archive else "class")
        if archive:
            place.write_bytes(zipped(files))
        else:
            for name, content in files.items():
                path = place / name
                (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
                if not name.endswith("/"):
                    path.write_bytes(content)
        taken = take_in(place, SESSION, OTHERS)
        return {item.student: content_of(item) for item in taken.submissions}, dict(taken.aside), taken

    return take


def content_of(submission):
    try:
        return read_content(submission).decode()
    except FileMissing as error:
        return str(error)


@pytest.mark.parametrize("archive", [False, True])
def test_other_suffixes_and_what_programs_write(intake, archive):
    """Every notebook is a row; a zip is opened; macOS and Jupyter are nobody; a text file is named."""
    files = {
        "Anna.IPYNB": b"anna", "ben.ipynb.txt": b"ben", "cleo.ipynb": b"cleo", "=HYPERLINK(1).ipynb": b"=",
        "dora.zip": zipped({"hand in/06_optimizers (1).ipynb": b"dora", "__MACOSX/._x.ipynb": b""}),
        "__MACOSX/._cleo.ipynb": b"", "._cleo.ipynb": b"", ".DS_Store": b"", "Thumbs.db": b"",
        ".ipynb_checkpoints/cleo-checkpoint.ipynb": b"", "readme.txt": b"", "solver.py": b"",
    }  # fmt: skip
    students, aside, taken = intake(files, archive)
    assert students == {"=HYPERLINK(1)": "=", "Anna": "anna", "ben": "ben", "cleo": "cleo", "dora": "dora"}
    assert list(students) == sorted(students)
    assert aside.pop("readme.txt") == "not a notebook"
    assert aside.pop("solver.py").startswith("whose module it is cannot be said") and aside == {}
    notes = {item.student: item.note for item in taken.submissions if item.note}
    assert notes == {}, "a suffix or a number is no other name"


@pytest.mark.parametrize("archive", [False, True])
def test_another_name_in_the_tree(intake, archive):
    """The only notebook counts however it is called; of several the session's own, and the other is named."""
    files = {
        f"good/{TREE}": b"good", f"good/{SESSION}/{SESSION}-Copy1.ipynb": b"older",
        "good/05_activations/05_activations.ipynb": b"other", f"good/{SESSION}/timestamp.txt": b"2026",
        f"number/{SESSION}/{SESSION} (1).ipynb": b"number", f"copy/{SESSION}/{SESSION}-Copy1.ipynb": b"copy",
        "flat/06_optimizers.ipynb": b"flat", "b/b.ipynb": b"b", "colab/Copy of 06_optimizers.ipynb": b"colab",
        "colab/scratch.ipynb": b"scratch", "repo/exercises/06_optimizers.ipynb": b"exercise",
        "repo/lectures/06_optimizers.ipynb": b"lecture", "repo/exercises/05_activations.ipynb": b"other",
        f"wrong/{SESSION}/07_convolution.ipynb": b"wrong", "only05/05_activations/05_activations.ipynb": b"",
        "reader/lectures/06_optimizers.ipynb": b"lecture", "both.ipynb": b"file", f"both/{TREE}": b"tree",
    }  # fmt: skip
    students, aside, taken = intake(files, archive)
    missing = "no notebook was handed in"
    lecture = "lies among the lectures and solutions, not the exercises"
    assert students == {
        "good": "good", "number": "number", "copy": "copy", "flat": "flat", "b": "b", "colab": "colab",
        "repo": "exercise", "wrong": "wrong", "both": "tree",
        "reader": f"{missing}; 06_optimizers.ipynb ({lecture}) lies there",
        "only05": missing,
    }  # fmt: skip
    another = "another file of this student counts"
    assert aside == {
        f"good/{SESSION}/{SESSION}-Copy1.ipynb": another, "both.ipynb": another,
        "colab/scratch.ipynb": another,
        "reader/lectures/06_optimizers.ipynb": lecture,
    }  # fmt: skip
    notes = {item.student: item.note for item in taken.submissions if item.note}
    assert notes.pop("reader") and notes == {
        "copy": "handed in as 06_optimizers-Copy1.ipynb", "wrong": "handed in as 07_convolution.ipynb",
        "colab": "handed in as Copy of 06_optimizers.ipynb",
    }  # fmt: skip


@pytest.mark.parametrize("archive", [False, True])
def test_a_second_download_beside_the_first_is_one_students(intake, archive):
    """Beside "ben", "ben (1)" is ben's later file, "-Copy1" a copy as in a folder; alone, each is a name."""
    files = {
        "ben.ipynb": b"first", "ben (1).ipynb": b"second", "cy-Copy1.ipynb": b"copy", "cy.ipynb": b"cy",
        "dee (1).ipynb": b"dee", "eva-1.ipynb": b"another", "eva.ipynb": b"eva",
        "fay/06_optimizers.ipynb": b"fay", "fay (2)/06_optimizers.ipynb": b"fay 2",
    }  # fmt: skip
    students, aside, taken = intake(files, archive)
    assert students == {
        "ben": "second", "cy": "cy", "dee (1)": "dee", "eva": "eva", "eva-1": "another",
        "fay": "fay", "fay (2)": "fay 2",
    }  # fmt: skip
    another = "another file of this student counts"
    assert aside == {"ben.ipynb": another, "cy-Copy1.ipynb": another}
    notes = {item.student: item.note for item in taken.submissions if item.note}
    assert notes == {"ben": "handed in as ben (1).ipynb"}


def test_who_handed_in_something_else_is_told(intake):
    """No notebook: the row says what lies there, and the files are left aside; an empty folder is a row."""
    files = {"pdf/answer.pdf": b"%PDF", "bad/hand in.zip": b"no zip", "empty/": b"", "rar/x.rar": b"Rar!"}
    students, aside, _ = intake(files)
    assert students["pdf"] == "no notebook was handed in; answer.pdf (not a notebook) lies there"
    assert "hand in.zip (an archive in the zip that cannot be read" in students["bad"]
    assert students["empty"] == "no notebook was handed in"
    assert set(aside) == {"pdf/answer.pdf", "bad/hand in.zip", "rar/x.rar"}
    assert aside["rar/x.rar"] == "an archive that is no zip; look into it by hand"


@pytest.mark.parametrize("around", ["", "submissions/", "a/b/"])
@pytest.mark.parametrize("archive", [False, True])
def test_what_moodle_hands_over(intake, archive, around):
    """Its zip as it came, unpacked, or packed again with a folder around: students as collect calls them."""
    files = {
        f"{around}Ann Lee_1234{MOODLE}/06_optimizers (1).ipynb": b"ann",
        f"{around}Ann Lee_1234{MOODLE}/helper.py": b"h = 1",
        f"{around}Cy_10{MOODLE}06_optimizers.ipynb": b"cy",
        f"{around}Bob_9_assignsubmission_onlinetext_/onlinetext.html": b"<p>done",
        f"{around}Dee_11{MOODLE}/all.zip": zipped({"x/06_optimizers.ipynb": b"dee"}),
        f"__MACOSX/{around}Ann Lee_1234{MOODLE}/._06_optimizers (1).ipynb": b"",
    }
    students, aside, taken = intake(files, archive)
    typed = "onlinetext.html (text typed into Moodle, not a notebook)"
    assert students == {
        "Ann Lee_1234": "ann", "Cy_10": "cy", "Dee_11": "dee",
        "Bob_9": f"no notebook was handed in; {typed} lies there",
    }  # fmt: skip
    assert list(aside) == [f"{around}Bob_9_assignsubmission_onlinetext_/onlinetext.html"]
    assert [list(item.modules) for item in taken.submissions] == [["helper.py"], [], [], []]


@pytest.mark.parametrize("archive", [False, True])
def test_what_canvas_hands_over(intake, archive):
    """Late is a day; a module keeps the name that `import` needs; files of other people are no Canvas."""
    files = {
        "doejane_LATE_123_4567_06_optimizers-1.ipynb": b"jane", "leebo_77_98_06_optimizers.ipynb": b"bo",
        "leebo_77_99_helper-1.py": b"", "kim_6_12_text.html": b"<p>",
    }  # fmt: skip
    students, aside, taken = intake(files, archive)
    assert students["doejane_123"] == "jane" and students["leebo_77"] == "bo" and list(aside) == [
        "kim_6_12_text.html"
    ]  # fmt: skip
    assert [item.days_late for item in taken.submissions] == [1, 0, 0]
    assert list(taken.submissions[2].modules) == ["helper.py"]


def test_numbers_in_names_are_not_canvas(intake):
    """Two students whose files look a little like Canvas's keep their rows."""
    students, aside, _ = intake({"hw_01_02_ann.ipynb": b"ann", "hw_01_02_bob.ipynb": b"bob"})
    assert students == {"hw_01_02_ann": "ann", "hw_01_02_bob": "bob"} and aside == {}


@pytest.mark.parametrize("archive", [False, True])
def test_a_folder_around_the_class(intake, archive):
    """Flat or as a tree, the folder around is no student; a single student's own folder is one."""
    assert intake({"class/ann.ipynb": b"a", "class/bob.ipynb": b"b"}, archive)[0] == {"ann": "a", "bob": "b"}


def test_one_file_in_place_of_a_folder(tmp_path):
    """A notebook, or a zip; a text file and nothing are one line."""
    (tmp_path / "ann.ipynb").write_bytes(b"mine")
    [submission] = find_submissions(tmp_path / "ann.ipynb", SESSION)
    assert (submission.student, read_content(submission)) == ("ann", b"mine")
    (tmp_path / "readme.txt").write_bytes(b"")
    for name in ("readme.txt", "nothing", "nothing.zip"):
        with pytest.raises(UsageError, match="is no folder, no zip and no notebook"):
            find_submissions(tmp_path / name, SESSION)
    (tmp_path / "bad.zip").write_bytes(b"Dear teacher")
    with pytest.raises(UsageError, match=r"SUBMISSIONS='.*bad\.zip' is no zip that can be read"):
        find_submissions(tmp_path / "bad.zip", SESSION)


def test_folders_without_submissions(tmp_path):
    """An empty folder and one of other files are one line, which names one of them."""
    with pytest.raises(UsageError, match=r"holds neither STUDENT\.ipynb nor STUDENT/06_optimizers/06_optim"):
        find_submissions(tmp_path, SESSION)
    (tmp_path / "readme.txt").write_bytes(b"")
    with pytest.raises(UsageError, match=r", only other files, such as readme\.txt"):
        find_submissions(tmp_path, SESSION)


def test_what_collect_left_aside_is_known(intake):
    """Late days and the list of what was left aside come along, out of a folder and out of a zip."""
    files = {
        "Ann_1.ipynb": b"ann", "collected.csv": b"student,handed_in,days_late\nAnn_1,2026-05-09,2\n",
        "left_aside.csv": b"file,why\nx.pdf,not a notebook\n",
    }  # fmt: skip
    for archive in (False, True):
        _, aside, taken = intake(files, archive)
        [submission] = taken.submissions
        assert (submission.handed_in, submission.days_late) == ("2026-05-09", 2)
        assert aside == {"x.pdf": "not a notebook"} and taken.collected == []


def test_one_student_cannot_stop_the_class(intake, monkeypatch):
    """A zip that is too large, of too many files, or nested without end costs its own row alone."""
    deep = {"06_optimizers.ipynb": b"deep"}
    for _ in range(4):
        deep = {"again.zip": zipped(deep)}
    monkeypatch.setattr("course.grading.exchange.unzip.INNER_FILES", 3)
    monkeypatch.setattr("course.grading.exchange.unzip.INNER_LIMIT", 2000)
    many = zipped({f"{number}.ipynb": b"" for number in range(9)})
    large = zipped({"a.ipynb": b"x" * 1500, "b.ipynb": b"y" * 1500})
    students, aside, _ = intake(
        {"ann.ipynb": b"a", "many.zip": many, "large.zip": large, "deep.zip": zipped(deep)}
    )
    assert students["ann"] == "a" and "holds 9 files, at most 3" in aside["many.zip"]
    assert "larger than" in str(aside) or "unpacks to more" in str(aside)
    assert all("no notebook was handed in" in students[name] for name in ("many", "large", "deep"))


def test_links_are_refused_and_not_followed(tmp_path):
    """A linked folder, a linked zip: the row is there, what lies behind it is not read."""
    secret = tmp_path / "secret"
    (secret / SESSION).mkdir(parents=True)
    (secret / TREE).write_text("secret", "utf-8")
    (tmp_path / "secret.zip").write_bytes(zipped({"06_optimizers.ipynb": b"secret"}))
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "linked").symlink_to(secret)
    (folder / "eve.zip").symlink_to(tmp_path / "secret.zip")
    found = {item.student: item for item in find_submissions(folder, SESSION)}
    assert set(found) == {"linked", "eve"}
    for submission in found.values():
        with pytest.raises(Exception, match=r"is not a regular file|no notebook was handed in"):
            read_content(submission)


def test_submissions_are_where_they_lie(tmp_path):
    """Paths and the order of names, as everything that grades them expects."""
    for name in ("zoe.ipynb", f"tree/{TREE}", "nothing/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}", "utf-8")
    (tmp_path / "nothing" / "x").unlink()
    assert find_submissions(tmp_path, SESSION) == [
        Submission("nothing", tmp_path / "nothing" / TREE),
        Submission("tree", tmp_path / "tree" / TREE),
        Submission("zoe", tmp_path / "zoe.ipynb"),
    ]


def test_left_aside_names_are_text(intake):
    """A file's name holds what it likes; the table of collect gives it back as it was."""
    table = io.StringIO()
    csv.writer(table).writerows([["file", "why"], ["a,b\n.pdf", "not a notebook"]])
    files = {"ann.ipynb": b"", "left_aside.csv": table.getvalue().encode()}
    assert intake(files)[1] == {"a,b\n.pdf": "not a notebook"}


@pytest.mark.parametrize("archive", [False, True])
def test_paths_as_programs_write_them(intake, archive):
    """ "./" in a zip is no folder, and a name whose accents macOS took apart is the same student's."""
    apart = "Zoe\u0308_1"
    files = {
        "ann.zip": zipped({"./06_optimizers.ipynb": b"ann"}), f"{apart}.ipynb": b"zoe",
        f"Ann Lee_12{MOODLE}/a.zip": zipped({"./hand in/./06_optimizers.ipynb": b"lee"}),
        "collected.csv": "student,handed_in,days_late\nZo\u00eb_1,2026-05-09,2\n".encode(),
    }  # fmt: skip
    students, aside, taken = intake(files, archive)
    assert students == {"ann": "ann", "Ann Lee_12": "lee", "Zo\u00eb_1": "zoe"} and aside == {}
    assert [item.days_late for item in taken.submissions] == [0, 2, 0]


def test_a_whole_class_below_a_dot(tmp_path):
    """Programs that pack the folder they stand in may write "./" in front of every name."""
    out = {"./../eve.ipynb": b"", ".//etc/eve.ipynb": b""}
    (tmp_path / "class.zip").write_bytes(zipped({"./ann.ipynb": b"a", "./bob.ipynb": b"b", **out}))
    taken = take_in(tmp_path / "class.zip", SESSION)
    assert [item.student for item in taken.submissions] == ["ann", "bob"]
    assert dict(taken.aside) == dict.fromkeys(
        ["../eve.ipynb", "/etc/eve.ipynb"], "its path leads out of the zip"
    )


@pytest.mark.parametrize("archive", [False, True])
def test_the_choice_is_by_name_and_folder(intake, archive):
    """A year is no number of a download, folders may have capitals, and a folder chooses like a zip."""
    files = {
        "year/06_optimizers.ipynb": b"now", "year/06_optimizers-2025.ipynb": b"last year",
        "capitals/06_Optimizers/06_optimizers.ipynb": b"mine", "capitals/zzz/06_optimizers.ipynb": b"other",
        "same/06_optimizers.ipynb": b"small", "same/06_Optimizers.ipynb": b"large",
        "astray/week 5/05_activations/06_optimizers.ipynb": b"astray",
        "astray/week 5/05_activations/helper.py": b"", "astray/05_activations.ipynb": b"other",
        "found/05_activations/06_optimizers.ipynb": b"astray", "found/hand in.ipynb": b"found",
    }  # fmt: skip
    students, _, taken = intake(files, archive)
    assert students == {
        "astray": "astray", "capitals": "mine", "found": "found", "same": "small", "year": "now",
    }  # fmt: skip
    assert [list(item.modules) for item in taken.submissions] == [["helper.py"], [], [], [], []]


LEE, BO = "doejane_123_4567_06_optimizers.ipynb", "leebo_77_98_06_optimizers.ipynb"


@pytest.mark.parametrize(
    ("files", "rows", "left"),
    [
        (["readme.txt", "c/ann.ipynb", "c/bob.ipynb"], "ann bob", ["readme.txt"]),
        (["nbgrader_config.py", f"submitted/ann/{TREE}", f"submitted/bob/{TREE}"], "ann bob", None),
        (["gradebook.csv", f"subs/{LEE}", f"subs/{BO}"], "doejane_123 leebo_77", ["gradebook.csv"]),
        (["notes.txt", LEE, BO], "doejane_123 leebo_77", ["notes.txt"]),
        (["Grades.csv", f"subs/Ann_1{MOODLE}/x.ipynb", f"subs/Bob_2{MOODLE}/x.ipynb"], "Ann_1 Bob_2", None),
        ([f"submitted/ann/{TREE}"], "ann", []),
        (["c/06_optimizers.ipynb", f"c/ann/{TREE}", f"c/bob/{TREE}"], "06_optimizers ann bob", []),
        (["ann/Copy of 06_optimizers.ipynb", "ann/scratch.ipynb"], "ann", ["ann/scratch.ipynb"]),
        (["ann/06_optimizers.ipynb", "ann/05_activations.ipynb", "ann/a.ipynb", "ann/b.ipynb"], "ann", None),
        (["c/student (1).ipynb", "c/student (2).ipynb"], "student (1),student (2)", []),
        (
            ["c/06_optimizers_ann.ipynb", "c/06_optimizers_bob.ipynb"],
            "06_optimizers_ann 06_optimizers_bob",
            [],
        ),
    ],
)
def test_a_class_is_told_from_one_students_folder(intake, files, rows, left):
    """A list of names beside the folder changes nothing; most notebooks called like sessions are one's."""
    for archive in (False, True):
        students, aside, _ = intake(dict.fromkeys(files, b"mine"), archive)
        assert list(students) == rows.split("," if "," in rows else " ")
        assert set(students.values()) == {"mine"} and (left is None or list(aside) == left)


def test_a_row_called_like_a_session_says_so(intake):
    """One student's folder, handed over as if it were the class, is told by its row; a single file is not."""
    for names, said in ((("06_optimizers", "scratch"), ["whose is it?", ""]), (("06_optimizers",), [""])):
        _, _, taken = intake({f"{name}.ipynb": b"mine" for name in names}, archive=True)
        for submission, words in zip(taken.submissions, said, strict=True):
            assert words in submission.note and bool(words) == bool(submission.note)
