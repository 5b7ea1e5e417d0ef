"""A whole class of attackers through `course grade`: names, spreadsheets and pages that people open."""

import csv
import os
import re
import shutil
import subprocess
import sys

import pytest

pytestmark = pytest.mark.nightly("a class of fifteen by the command line; test_code keeps one of each kind")

NAMES = [
    '=HYPERLINK("http:\\evil","click")',
    "+1+cmd|' '!A0",
    "@SUM(1)",
    "-2+3",
    "x..\\..\\y",
    "<script>alert(1)<",
    "\x1b[2Jcleared",
    "\u202egpj.txt",
    "line\nbreak",
    "nul-ish\u2028",
    "e" * 200,
    "Ünïcödé 김철수",
    "$(touch attack)",
    "--help",
    "a,b;c\td",
]


def test_37_42_43_names_that_are_weapons(watched, tmp_path):
    """Every name is a row, none is a formula, a tag, an escape code or a path; nothing appears elsewhere."""
    honest = watched.submissions / "honest.ipynb"
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    for name in NAMES:
        shutil.copy(honest, folder / f"{name}.ipynb")
    before = sorted(tmp_path.iterdir())
    command = [sys.executable, "-m", "course", "grade", "01_attacked", str(folder), "-o", str(out)]
    done = subprocess.run(
        command, cwd=watched.secrets, capture_output=True, text=True, timeout=300, env=os.environ
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "\x1b[2J" not in done.stdout + done.stderr and "\u202e" not in done.stdout

    with open(out / "gradebook.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(NAMES)
    for row in rows:
        assert row["points"] == "3", row
        assert not re.match(r"[=+\-@\t\r]", row["student"]), row["student"]
        assert not re.search(r"[\x00-\x1f\u2028\u202e]", row["student"])
    report = (out / "report.html").read_text("utf-8")
    assert report.lower().count("<script") == 1, "the page's own, which its policy names by its hash"
    assert "alert(1)&lt;" in report
    assert sorted(tmp_path.iterdir()) == sorted([*before, out])
    assert len(list((out / "feedback").glob("*.html"))) == len(NAMES)
    assert not list(watched.secrets.rglob("attack"))
