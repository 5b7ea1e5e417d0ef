"""A notebook that is read, and one that is written: which of them counts as changed."""

import pytest

DIRTY = ".lm-TabBar-tab.jp-mod-dirty"


@pytest.mark.nightly("a browser; an exercise that is solved stands for it by day")
def test_a_notebook_that_was_only_read_is_not_changed(notebook, lab):
    """With its kernel running and every cell seen, nothing asks to be saved; one typed letter does."""
    name = lab.write("read.ipynb", "1 + 1", "2 + 2")
    page = notebook.open(name).page
    page.wait_for_function(
        "() => document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'"
    )
    page.wait_for_timeout(2_000)  # what the kernel says of itself has arrived
    assert page.locator(DIRTY).count() == 0
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.type("3")
    page.wait_for_selector(DIRTY, state="attached")


@pytest.mark.nightly("a browser; an exercise that is solved stands for it by day")
def test_text_has_a_width_that_reads_well(notebook, lab):
    """At 1440 pixels a line of text has at most 100 letters; tables and code keep the whole width."""
    name = lab.write("wide.ipynb", "x = 1")
    words = "The gradient says which way is down, and not how far to go. " * 8
    lab.prepend(name, f"{words}\n\n| {words[:180]} | b |\n|---|---|\n| 1 | 2 |")
    page = notebook.page
    page.set_viewport_size({"width": 1440, "height": 900})
    notebook.open(name)
    text = page.locator(".jp-MarkdownOutput p").first
    lines = "p => p.offsetHeight / parseFloat(getComputedStyle(p).lineHeight)"
    assert 60 <= len(words) / text.evaluate(lines) <= 100
    widths = [page.locator(f".jp-Notebook {what}").first.bounding_box()["width"] for what in ("p", "table")]
    assert widths[1] > widths[0] + 100


@pytest.mark.nightly("a browser; an exercise that is solved stands for it by day")
def test_code_fits_a_small_screen(notebook):
    """At 1024 pixels, beside the file browser, long lines are broken: no code has to be scrolled."""
    page = notebook.page
    page.set_viewport_size({"width": 1024, "height": 700})
    notebook.open("lectures/10_cnn_architectures.ipynb")
    page.wait_for_selector(".jp-CodeCell .cm-scroller")
    cut = "all => all.filter(code => code.scrollWidth > code.clientWidth + 1).map(code => code.innerText)"
    assert page.locator(".jp-CodeCell .cm-scroller").count() > 5
    assert page.eval_on_selector_all(".jp-CodeCell .cm-scroller", cut) == []


@pytest.mark.nightly("a browser; an exercise that is solved stands for it by day")
def test_a_cell_that_ran_is_a_change(notebook, lab):
    """Its output and its number are new: they are there to be saved."""
    name = lab.write("ran.ipynb", "1 + 1")
    notebook.open(name)
    notebook.run_all()
    notebook.page.wait_for_selector(DIRTY, state="attached")
