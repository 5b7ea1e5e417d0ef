"""The command itself, on one question of the course."""

import json


def test_the_command_prints_a_table_and_writes_its_figures(course, tmp_path):
    """A sample of one question: nothing survives, and the file has its numbers."""
    figures = tmp_path / "figures.json"
    code, out, _ = course(
        *("check", "--mutants", "01", "--question", "accuracy", "--sample", "3", "--write", str(figures))
    )
    assert code == 0 and "accuracy" in out and "all is well" in out
    assert "accuracy" in json.dumps(json.loads(figures.read_text()))
