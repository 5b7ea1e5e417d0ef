"""A notebook that is read, and one that is written: which of them counts as changed."""

DIRTY = ".lm-TabBar-tab.jp-mod-dirty"


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


def test_a_cell_that_ran_is_a_change(notebook, lab):
    """Its output and its number are new: they are there to be saved."""
    name = lab.write("ran.ipynb", "1 + 1")
    notebook.open(name)
    notebook.run_all()
    notebook.page.wait_for_selector(DIRTY, state="attached")
