"""A description shows itself as its table, wherever text is shown."""

from course.models import describe, lenet5_modern


def test_its_text_is_its_table():
    """What a terminal and a notebook without HTML show has a line a layer and no Python."""
    description = describe(lenet5_modern(), (1, 28, 28))
    assert repr(description) == str(description)
    lines = repr(description).splitlines()
    assert lines[0] == f"{description.name}, one image of 1×28×28"
    assert all(any(line.startswith(row.layer) for line in lines) for row in description.rows)
    assert "Row(" not in repr(description)
