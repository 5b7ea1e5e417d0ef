"""An executed notebook is made safe to open: text and pictures, and nothing that runs or loads."""

import base64
import io
import re
import struct

import matplotlib.pyplot as plt
import pytest
from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course.grading.record.final_grades import Row
from course.grading.report.clusters import student_code
from course.grading.report.notebook_view import LONGEST, clean_lines, view
from course.grading.report.review_page import write_review
from course.grading.result import GRADED, Adjustment, Result
from course.notebooks.document import to_text
from course.questions.judge import CORRECT, WRONG, Verdict

EVIL = "</pre></title><script>document.documentElement.dataset.ran = 1</script><img src=x onerror=alert(1)>"


def png(width=2, height=2):
    """A picture as matplotlib draws one; with other numbers for its size, one that claims to be larger."""
    figure, out = plt.figure(figsize=(1, 1)), io.BytesIO()
    figure.savefig(out, format="png")
    plt.close(figure)
    raw = out.getvalue()
    return base64.b64encode(raw[:16] + struct.pack(">II", width, height) + raw[24:]).decode()


def shown(**data):
    """What the page has of an output with these MIME types."""
    data = {name.replace("_", "/", 1): value for name, value in data.items()}
    cell = new_code_cell(
        "1", outputs=[from_dict({"output_type": "display_data", "data": data, "metadata": {}})]
    )
    [cell] = view(new_notebook(cells=[cell]))
    return cell.outputs


def test_text_wins_over_html_and_svg():
    """What may hold a script or a link to elsewhere is left out; the text beside it stands there."""
    [output] = shown(text_html="<iframe src=//evil>", text_plain="a table")
    assert (output.text, output.png) == ("a table", "")
    [output] = shown(**{"image_svg+xml": "<svg onload=alert(1)>"})
    assert output.text == "(image/svg+xml: not shown here)"


@pytest.mark.parametrize("size", [(100_000, 100_000), (0, 5)])
def test_a_picture_that_would_fill_the_memory_is_not_opened(size):
    """A PNG's head says how large it unfolds."""
    assert shown(image_png=png(*size), text_plain="a bomb")[0].text == "a bomb"
    assert shown(image_png=png() + "\n")[0].png == png()


@pytest.mark.parametrize(
    "rubbish", ['x" onerror="alert(1)', "AAAA", base64.b64encode(b"GIF89a..").decode(), ""]
)
def test_what_is_no_png_is_no_picture(rubbish):
    """Nothing but base64 gets into the page's source of a picture."""
    assert shown(image_png=rubbish, text_plain="p")[0].text == "p"


def test_terminal_colours_and_progress_bars_become_text():
    """The last state of a progress bar; no escape, no text-direction trick."""
    assert clean_lines("\x1b[31mred\x1b[0m\n10 %\r100 %\ntab\tx\x07\u202e") == "red\n100 %\ntab x"


def test_a_carriage_return_hides_no_code():
    """For Python it ends a line, so what stands before it runs, and is shown."""
    source = "import torch.optim\rx = 1\r\ny = 2"
    names: dict = {}
    exec(source.replace("torch.optim", "json"), names)
    assert "json" in names and names["x"] == 1
    cell = new_code_cell(source, metadata={"tags": ["student"]})
    assert view(new_notebook(cells=[cell]))[0].source == "import torch.optim\nx = 1\ny = 2"
    assert student_code(new_notebook(cells=[cell])) == {"": "import torch.optim\nx = 1\ny = 2"}


def test_a_long_output_is_cut():
    """And says by how much."""
    [output] = view(
        new_notebook(cells=[new_code_cell("1", outputs=[new_output("stream", text="x" * (LONGEST + 5))])])
    )[0].outputs
    assert output.text.endswith("x\n… 5 characters more")


def a_notebook(task):
    """The released exercise, run, with an attack in each place."""
    notebook = task.released.copy()
    notebook.cells = [cell.copy() for cell in notebook.cells]
    notebook.cells += [new_markdown_cell(f"# {EVIL}\n[x](javascript:alert(1)) ![y](http://evil/z.png)")]
    outputs = [
        new_output("stream", text=EVIL),
        new_output("display_data", {"text/html": EVIL, "image/png": png(), "text/plain": EVIL}),
        new_output("error", ename=EVIL, evalue=EVIL, traceback=[EVIL]),
    ]
    cell = new_code_cell(f"x = '{EVIL}'", outputs=outputs, metadata={"tags": ["student"]})
    return new_notebook(cells=[cell, *notebook.cells])


def test_nothing_of_a_notebook_runs(task, browser, tmp_path):
    """In a real browser the page shows the attacks as text, runs none, loads nothing, and fits a phone."""
    result = Result(EVIL, GRADED, EVIL, {"double": Verdict(CORRECT), "half": Verdict(WRONG, EVIL)})
    path = tmp_path / "review.html"
    write_review(task, Row(1, result, "{}", ""), to_text(a_notebook(task)), {"double": EVIL}, path)
    page = browser.new_page(viewport={"width": 390, "height": 800})
    asked, dialogs = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.dataset.ran") is None and not dialogs
    assert [url for url in asked if not url.startswith("data:image/png;base64,")] == [path.as_uri()]
    assert page.locator("img").count() == 1 and page.locator("script, iframe, svg").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.inner_text("body").count("<script>") >= 7
    page.close()


def test_the_verdict_stands_where_the_kernel_could_not_know_it(task, tmp_path):
    """A question cell of the course shows the points; what a student prints stays as it is."""
    says = "the answer is handed in as it is; this notebook cannot say whether it is right"
    notebook = task.released.copy()
    notebook.cells = [cell.copy() for cell in notebook.cells]
    for cell in notebook.cells:
        if cell.id in ("double-question", "half-answer"):
            card = f"· double · answered\n  {says}"
            cell.outputs = [new_output("display_data", {"text/plain": card})]
        if cell.id == "half-answer":
            cell.metadata = from_dict({"tags": ["student"]})
    result = Result("ann", GRADED, "", {"double": Verdict(WRONG, "no"), "half": Verdict(CORRECT)})
    path = tmp_path / "review.html"
    write_review(task, Row(1, result, "{}", ""), to_text(notebook), {}, path)
    page = path.read_text("utf-8")
    assert '<pre class="output">✗ double · 0 of 2 · not right yet</pre>' in page
    assert page.count(says) == 1, "the student's own output"


def test_what_no_longer_counts_is_not_bold(task, tmp_path):
    """A change that was taken back stands there in grey; the one in force in bold."""
    steps = [("add", 9, "a slip"), ("set", None, "as it was"), ("add", 1, "neat")]
    changes = [Adjustment("2026-11-24", "double", *step) for step in steps]
    changes.append(Adjustment("2026-11-24", "late", "set", 2, "the bus"))
    result = Result("ann", GRADED, "", {"double": Verdict(WRONG, "no"), "half": Verdict(CORRECT)})
    result.adjustments = tuple(changes)
    path = tmp_path / "review.html"
    write_review(task, Row(1, result, "{}", ""), None, {}, path)
    page = path.read_text("utf-8")
    bold = re.findall("<p><b>(.*?)</b></p>", page)
    assert bold == ["days late = 2 (the bus)", "double + 1 (neat)"]
    assert '<p class="quiet">double + 9 (a slip) · no longer counts</p>' in page
    assert '<p class="quiet">double as graded (as it was)</p>' in page
