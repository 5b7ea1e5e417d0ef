"""Zips of Moodle and Canvas become a folder that `course grade` reads; a hostile zip, a table of reasons."""

import csv
import os
import stat
import zipfile
from datetime import datetime

import pytest

from course.errors import UsageError
from course.grading.exchange import unzip
from course.grading.exchange.collect import collect, parse_upload, write_collection
from course.grading.exchange.intake import find_submissions
from course.grading.exchange.moodle import parse_date, read_worksheet
from course.grading.exchange.platform import safe_name

SESSION = "06_optimizers"
MOODLE = "_assignsubmission_file_"


def make_zip(path, files, deflated=True):
    """A zip of {name or ZipInfo: bytes}, or of a list of such pairs."""
    kind = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, content in files.items() if isinstance(files, dict) else files:
            archive.writestr(name, content)
    return path


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def collected(tmp_path, files, **options):
    """Collect a zip into a folder: students with their bytes, rows by student, reasons by path."""
    out = tmp_path / "out"
    collection = collect(make_zip(tmp_path / "hand-ins.zip", files), SESSION, **options)
    write_collection(collection, SESSION, out)
    students = {path.stem: path.read_bytes() for path in out.glob("*.ipynb")}
    rows = {row["student"]: row for row in table(out / "collected.csv")}
    aside = {row["file"]: row["why"] for row in table(out / "left_aside.csv")}
    empty = {path.name for path in out.iterdir() if path.is_dir()}
    assert empty == {student for student, row in rows.items() if row["files"] == "0"}
    assert set(rows) == set(students) | empty
    assert {path.name for path in out.iterdir()} == {
        *(f"{student}.ipynb" for student in students),
        *empty,
        "collected.csv",
        "left_aside.csv",
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hand-ins.zip", "out"]
    return students, rows, aside


def test_moodle_in_folders_and_without(tmp_path):
    """Both forms of Moodle's download, names with accents, blanks and underscores, and other files beside."""
    files = {
        f"Zoë Müller-O'Neill_1234567{MOODLE}/06_optimizers.ipynb": b"zoe",
        f"Zoë Müller-O'Neill_1234567{MOODLE}/notes/scratch.ipynb": b"scratch",
        f"Zoë Müller-O'Neill_1234567{MOODLE}/photo.png": b"png",
        f"Jean_Luc Picard_42{MOODLE}my solution.ipynb": b"picard",
        f"李 明_7{MOODLE[:-1]}/work.ipynb": b"li",
        "Group 3-Ann Lee_8_assignsubmission_file_/06_optimizers (2).ipynb": b"ann",
        "Group 3-Ann Lee_8_assignsubmission_file_/06_optimizers.ipynb": b"old",
        "Bob_9_assignsubmission_onlinetext_/onlinetext.html": b"<p>done",
    }
    students, rows, aside = collected(tmp_path, files)
    assert students == {
        "Zoë Müller-O'Neill_1234567": b"zoe",
        "Jean_Luc Picard_42": b"picard",
        "李 明_7": b"li",
        "Group 3-Ann Lee_8": b"ann",
    }
    assert rows["Group 3-Ann Lee_8"]["files"] == "2" and rows["李 明_7"]["late"] == ""
    assert aside[f"Zoë Müller-O'Neill_1234567{MOODLE}/notes/scratch.ipynb"].startswith("another file of this")
    assert aside[f"Zoë Müller-O'Neill_1234567{MOODLE}/photo.png"] == "not a notebook"
    assert aside["Bob_9_assignsubmission_onlinetext_/onlinetext.html"].startswith("text typed into Moodle")
    assert len(aside) == 4
    found = find_submissions(tmp_path / "out", SESSION)
    assert [item.student for item in found] == sorted([*students, "Bob_9"])
    assert rows["Bob_9"] == {"student": "Bob_9", "files": "0"} | dict.fromkeys(
        ("handed_in", "days_late", "late", "file"), ""
    )


def test_canvas_with_late_marks_and_attempts(tmp_path):
    """LATE is a day late; of -1, -2 and the first the last counts; of two names the session's."""
    files = {
        "doejane_LATE_123_4567_06_optimizers-1.ipynb": b"first again",
        "doejane_LATE_123_4570_06_optimizers-2.ipynb": b"second again",
        "doejane_LATE_123_4500_06_optimizers.ipynb": b"first",
        "leebo_77_99_other.ipynb": b"other",
        "leebo_77_98_06_optimizers.ipynb": b"bo",
        "smith_5_10_Untitled-9.ipynb": b"nine",
        "smith_5_11_Untitled-10.ipynb": b"ten",
        "anon_xY3z_4_06_optimizers.ipynb": b"anonymous",
        "kim_6_12_text.html": b"<p>",
    }
    students, rows, aside = collected(tmp_path, files)
    assert students == {
        "doejane_123": b"second again",
        "leebo_77": b"bo",
        "smith_5": b"ten",
        "anon_xY3z": b"anonymous",
    }
    assert (rows["doejane_123"]["late"], rows["doejane_123"]["days_late"]) == ("late", "1")
    assert (rows["leebo_77"]["late"], rows["leebo_77"]["days_late"]) == ("", "")
    assert rows["doejane_123"]["file"] == "doejane_LATE_123_4570_06_optimizers-2.ipynb"
    assert len(aside) == 5


def test_how_late_the_worksheet_says(tmp_path):
    """With Moodle's worksheet and a deadline, begun days count; without a time nothing is known."""
    worksheet = tmp_path / "sheet" / "grades.csv"
    worksheet.parent.mkdir()
    worksheet.write_text(
        "\ufeffIdentifier,Full name,Status,Grade,Last modified (submission)\n"
        'Participant 1,A,Submitted,,"Tuesday, 24 November 2026, 11:59 PM"\n'
        'Participant 2,B,Submitted,,"Wednesday, 25 November 2026, 12:00 AM"\n'
        'Participant 3,C,Submitted,,"Friday, 27 November 2026, 09:30"\n'
        "Participant 4,D,No submission,,-\n",
        "utf-8",
    )
    files = {f"{name}_{n}{MOODLE}/x.ipynb": b"{}" for n, name in enumerate("ABCDE", start=1)}
    due = parse_date("2026-11-24", "--due")
    collection = collect(make_zip(tmp_path / "a.zip", files), SESSION, due=due, worksheet=worksheet)
    assert [(row.late, row.days_late) for row in collection.rows] == [
        (False, 0), (True, 1), (True, 3), (None, 0), (None, 0),
    ]  # fmt: skip
    assert collection.rows[2].handed_in == datetime(2026, 11, 27, 9, 30)
    for text in ("Identifier,Grade\n1,2\n", "", "\0\0"):
        worksheet.write_text(text, "utf-8")
        with pytest.raises(
            UsageError, match=r"has no column '(Identifier|Last modified)|cannot be read|is empty"
        ):
            read_worksheet(worksheet)
    with pytest.raises(UsageError, match="--due: 'soon' must be a date such as 2026-11-24"):
        parse_date("soon", "--due")


def entry(name, mode=0, **attributes):
    info = zipfile.ZipInfo("x")
    info.filename = name
    info.external_attr = mode << 16
    for key, value in attributes.items():
        setattr(info, key, value)
    return info


def test_paths_lead_nowhere(tmp_path):
    """Traversal, absolute paths, drives, links and devices are left aside; nothing is written elsewhere."""
    good = f"Ann_1{MOODLE}/06_optimizers.ipynb"
    hostile = {
        f"../../Eve_2{MOODLE}/x.ipynb": "its path leads out of the zip",
        f"Eve_2{MOODLE}/../../../x.ipynb": "its path leads out of the zip",
        f"/etc/Eve_2{MOODLE}x.ipynb": "its path leads out of the zip",
        f"C:/Eve_2{MOODLE}x.ipynb": "its path leads out of the zip",
        f"..\\Eve_2{MOODLE}\\x.ipynb": "its path leads out of the zip",
        f"__MACOSX/Eve_2{MOODLE}/x.ipynb": "written by a program, not by a person",
        f"Eve_2{MOODLE}/.ipynb_checkpoints/x-checkpoint.ipynb": "written by a program, not by a person",
        f"Eve_2{MOODLE}/all.zip": "an archive in the zip that cannot be read (File is not a zip file)",
        "eve.ipynb": "named neither as Moodle names files nor as Canvas does",
    }
    files = [(good, b"good")] + [(name, b"evil") for name in hostile]
    files.append((entry(f"Eve_2{MOODLE}/link.ipynb", stat.S_IFLNK | 0o777), b"/etc/passwd"))
    files.append((entry(f"Eve_2{MOODLE}/pipe.ipynb", stat.S_IFIFO | 0o777), b""))
    students, _, aside = collected(tmp_path, files)
    assert students == {"Ann_1": b"good"}
    assert aside.pop(f"Eve_2{MOODLE}/link.ipynb") == "a link"
    assert aside.pop(f"Eve_2{MOODLE}/pipe.ipynb") == "not a regular file"
    assert aside == {name.replace("\\", "/"): why for name, why in hostile.items()}


def test_names_are_made_harmless(tmp_path):
    """Control characters, right-to-left marks, separators, formulas; two that differ by case are one."""
    files = [
        (f"Ann\u202egnp\x1b[31m_1{MOODLE}/a.ipynb", b"rtl"),
        (f"=cmd|'!A1_2{MOODLE}/a.ipynb", b"formula"),
        (f"-rf_3{MOODLE}/a.ipynb", b"dash"),
        (f"..._4{MOODLE}/a.ipynb", b"dots"),
        (f"{'x' * 500}_5{MOODLE}/a.ipynb", b"long"),
        (f"BOB_6{MOODLE}/a.ipynb", b"first"),
        (f"bob_6{MOODLE}/a.ipynb", b"second"),
    ]
    students, _, aside = collected(tmp_path, files)
    assert {name: content for name, content in students.items() if "xxx" not in name} == {
        "Ann gnp [31m_1": b"rtl", "cmd_'!A1_2": b"formula", "rf_3": b"dash", "unnamed_4": b"dots",
        "bob_6": b"second",
    }  # fmt: skip
    assert max(len(name) for name in students) == 122
    assert aside == {f"BOB_6{MOODLE}/a.ipynb": "another file of this student counts"}
    assert safe_name("a/b\\c\0d") == "a_b_c d" and safe_name("\u202e") == "unnamed"


@pytest.mark.parametrize("utf8", [True, False])
def test_both_encodings_of_names(tmp_path, utf8):
    """UTF-8 with and without the flag that says so, and the old cp437."""
    zoe, jose = f"Zoë_1{MOODLE}/a.ipynb", f"José_2{MOODLE}/a.ipynb"
    path = make_zip(tmp_path / "a.zip", {zoe: b"zoe", jose: b"jose"})
    raw = path.read_bytes()
    if not utf8:  # the flag is bit 11 of the two bytes at 6 in local headers and at 8 in the directory
        raw = raw.replace(b"PK\x03\x04\x14\x00\x00\x08", b"PK\x03\x04\x14\x00\x00\x00")
        raw = raw.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x08", b"PK\x01\x02\x14\x03\x14\x00\x00\x00")
        raw = raw.replace("José".encode(), "Jos\xe9_".encode("cp437"))  # the same length
    path.write_bytes(raw)
    students = [row.student for row in collect(path, SESSION).rows]
    assert students == (["José_2", "Zoë_1"] if utf8 else ["José__2", "Zoë_1"])


def test_bombs_and_damage(tmp_path, monkeypatch):
    """Too large, suspiciously small, lying, encrypted and damaged files are left aside, the rest is taken."""
    path = tmp_path / "a.zip"
    names = [
        f"{who}_{n}{MOODLE}/a.ipynb" for n, who in enumerate(("ok", "bomb", "huge", "damaged", "locked"))
    ]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(names[0], b"{}")
        archive.writestr(names[1], b"0" * (2 * 2**20))
        archive.writestr(names[2], b"0" * (unzip.FILE_LIMIT + 1))
        archive.writestr(names[3], os.urandom(1000))
        archive.writestr(names[4], b"secret")
        place, locked = archive.getinfo(names[3]).header_offset, archive.getinfo(names[4]).header_offset
    raw = bytearray(path.read_bytes())
    raw[place + 200] ^= 0xFF
    directory = raw.index(names[4].encode(), locked + 40) - 46
    raw[locked + 6] |= 1
    raw[directory + 8] |= 1
    path.write_bytes(raw)
    collection = collect(path, SESSION)
    assert [row.student for row in collection.rows if row.content] == ["ok_0"]
    assert [row.files for row in collection.rows] == [0, 0, 0, 0, 1]
    reasons = dict(collection.aside)
    assert reasons[names[1]] == "unpacks to more than 200 times its packed size"
    assert reasons[names[2]] == "larger than 20 MiB"
    assert reasons[names[3]].startswith("cannot be unpacked (") and reasons[names[4]] == "encrypted"
    monkeypatch.setattr(unzip, "TOTAL_LIMIT", 1)
    with pytest.raises(UsageError, match="unpacks to more than"):
        collect(path, SESSION)


def test_a_lie_about_the_size_is_found(tmp_path):
    """A file that says it has one byte and unpacks to more is left aside."""
    name = f"Eve_2{MOODLE}/a.ipynb"
    path = make_zip(tmp_path / "a.zip", {name: b"0" * 50_000, f"Ann_1{MOODLE}/a.ipynb": b"{}"})
    raw = path.read_bytes().replace((50_000).to_bytes(4, "little"), (1).to_bytes(4, "little"))
    path.write_bytes(raw)
    collection = collect(path, SESSION)
    assert [row.student for row in collection.rows if row.content] == ["Ann_1"]
    assert "Bad CRC-32" in dict(collection.aside)[name]


def test_what_is_no_zip_is_one_line(tmp_path, monkeypatch):
    """Nothing there, text, a truncated zip, an empty one, one of other files, one of too many."""
    file = tmp_path / "a.zip"
    with pytest.raises(UsageError, match="there is no such file"):
        collect(file, SESSION)
    whole = make_zip(file, {f"Ann_1{MOODLE}/a.ipynb": b"{}" * 100}).read_bytes()
    for content in (b"", b"Dear teacher", whole[: len(whole) // 2], b"PK\x05\x06" + b"\xff" * 18):
        file.write_bytes(content)
        with pytest.raises(UsageError, match=r"is no zip that can be read \("):
            collect(file, SESSION)
    for files in ({}, {"a.txt": b""}):
        with pytest.raises(UsageError, match="holds no notebook named as Moodle or Canvas names them"):
            collect(make_zip(file, files), SESSION)
    file.write_bytes(whole)
    monkeypatch.setattr(unzip, "MOST_FILES", 0)
    with pytest.raises(UsageError, match="holds 1 files, at most 0"):
        collect(file, SESSION)


def test_the_folder_is_whole_or_not_there(tmp_path, monkeypatch):
    """When writing stops, nothing is left; a folder in use is refused; a tree can be asked for."""
    collection = collect(make_zip(tmp_path / "a.zip", {f"Ann_1{MOODLE}/a.ipynb": b"{}"}), SESSION)
    with monkeypatch.context() as patch:
        patch.setattr("course.grading.exchange.collect.write_text", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write_collection(collection, SESSION, tmp_path / "out")
    assert os.listdir(tmp_path) == ["a.zip"]
    (tmp_path / "out").mkdir()
    write_collection(collection, SESSION, tmp_path / "out", tree=True)
    assert (tmp_path / "out" / "Ann_1" / SESSION / f"{SESSION}.ipynb").read_bytes() == b"{}"
    for out in (tmp_path / "out", tmp_path / "a.zip"):
        with pytest.raises(UsageError, match="is there already; name a new folder"):
            write_collection(collection, SESSION, out)


def test_names_that_nobody_wrote():
    """What is neither Moodle's nor Canvas's is nobody's."""
    for path in (
        "a.ipynb",
        "ann_1.ipynb",
        "_1_2_",
        "x_assignsubmission_file_/a.ipynb",
        "",
        "/",
        "a" * 10_000,
    ):
        assert parse_upload(path) is None


def test_nobody_is_a_phantom_of_macos(tmp_path):
    """What Finder adds to a zip of Canvas or Moodle is no student (instructure/canvas-lms#224)."""
    files = {
        "submissions/mullerzoe_1000001_55_06_optimizers.ipynb": b"zoe",
        "__MACOSX/submissions/._mullerzoe_1000001_55_06_optimizers.ipynb": b"",
        f"__MACOSX/Ann_1{MOODLE}/._06_optimizers.ipynb": b"",
        f"Ann_1{MOODLE}/06_optimizers.ipynb": b"ann",
        f"Ann_1{MOODLE}/.DS_Store": b"",
    }
    students, _, aside = collected(tmp_path, files)
    assert students == {"Ann_1": b"ann", "mullerzoe_1000001": b"zoe"}
    assert set(aside.values()) == {"written by a program, not by a person"}


@pytest.mark.parametrize("around", ["", "submissions/", "a/b/"])
def test_a_folder_in_place_of_the_zip_and_one_around_it(tmp_path, around):
    """Safari unpacks downloads, Finder packs their folder: the same students come out."""
    files = {
        f"{around}Ann_1{MOODLE}/06_optimizers.ipynb": b"ann",
        f"{around}Bo_2{MOODLE}/all.zip": make_zip(tmp_path / "inner", {"w/x.ipynb": b"bo"}).read_bytes(),
        f"{around}doejane_LATE_123_45_06_optimizers-1.ipynb": b"jane",
    }
    for name, content in files.items():
        path = tmp_path / "unpacked" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for place in (tmp_path / "unpacked", make_zip(tmp_path / "packed.zip", files)):
        rows = {row.student: (row.content, row.late) for row in collect(place, SESSION).rows}
        assert rows == {"Ann_1": (b"ann", None), "Bo_2": (b"bo", None), "doejane_123": (b"jane", True)}


def test_modules_stay_beside_their_notebook(tmp_path):
    """Who handed in helpers gets a folder, which course grade reads; a loose text stays aside."""
    files = {
        f"Ann_1{MOODLE}/06_optimizers.ipynb": b"ann",
        f"Ann_1{MOODLE}/helper.py": b"h = 1",
        f"Ann_1{MOODLE}/other/far.py": b"",
        f"Bo_2{MOODLE}/06_optimizers.ipynb": b"bo",
        "leekim_3_50_06_optimizers.ipynb": b"kim",
        "leekim_3_51_helper.py": b"old",
        "leekim_3_52_helper-1.py": b"new",
    }
    collection = collect(make_zip(tmp_path / "a.zip", files), SESSION)
    write_collection(collection, SESSION, tmp_path / "out")
    assert dict(collection.aside) == {
        f"Ann_1{MOODLE}/other/far.py": "not a notebook",
        "leekim_3_51_helper.py": "not a notebook",
    }
    assert (tmp_path / "out" / "Ann_1" / SESSION / "helper.py").read_bytes() == b"h = 1"
    found = {item.student: list(item.modules) for item in find_submissions(tmp_path / "out", SESSION)}
    assert found == {"Ann_1": ["helper.py"], "Bo_2": [], "leekim_3": ["helper.py"]}
    assert (tmp_path / "out" / "leekim_3" / SESSION / "helper.py").read_bytes() == b"new"
