"""A student's folder: laid out, brought up to date, and nothing that the student wrote is lost."""

import json
import posixpath
import re
import shutil
import sys
import zipfile

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from course.cli import main
from course.errors import NotebookError, UsageError
from course.lab.progress import count, read_all
from course.notebooks.build import build
from course.notebooks.document import read_notebook, to_text, write_notebook
from course.notebooks.execute import execute
from course.notebooks.handout import FROM_CHECKOUT, LINK, handout_of, release_of
from course.notebooks.laying_out import find_laid_out, give_away, lay_out, read_record, unpacked
from course.notebooks.new import new_session
from course.notebooks.workbook import find_workbook

EXERCISE, LECTURE = "exercises/01_test.ipynb", "lectures/01_test.ipynb"
SOLVED = "def double(x):\n    return x + x"


def edit(path, change):
    """Change a notebook as a person does; returns the file's bytes."""
    notebook = read_notebook(path)
    change({cell.id: cell for cell in notebook.cells}, notebook.cells)
    write_notebook(notebook, path)
    return path.read_bytes()


def says_how_to_install(cells, _):
    cells["title"].source += f"\n\n{FROM_CHECKOUT}"


def solve(cells, _):
    cells["double-answer"].source = SOLVED


def other_text(cells, _):
    cells["double-text"].source += "\n\nThis sentence is new."


@pytest.fixture
def folder(workbook, tmp_path_factory):
    """What a student has after `course start`."""
    folder = tmp_path_factory.mktemp("student") / "mine"
    lay_out(handout_of(workbook.root), folder)
    return folder


def test_a_handout_holds_no_answer(workbook, tmp_path):
    """An exercise that somebody solved in its place is cut anew; without its solution it is refused."""
    fresh = handout_of(workbook.root).files[EXERCISE]
    edit(workbook.path("exercises", "01_test"), solve)
    assert handout_of(workbook.root).files[EXERCISE] == fresh and b"return x + x" not in fresh
    shutil.rmtree(workbook.root / "solutions")
    with pytest.raises(NotebookError, match=r"01_test\.ipynb: somebody wrote into it"):
        handout_of(workbook.root)
    with pytest.raises(UsageError, match="there are no notebooks in its exercises/"):
        handout_of(workbook.root / "course")


def test_the_links_of_the_course_lead_somewhere():
    """In the folder that a student gets, each relative link of a notebook or page leads to a file."""
    files = handout_of(find_workbook().root).files
    assert len(files) > 20 and not [name for name in files if "solution" in name]
    for name, content in files.items():
        if name.endswith((".ipynb", ".md")):
            for link in LINK.findall(content.decode("utf-8")):
                target = posixpath.normpath(posixpath.join(posixpath.dirname(name), link.rstrip("\\")))
                if target.endswith((".ipynb", ".md", ".jpg", ".png")) and "://" not in link:
                    assert target in files, f"{name} links to {link}"


def test_a_newer_release_leaves_what_a_student_wrote(workbook, folder):
    """The answered exercise keeps its bytes; the new one stands beside it, and its changes are named."""
    mine = edit(folder / EXERCISE, solve)
    edit(workbook.path("solutions", "01_test"), other_text)
    done = lay_out(handout_of(workbook.root), folder, update=True)
    assert (folder / EXERCISE).read_bytes() == mine and done.renewed == [] and done.new == []
    assert done.kept == [
        f"{EXERCISE} stays as you wrote it, with your answers (double); the newer one stands beside it: "
        "01_test.new.ipynb; it changes double"
    ]
    assert (folder / "exercises" / "01_test.new.ipynb").read_bytes() == handout_of(workbook.root).files[
        EXERCISE
    ]
    again = lay_out(handout_of(workbook.root), folder, update=True)
    assert again.kept == again.new == again.renewed == [], "said once"
    assert [item.session for item in read_all(folder)] == ["01_test"], "and it is no session of its own"


def test_writing_in_the_new_file_is_kept_too(workbook, folder):
    """A third release goes beside both; a student who takes the new file over is asked nothing more."""
    edit(folder / EXERCISE, solve)
    for number in (1, 2):
        edit(workbook.path("solutions", "01_test"), other_text)
        lay_out(handout_of(workbook.root), folder, update=True)
        if number == 1:
            theirs = edit(folder / "exercises" / "01_test.new.ipynb", solve)
    assert (folder / "exercises" / "01_test.new.ipynb").read_bytes() == theirs
    newest = folder / "exercises" / "01_test.new-2.ipynb"
    assert newest.read_bytes() == handout_of(workbook.root).files[EXERCISE]
    newest.replace(folder / EXERCISE)
    edit(workbook.path("solutions", "01_test"), other_text)
    assert lay_out(handout_of(workbook.root), folder, update=True).renewed == [EXERCISE]


def run(cells, _):
    """What running a notebook leaves in it."""
    cells["set-up"].outputs, cells["set-up"].execution_count = [new_output("stream", text="1")], 1


def add_a_cell(_, cells):
    cells.append(new_code_cell("1 + 1"))


@pytest.mark.parametrize(
    ("theirs", "stays"),
    [(None, False), (run, False), (add_a_cell, True)],
    ids=["untouched", "only run", "with a cell of the student's"],
)
def test_a_lecture_is_renewed_unless_somebody_wrote_into_it(workbook, folder, theirs, stays):
    """Outputs are not writing; a cell of one's own is."""
    mine = edit(folder / LECTURE, theirs) if theirs else None
    edit(workbook.path("lectures", "01_test"), lambda cells, all: all.append(new_markdown_cell("New.")))
    done = lay_out(handout_of(workbook.root), folder, update=True)
    assert (done.renewed == [LECTURE], len(done.kept)) == (not stays, int(stays))
    assert ((folder / LECTURE).read_bytes() == mine) == stays


def test_what_was_only_run_stays_while_nothing_is_new(workbook, folder):
    """Without news no file is touched, not even one whose outputs are the student's own."""
    edit(folder / LECTURE, run)
    edit(folder / EXERCISE, run)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = lay_out(handout_of(workbook.root), folder, update=True)
    assert done.new == done.renewed == done.kept == []
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_files_of_other_origin_stay(workbook, tmp_path):
    """A folder that is not empty, a broken notebook, a damaged record: what lies there is the student's."""
    folder = tmp_path / "repository"
    (folder / "exercises").mkdir(parents=True)
    (folder / EXERCISE).write_text("no notebook", "utf-8")
    done = lay_out(handout_of(workbook.root), folder)
    assert (folder / EXERCISE).read_text("utf-8") == "no notebook" and done.new == [LECTURE]
    assert done.kept == [
        f"{EXERCISE} stays as you wrote it; the newer one stands beside it: 01_test.new.ipynb"
    ]
    (folder / ".course.json").write_text('{"version": "1", "files": {"a": 1}}', "utf-8")
    assert read_record(folder) == ("", {})
    (folder / LECTURE).write_text("mine", "utf-8")
    lay_out(handout_of(workbook.root), folder)
    assert (folder / LECTURE).read_text("utf-8") == "mine"


def test_what_is_deleted_comes_back(workbook, folder):
    """And a session that is new comes too."""
    (folder / LECTURE).unlink()
    new_session(workbook, "02_more")
    done = lay_out(handout_of(workbook.root), folder, update=True)
    assert done.new == ["exercises/02_more.ipynb", "lectures/01_test.ipynb", "lectures/02_more.ipynb"]


def test_slips_are_refused(workbook, folder, tmp_path):
    """Twice without --update, --update without a course, the workbook itself, a file that is no release."""
    handout = handout_of(workbook.root)
    with pytest.raises(UsageError, match="holds the course already; add --update"):
        lay_out(handout, folder)
    with pytest.raises(UsageError, match="holds no course yet; leave --update out"):
        lay_out(handout, tmp_path / "nothing", update=True)
    with pytest.raises(UsageError, match="is a workbook with solutions"):
        lay_out(handout, workbook.root)
    assert find_laid_out(folder / "exercises") == folder
    with pytest.raises(UsageError, match="neither here nor above was a course laid out"):
        find_laid_out(tmp_path)
    (tmp_path / "file").write_text("x", "utf-8")
    with (
        pytest.raises(UsageError, match="is no folder and no zip of course release"),
        unpacked(tmp_path / "file"),
    ):
        pass


def test_a_release_judges_its_own_exercises(built, tmp_path):
    """From a zip of any workbook a student's card says correct: the answers lie beside the notebooks.

    Their first cells name the address that the instructor gave, in place of a checkout's.
    """
    edit(built.path("solutions", "01_test"), says_how_to_install)
    build(built)
    archive = give_away(release_of(built, [], "git+https://HOST/OWNER/NAME"), tmp_path / "out" / "autumn")
    with unpacked(archive) as root:
        handout = handout_of(root)
    lay_out(handout, tmp_path / "student")
    readme = (tmp_path / "student" / "README.md").read_text("utf-8")
    address = "--extra-index-url https://download.pytorch.org/whl/cpu"  # else gigabytes of CUDA come along
    assert f'pip install {address} "git+https://HOST/OWNER/NAME"' in readme and f"({EXERCISE})" in readme
    for name in (EXERCISE, EXERCISE.replace("exercises", "lectures")):
        first = read_notebook(tmp_path / "student" / name).cells[0].source
        assert first.endswith(
            'Run `%pip install "git+https://HOST/OWNER/NAME"` in a cell of its own, then restart the kernel.'
        )
        assert first.count("No module named") == 1
    edit(tmp_path / "student" / EXERCISE, solve)
    run = execute(read_notebook(tmp_path / "student" / EXERCISE), cwd=tmp_path / "student" / "exercises")
    assert count(run.notebook) == (1, 1, True)


def test_a_release_gives_no_solution_away(built, tmp_path):
    """Neither folder nor zip holds a solution, a mistake or a variant; the same call gives the same bytes."""
    edit(built.path("exercises", "01_test"), solve)
    out = tmp_path / "given"
    archive = give_away(release_of(built, []), out)
    first = archive.read_bytes()
    with zipfile.ZipFile(archive) as zipped:
        names = {name: zipped.read(name).decode("utf-8") for name in zipped.namelist()}
    assert sorted(names) == [
        *("given/.course.json", "given/README.md", "given/exercises/01_test.ipynb"),
        *("given/exercises/public/01_test.json", "given/lectures/01_test.ipynb"),
    ]
    for name in names:
        if name.endswith(".ipynb"):
            assert (
                "@mistake" not in names[name] and "SOLUTION" not in names[name] and SOLVED not in names[name]
            )
    assert give_away(release_of(built, []), out).read_bytes() == first
    edit(out / EXERCISE, solve)
    with pytest.raises(UsageError, match=r"01_test\.ipynb is not as course release wrote it"):
        give_away(release_of(built, []), out)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="holds something else than a release"):
        give_away(release_of(built, []), tmp_path / "mine")
    (tmp_path / "new.zip").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match=r"new\.zip is not as course release wrote it"):
        give_away(release_of(built, []), tmp_path / "new")


def test_the_commands_say_what_they_did(workbook, tmp_path, monkeypatch, capsys):
    """start, release, start --update from within the folder, as a person types them."""

    def course(*arguments):
        monkeypatch.setattr("sys.argv", ["course", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code, capsys.readouterr()

    monkeypatch.chdir(workbook.root)
    code, said = course("release", "01_test", "-o", tmp_path / "r")
    assert code in (0, None)
    with zipfile.ZipFile(tmp_path / "r.zip") as archive:
        count = len(archive.namelist())
    assert count == sum(path.is_file() for path in (tmp_path / "r").rglob("*"))
    assert f"{count} files in {tmp_path / 'r'}\n" in said.out
    mine = tmp_path / "my course"
    code, said = course("start", mine, "--from", tmp_path / "r.zip")
    quoted = f'"{mine}"' if sys.platform == "win32" else f"'{mine}'"
    assert code in (0, None)
    assert said.out.splitlines()[-1] == f"1 session in {mine}; next: cd {quoted} && course lab"
    edit(mine / EXERCISE, solve)
    edit(workbook.path("solutions", "01_test"), other_text)
    assert course("release", "-o", tmp_path / "r")[0] in (0, None)
    assert not list((tmp_path / "r").rglob("*.new.*")), "a release is replaced, not kept"
    monkeypatch.chdir(mine / "exercises")
    code, said = course("start", "--update", "--from", tmp_path / "r.zip")
    assert code in (0, None) and "with your answers (double)" in said.out
    assert said.out.splitlines()[-1].endswith("0 files new, 0 renewed, 1 kept")
    assert course("start")[1].err == "course: name a folder for the course, such as: course start my-course\n"
    assert json.loads(to_text(read_notebook(mine / EXERCISE)))


def says(folder, name):
    """What the last cell of a notebook says."""
    return read_notebook(folder / name).cells[-1].source


def test_a_release_links_to_nothing_that_it_does_not_give_away(workbook, tmp_path):
    """Such a link is its words alone; in a later, larger release it is a link, and makes no second file."""
    new_session(workbook, "02_more")
    text = "Next: [session *2*](02_more.ipynb#a), [as [1]](../lectures/02_more.ipynb), [web](https://a.b/lectures/c.ipynb)"
    for folder in ("lectures", "solutions"):
        edit(
            workbook.path(folder, "01_test"),
            lambda _, cells: cells.append(new_markdown_cell(text, id="next")),
        )
    first = tmp_path / "first"
    lay_out(release_of(workbook, ["01_test"]), first)
    for name in (LECTURE, EXERCISE):
        assert says(first, name) == "Next: session *2*, as [1], [web](https://a.b/lectures/c.ipynb)"
    readme = (first / "README.md").read_text("utf-8")
    assert f"]({EXERCISE}), with its [lecture]({LECTURE})\n" in readme
    commands = re.findall(r"\S*\bcourse (?:lab|start)\b", readme)  # nothing activates the environment
    assert len(commands) == 2 and all("/bin/course " in command for command in commands)
    edit(first / EXERCISE, solve)
    done = lay_out(release_of(workbook, []), first, update=True)
    assert not done.kept and not list(first.rglob("*.new.*")) and says(first, LECTURE) == text
    edit(workbook.path("solutions", "01_test"), other_text)
    assert lay_out(release_of(workbook, []), first, update=True).kept


def test_a_release_of_all_keeps_every_link():
    """Nothing is taken out of a link of the course where all is given away."""
    workbook = find_workbook()
    given = release_of(workbook, []).files
    for name in (name for name in given if name.startswith(("lectures/0", "lectures/1", "docs/"))):
        assert given[name] == (workbook.root / name).read_bytes(), name
