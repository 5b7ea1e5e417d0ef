"""A small book is built for real: its pages, its first page, its downloads, and what is refused."""

import json
import re
import shutil
from importlib.util import find_spec

import pytest

from course.book.assets import ICONS, MATHJAX
from course.book.front import audience, sentence
from course.book.site import NEEDED, build_book, settings
from course.errors import UsageError
from course.notebooks.workbook import FOLDERS, Workbook, find_workbook

from .conftest import SAID, SESSIONS, moving_picture

pytestmark = [
    pytest.mark.skipif(
        any(find_spec(name) is None for name in NEEDED), reason="the extra `book` is not installed"
    ),
]


def test_order_search_and_downloads(site, copy):
    """Previous and next follow lecture, solution, lecture; search knows words; the download is the file."""
    page = (site / "solutions/04_backpropagation.html").read_text("utf-8")
    assert re.search(r'class="left-prev"\s+href="../lectures/04_backpropagation.html"', page)
    assert re.search(r'class="right-next"\s+href="../lectures/06_optimizers.html"', page)
    found = (site / "searchindex.js").read_text("utf-8")
    assert '"nesterov":' in found and '"numer":' in found  # stems of words
    stored = copy.path("lectures", "04_backpropagation").read_bytes()
    assert (site / "_sources/lectures/04_backpropagation.ipynb").read_bytes() == stored
    exercise = copy.path("exercises", "04_backpropagation").read_bytes()
    assert exercise in [path.read_bytes() for path in (site / "_downloads").rglob("04_backpropagation.ipynb")]


def test_documents_stand_behind_the_sessions(site):
    """Pages of docs/ are in the list; links to sessions that the book leaves out are plain words."""
    first = (site / "index.html").read_text("utf-8")
    assert first.index("lectures/06_optimizers.html") < first.index("docs/glossary.html")
    notes = (site / "docs/notes.html").read_text("utf-8")
    cell = re.search(r"<td><p>(.*)</p></td>", notes)[1]
    assert re.sub(r"<[^>]+>", "", cell) == "4, 9" and re.findall(r'href="([^"#]*)', cell) == [
        "../lectures/04_backpropagation.html"
    ]
    assert 'href="https://github.com/OWNER/NAME/blob/spring/LICENSE"' in notes, "a file of the repository"


def test_no_header_of_a_table_is_empty(site, copy):
    """A column without a name has a plain cell there: a header that says nothing would be read aloud."""
    assert "| photographs | | kind |" in (copy.root / "docs" / "photographs.md").read_text("utf-8")
    for path in site.rglob("*.html"):
        headers = re.findall(r"<th\b[^>]*>(.*?)</th>", path.read_text("utf-8"), re.DOTALL)
        assert all(re.sub(r"<[^>]+>", "", header).strip() for header in headers), path


def test_every_picture_has_its_words(site, copy):
    """Each stored picture stands in its page, and its alternative text with it."""
    page = (site / "lectures/04_backpropagation.html").read_text("utf-8")
    images = re.findall(r'<img[^>]*src="../_images/[0-9a-f]{64}[^>]*>', page)
    cells = json.loads(copy.path("lectures", "04_backpropagation").read_text("utf-8"))["cells"]
    pictures = [o for c in cells for o in c.get("outputs", []) if "image/png" in o.get("data", {})]
    assert len(images) == len(pictures) > 5
    texts = [re.search(r'alt="([^"]*)"', image)[1] for image in images]
    assert all(len(text) > 20 and "_images" not in text for text in texts)


def test_a_picture_moves_and_keeps_its_width(site):
    """The page shows the very file, on half its pixels, without a link; on a phone it becomes narrower."""
    page = (site / "lectures/04_backpropagation.html").read_text("utf-8")
    (image,) = re.findall(rf'<img[^>]*alt="{SAID}"[^>]*>', page)
    name = re.search(r'src="../(_images/[^"]+)"', image)[1]
    assert (site / name).read_bytes() == moving_picture()
    assert "width: 630px" in image and f'href="../{name}"' not in page
    style = (site / "_static/book.css").read_text("utf-8")
    assert re.search(r"\.cell_output img \{[^}]*max-width: 100%", style)


def test_a_claim_shows_its_sentence_and_folds_its_code(site, copy):
    """The reader reads what was found; how it is checked is one click away."""
    page = (site / "lectures/04_backpropagation.html").read_text("utf-8")
    cells = json.loads(copy.path("lectures", "04_backpropagation").read_text("utf-8"))["cells"]
    claims = [cell for cell in cells if "claim" in cell["metadata"].get("tags", [])]
    assert page.count("Show how this is checked") == len(claims) > 5
    outside = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    assert "✓ one and one are two" in outside
    assert "how it is checked" in page and "how it is checked" not in outside


def test_answers_are_folded(site):
    """On a solution's page every answer stands in a closed fold, without the markers of the source."""
    page = (site / "solutions/06_optimizers.html").read_text("utf-8")
    assert (
        page.count("Show the answer") >= 8 and len(re.findall(r"Show (?:\d+|a) typical mistake", page)) >= 8
    )
    assert "BEGIN SOLUTION" not in page
    outside = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    assert "@mistake" in re.sub(r"<[^>]+>", "", page)
    assert "@mistake" not in re.sub(r"<[^>]+>", "", outside)


def test_a_fold_says_what_it_holds_shut_and_open(site):
    """Each shows and hides one thing by name; none holds only an import or an announcement."""
    for name in ("solutions/06_optimizers", "lectures/06_optimizers"):
        page = (site / f"{name}.html").read_text("utf-8")
        opened = r'<details class="admonition hide[^>]*>\s*'
        folds = re.findall(rf"{opened}<summary>(.*?)</summary>(.*?)</details>", page, re.DOTALL)
        assert len(folds) == len(re.findall(opened, page)) > 5, "each is named by its own words"
        for summary, held in folds:
            shown, hidden = re.findall(r"<p[^>]*>(.*?)</p>", summary)
            assert shown.startswith("Show ") and hidden == shown.replace("Show", "Hide", 1)
            assert "code cell" not in shown
            text = re.sub(r"<[^>]+>", "", held).strip()
            assert not re.fullmatch(r"(?:(?:from|import) [^\n]+\s*)+", text), text
            assert "Typical mistakes and odd" not in text


def test_folds_and_cards_count_alike(site):
    """What the fold of a question's versions says is what its card found when the solution ran."""
    page = (site / "solutions/06_optimizers.html").read_text("utf-8")
    folds = re.findall(r"Show (\d+) typical mistakes and (\d+) odd but right answers", page)
    cards = re.findall(r"(\d+) typical mistakes told apart, (\d+) odd but right accepted", page)
    assert len(cards) >= 6 and [fold for fold in folds if fold in cards] == cards


def test_the_first_page_says_for_whom_and_shows_each_session(site, copy):
    """The README's paragraph and sentences, a picture of each lecture, how to install; links lead on."""
    readme = (copy.root / "README.md").read_text("utf-8")
    page = (site / "index.html").read_text("utf-8")
    assert "For whom:" in page and "NumPy" in page and "ten sessions" in page and "hours" in page
    told = re.sub(r"<[^>]+>", "", page)
    assert "course start my-course" in told and "git+https://github.com/OWNER/NAME" in told
    cards = re.findall(r'<div class="session">(.*?)</div>', page)
    assert len(cards) == len(SESSIONS)
    for stem, card in zip(SESSIONS, cards, strict=True):
        assert sentence(readme, stem).startswith("You will ") and sentence(readme, stem) in card
        picture, words = re.search(r'<img src="([^"]+)" alt="([^"]+)"', card).groups()
        assert (site / picture).is_file() and len(words) > 20
        links = re.findall(r'href="([^"]+)"', card)
        assert links == [f"lectures/{stem}.html", f"solutions/{stem}.html"]
        assert all((site / link).is_file() for link in links)


def test_the_readme_has_a_sentence_for_each_session():
    """The book takes them from there."""
    workbook = find_workbook()
    readme = (workbook.root / "README.md").read_text("utf-8")
    assert [stem for stem in workbook.stems("lectures") if len(sentence(readme, stem)) < 40] == []
    assert "hours" in audience(readme)


def test_links_to_binder_and_colab(site):
    """The rocket's links carry the given repository, branch and path."""
    page = (site / "lectures/06_optimizers.html").read_text("utf-8")
    assert "colab.research.google.com/github/OWNER/NAME/blob/spring/lectures/06_optimizers.ipynb" in page
    assert "mybinder.org/v2/gh/OWNER/NAME/spring?urlpath=lab/tree/lectures/06_optimizers.ipynb" in page
    assert "launch_buttons" not in settings("", "main")


def test_pages_load_nothing_from_elsewhere(site):
    """No script, style, picture or font of any page has an address on the internet."""
    for path in site.rglob("*.html"):
        loads = re.findall(r"<(?:script|img|iframe)[^>]*\bsrc=\"([^\"]*)\"", path.read_text("utf-8"))
        loads += re.findall(r"<link[^>]*rel=\"(?:stylesheet|preload)[^>]*href=\"([^\"]*)\"", path.read_text())
        outside = [address for address in loads if re.match(r"(https?:)?//", address)]
        assert outside == [], path
    assert (site / "_static/mathjax" / MATHJAX).is_file()


def test_icons_that_no_page_shows_are_left_out(site):
    """Of 2,000 icons the pages keep theirs: the menu's, the search field's, the download's."""
    script = (site / ICONS).read_text("utf-8")
    assert len(script) < 150_000
    for icon in ("bars", "magnifying-glass", "download", "rocket", "angle-right", "sun"):
        assert re.search(rf'"?\b{icon}"?:\[', script), icon
    assert "skull" not in script


@pytest.mark.nightly("builds one more book")
def test_a_book_without_solutions(copy, tmp_path):
    """No page, no download and no search word of a solution is left; exercises stay as downloads."""
    assert build_book(copy, tmp_path, ["04_backpropagation"], solutions=False) == []
    site = tmp_path / "site"
    assert not (site / "solutions").exists() and not (site / "_sources" / "solutions").exists()
    texts = [path.read_text("utf-8") for path in (*site.glob("*.html"), *site.glob("lectures/*"))]
    texts += [path.read_text("utf-8") for path in (*site.rglob("*.ipynb"), site / "searchindex.js")]
    assert not [text for text in texts if "@mistake" in text or "solutions/" in text]
    assert list((site / "_downloads").rglob("04_backpropagation.ipynb"))


@pytest.mark.nightly("builds one more book")
def test_a_link_that_leads_nowhere_is_a_fault(copy, tmp_path):
    """A broken reference is reported with its page, to a file or to a heading; a sound one is not."""
    for folder in (*FOLDERS, "docs"):
        shutil.copytree(copy.root / folder, tmp_path / folder)
    lecture = tmp_path / "lectures" / "04_backpropagation.ipynb"
    source = json.loads(lecture.read_text("utf-8"))
    links = "[a](nowhere.ipynb), [b](#no-such-heading), [c](#2.-Here,-as-JupyterLab-links)"
    source["cells"][0]["source"] = f"# Session 4\n\n{links}\n\n## 2. Here, as JupyterLab links"
    lecture.write_text(json.dumps(source), "utf-8")
    faults = build_book(Workbook(tmp_path), tmp_path / "out", ["04_backpropagation"])
    assert len(faults) == 2
    assert "lectures/04_backpropagation.ipynb" in faults[0] and "nowhere.ipynb" in " ".join(faults)
    assert "no-such-heading" in " ".join(faults)


def test_what_cannot_be_built_is_one_line(copy, tmp_path):
    """A strange address, an unknown session and a folder of something else are refused before work begins."""
    with pytest.raises(UsageError, match="--repository='OWNER' must be an address"):
        build_book(copy, tmp_path / "a", repository="OWNER")
    with pytest.raises(UsageError, match="session='06_optimiser' is unknown"):
        build_book(copy, tmp_path / "a", ["06_optimiser"])
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "mine.txt").write_text("dear")
    with pytest.raises(UsageError, match="holds something else than a book"):
        build_book(copy, tmp_path)
    assert (tmp_path / "source" / "mine.txt").read_text() == "dear"


@pytest.mark.nightly("builds one more book")
def test_nothing_of_a_person_is_deleted(copy, tmp_path):
    """A book is built over an earlier one as it was left; what somebody added or changed stops the call."""
    out = tmp_path / "book"
    for _ in range(2):
        assert build_book(copy, out, ["04_backpropagation"], solutions=False) == []
    for name in ("site/CNAME", "source/lectures/04_backpropagation.ipynb", "site/index.html"):
        path = out / name
        before = path.read_bytes() if path.exists() else None
        path.write_bytes(b"mine")
        with pytest.raises(UsageError) as error:
            build_book(copy, out, ["04_backpropagation"], solutions=False)
        assert str(error.value).startswith(f"{path} is not as course book wrote it; move it")
        assert path.read_bytes() == b"mine" and (out / "site" / "genindex.html").is_file()
        path.unlink() if before is None else path.write_bytes(before)
    with pytest.raises(UsageError, match="session='06_optimiser' is unknown"):
        build_book(copy, out, ["06_optimiser"])
    assert (out / "site" / "index.html").is_file(), "a slip costs no book"


def test_another_project_of_sphinx_is_left(copy, tmp_path):
    """Folders called source and site, with a conf.py in them, are no book of ours."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "conf.py").write_text("project = 'mine'")
    with pytest.raises(UsageError, match="holds something else than a book"):
        build_book(copy, tmp_path)
    assert (tmp_path / "source" / "conf.py").read_text() == "project = 'mine'"


@pytest.mark.nightly("builds one more book")
def test_a_build_that_was_killed_does_not_stand_in_the_way(copy, tmp_path, monkeypatch):
    """What lies there then is ours: nobody can have written into a book that was not whole yet."""
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("course.book.site.run_sphinx", interrupted)
        build_book(copy, tmp_path, ["04_backpropagation"], solutions=False)
    assert build_book(copy, tmp_path, ["04_backpropagation"], solutions=False) == []


def interrupted(source, site):
    """Leaves half a site."""
    site.mkdir()
    (site / "index.html").write_text("half")
    raise KeyboardInterrupt
