"""The small book in Chromium, on a laptop and on a phone: what it draws, loads and finds."""

import pytest

pytestmark = pytest.mark.nightly("a browser; test_site reads the same pages by day")


@pytest.mark.parametrize("width", [1300, 390])
def test_chromium_draws_formulas_offline(site, browser, width):
    """Formulas are drawn, nothing is asked of the network, no errors, no sideways scrolling."""
    asked, errors = [], []
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((site / "lectures/04_backpropagation.html").as_uri())
    page.wait_for_function("document.querySelectorAll('mjx-container mjx-math').length > 50")
    assert page.evaluate(
        "[...document.fonts].some(font => font.family === 'MJXTEX' && font.status === 'loaded')"
    )
    assert page.locator("mjx-assistive-mml math").count() > 50, "what a screen reader reads"
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert errors == []


def bytes_loaded(page, address, formulas):
    """Of all that a page asks for until it is drawn, by address."""
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address, wait_until="networkidle")
    if formulas:
        page.wait_for_selector("mjx-container mjx-math")
        page.wait_for_function("document.fonts.status === 'loaded'")
    return {answer.url.split("?")[0]: len(answer.body()) for answer in answers if answer.ok}


def test_a_page_loads_less_than_a_megabyte(served, browser):
    """Without pictures: the first page, and a lecture besides MathJax, which comes only with a formula."""
    for name, formulas in (("index.html", False), ("lectures/06_optimizers.html", True)):
        page = browser.new_page()
        sizes = bytes_loaded(page, f"{served}/{name}", formulas)
        page.close()
        mathjax = sum(size for path, size in sizes.items() if "/mathjax/" in path)
        pictures = sum(size for path, size in sizes.items() if path.endswith(".png"))
        assert sum(sizes.values()) - mathjax - pictures < 1_000_000, sizes
        assert (500_000 < mathjax < 1_000_000) if formulas else mathjax == 0
        fonts = {path.split("/")[-1] for path in sizes if path.endswith((".woff", ".woff2"))}
        assert not fonts if not formulas else all(font.startswith("MathJax_") for font in fonts)
        assert not [path for path in sizes if path.endswith("searchindex.js")], "the search page's own"


def test_search_finds_prose_without_latex(served, browser):
    """Excerpts of pages full of formulas hold no backslash; their signs are there as letters."""
    page = browser.new_page()
    page.goto(f"{served}/search.html?q=learning+rate")
    page.wait_for_function("document.querySelectorAll('#search-results .context').length >= 3")
    found = page.locator("#search-results .context").all_inner_texts()
    assert not [text for text in found if "\\" in text]
    page.goto(f"{served}/search.html?q=notation")
    page.wait_for_selector("#search-results .context:has-text('η')")
    page.close()


def test_on_a_phone_code_is_broken_behind_its_indent(served, browser):
    """No line of code runs out of a screen of 390 pixels; what goes on stands right of its beginning."""
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(f"{served}/lectures/04_backpropagation.html")
    wide = """[...document.querySelectorAll(".cell_input pre")].filter(
        (code) => code.scrollWidth > code.clientWidth + 1).map((code) => code.innerText)"""
    assert page.evaluate(wide) == []
    starts = """[...document.querySelectorAll(".cell_input .line")].map((line) => {
        const range = document.createRange();
        range.selectNodeContents(line);
        const boxes = [...range.getClientRects()].filter((box) => box.width > 1);
        const first = boxes.filter((box) => box.top < boxes[0].bottom - 2);
        const next = boxes.filter((box) => box.top >= boxes[0].bottom - 2);
        return [first, next].map((row) => Math.min(...row.map((box) => box.left)));
    }).filter((lefts) => lefts.every(Number.isFinite))"""
    broken = page.evaluate(starts)
    assert len(broken) > 10 and all(later > first + 5 for first, later in broken), broken
    page.close()


def test_in_the_dark_a_picture_has_no_frame(site, browser):
    """The theme's pale border around pictures is gone; the picture itself stays as it was drawn."""
    page = browser.new_page(color_scheme="dark")
    page.goto((site / "lectures/06_optimizers.html").as_uri())
    look = "image => [getComputedStyle(image).padding, document.documentElement.dataset.theme]"
    assert page.locator(".cell_output img").first.evaluate(look) == ["0px", "dark"]
    page.close()


def test_on_a_phone_columns_keep_their_lines_and_the_keyboard_reaches_wide_tables(site, browser):
    """Printed columns scroll, a sentence is broken; each table that scrolls can have the focus."""
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto((site / "lectures/04_backpropagation.html").as_uri())
    space = "element => getComputedStyle(element).whiteSpace"
    assert page.locator(".output.aligned pre").last.evaluate(space) == "pre"
    assert page.locator(".output.stream:not(.aligned) pre").last.evaluate(space) == "pre-wrap"
    assert page.locator(".bd-article table").count() > 10
    out_of_reach = """[...document.querySelectorAll(
        ".bd-article :is(table, pre, mjx-container[display=true])")].filter(
        (box) => box.scrollWidth > box.clientWidth && box.tabIndex < 0).length"""
    page.wait_for_selector("mjx-container[display=true][tabindex='0']")
    assert page.evaluate(out_of_reach) == 0
    page.close()
