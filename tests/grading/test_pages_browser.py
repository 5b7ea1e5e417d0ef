"""In a real browser: nothing that a student wrote runs, and nothing is loaded."""

from course.grading.report.pages import write_feedback, write_report
from course.grading.result import BROKEN, GRADED, Result
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
