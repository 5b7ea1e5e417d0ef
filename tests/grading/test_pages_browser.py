"""In a real browser: nothing that a student wrote runs, and nothing is loaded."""

import pytest

from course.grading.report.class_report import write_report
from course.grading.report.pages import write_feedback
from course.grading.result import BROKEN, FAILED, GRADED, Result
from course.questions.judge import CORRECT, ERROR, MISTAKE, WRONG, Verdict

EVIL = (
    "</title></style></code><script>document.documentElement.dataset.ran = 1</script>"
    "<img src=x onerror=\"document.documentElement.dataset.ran = 1\"><svg onload='alert(1)'>"
    "<a href=javascript:alert(1)>x</a><iframe src=data:text/html,x></iframe>"
)
RIGHT = Verdict(CORRECT)
POLICY = '<meta http-equiv="Content-Security-Policy"'


def visit(browser, path):
    """Open a page: did a script run, what else was asked for, how wide is it, what does it say?"""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    asked, dialogs = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(path.as_uri())
    page.wait_for_timeout(200)
    ran = page.evaluate("document.documentElement.dataset.ran") is not None or bool(dialogs)
    wide = page.evaluate("document.documentElement.scrollWidth")
    text = page.inner_text("body")
    page.close()
    return (
        ran,
        [url for url in asked if url != path.as_uri() and not url.startswith("data:image/png")],
        wide,
        text,
    )


def class_of_evil(task):
    """Names, errors, lines, reasons: all hold the same text, and one very long word."""
    error = Verdict(ERROR, f"ValueError: {EVIL}, in the line: {EVIL}")
    return [
        Result(EVIL, GRADED, EVIL, {"double": error, "half": Verdict(WRONG, EVIL)}),
        Result("W" * 300, BROKEN, "W" * 300, {"double": error, "half": Verdict(WRONG, "W" * 1000)}),
        Result(
            "ann", GRADED, "", {"double": Verdict(MISTAKE, "", "You add & add.", 1), "half": Verdict(CORRECT)}
        ),
    ]


def test_nothing_of_a_student_runs(task, browser, tmp_path):
    """Feedback and report show the text, run nothing, load nothing, and fit on a desktop's screen."""
    results = class_of_evil(task)
    for result in results:
        write_feedback(task, result, tmp_path / "page.html")
        ran, asked, wide, text = visit(browser, tmp_path / "page.html")
        assert not ran and asked == [] and wide <= 1280
        assert "<script>" in text or result.student != EVIL
    write_report(task, results, tmp_path / "page.html")
    ran, asked, wide, text = visit(browser, tmp_path / "page.html")
    assert not ran and asked == [] and wide <= 1280 and "<script>" in text


def test_the_policy_is_a_second_wall(task, browser, tmp_path):
    """If escaping ever failed, the page's policy would still run nothing; without both, the attack works."""
    write_feedback(task, Result("EVIL", GRADED, "EVIL", {}), tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8").replace("EVIL</h1>", f"EVIL</h1>{EVIL}")
    (tmp_path / "page.html").write_text(text, "utf-8")
    assert not visit(browser, tmp_path / "page.html")[0]
    (tmp_path / "page.html").write_text(text.replace(POLICY, "<meta name='nothing'"), "utf-8")
    assert visit(browser, tmp_path / "page.html")[0]


def a_class(task):
    """Five students with names that are long in one word, and one who is late."""
    names = {
        "deleted_question": "rw",
        "Anna Maria Schmidt-Oberländer_1003": "rr",
        "Zoë": "ww",
        "momentum_mistake_5": "wr",
        "abe": "rr",
    }
    verdicts = {"r": Verdict(CORRECT), "w": Verdict(WRONG, "no")}
    results = [
        Result(name, GRADED, "", {"double": verdicts[double], "half": verdicts[half]})
        for name, (double, half) in names.items()
    ]
    results[2].days_late = 1.0
    return [*results, Result("none", FAILED, "disk full")]


def names_shown(page):
    return page.eval_on_selector_all(
        "#students tbody tr:not([hidden]) td:first-child > a", "all => all.map(link => link.textContent)"
    )


def open_report(task, browser, tmp_path, **options):
    write_report(task, a_class(task), tmp_path / "report.html")
    page = browser.new_page(**options)
    page.goto((tmp_path / "report.html").as_uri())
    return page


def test_the_table_sorts_searches_and_filters(task, browser, tmp_path):
    """Sorted by a click, numbers as numbers and no score last; searched by name; filtered by what is open."""
    page = open_report(task, browser, tmp_path)
    assert page.inner_text("#shown") == "6 of 6"
    page.click("#students th:has-text('points') button")
    assert names_shown(page)[0] == "Zoë" and names_shown(page)[-1] == "none"
    page.click("#students th:has-text('points') button")
    assert (
        set(names_shown(page)[:2]) == {"Anna Maria Schmidt-Oberländer_1003", "abe"}
        and names_shown(page)[-1] == "none"
    )
    assert page.get_attribute("#students th:has-text('points')", "aria-sort") == "descending"
    page.fill("#search", "MENTUM")
    assert names_shown(page) == ["momentum_mistake_5"] and page.inner_text("#shown") == "1 of 6"
    page.fill("#search", "")
    page.select_option("#only", "open:half")
    assert set(names_shown(page)) == {"deleted_question", "Zoë", "none"}
    page.select_option("#only", "late")
    assert names_shown(page) == ["Zoë"]
    page.close()


def test_the_report_works_without_its_script(task, browser, tmp_path):
    """All rows, and no controls that do nothing."""
    page = open_report(task, browser, tmp_path, java_script_enabled=False)
    assert page.locator("#students tbody tr").count() == 6 and page.locator("button").count() == 0
    assert not page.is_visible("#controls")
    page.close()


@pytest.mark.nightly("draws a page once more; the same pages are opened by day", early=True)
def test_names_are_whole_on_a_desk_and_on_a_phone(task, browser, tmp_path):
    """No name is broken inside a word, and the page is as wide as the screen."""
    for width in (1440, 1024, 390):
        page = open_report(task, browser, tmp_path, viewport={"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        lines = page.eval_on_selector_all(
            "#students td:first-child > a", "all => all.map(link => link.getClientRects().length)"
        )
        assert lines == [1] * 6, width
        beyond = page.eval_on_selector_all(
            "#students td:first-child > a", """all => all.filter(link => link.getBoundingClientRect().right
            > link.parentElement.getBoundingClientRect().right).map(link => link.textContent)"""
        )  # fmt: skip
        assert beyond == [], width
        page.close()


@pytest.mark.nightly("draws a page once more; the same pages are opened by day", early=True)
def test_the_report_on_paper(task, browser, tmp_path):
    """Printed, it has every student, and no controls."""
    page = open_report(task, browser, tmp_path)
    page.emulate_media(media="print")
    assert not page.is_visible("#controls") and page.is_visible("#students >> text=deleted_question")
    assert len(page.pdf(format="A4")) > 10_000
    page.close()
