"""What a page loads besides itself, without what none of the pages needs.

Formulas are drawn by MathJax with web fonts: 0.8 MB of scripts and the few fonts that a page needs, on pages
that have a formula. Its single file with every extension, a menu and all glyphs as paths has 2.3 MB. Icons
come from the theme's script of Font Awesome, 1.6 MB, of which pages show a dozen.
"""

import re
import shutil
from importlib.util import find_spec
from pathlib import Path

MATHJAX = "startup.js"
LOADED = ["input/tex", "output/chtml", "a11y/assistive-mml"]  # by every page with a formula
COPIED = (
    MATHJAX,
    "core.js",
    "input/tex.js",
    "input/tex/extensions/*.js",  # each loaded by the formula that needs it
    "output/chtml.js",
    "output/chtml/fonts/tex.js",
    "output/chtml/fonts/woff-v2/*.woff",
    "a11y/assistive-mml.js",
)
ICONS = Path("_static") / "scripts" / "fontawesome.js"
ICON = re.compile(
    r'"?(?P<name>[a-z0-9-]+)"?:\[\d+,\d+,\[(?P<also>[^\]]*)\],"[0-9a-f]+",(?:"[^"]*"|\[[^\]]*\])\],?'
)  # name: [width, height, [other names], code, path or paths]


def copy_mathjax(target: Path) -> None:
    """Copy what formulas need out of the package sphinx-mathjax-offline."""
    folder = Path(find_spec("sphinx-mathjax-offline").origin).parent / "static" / "mathjax"
    for path in (path for pattern in COPIED for path in folder.glob(pattern)):
        place = target / path.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def leave_unused_icons_out(site: Path) -> None:
    """Of Font Awesome's icons keep those that a page or a script of the theme names."""
    scripts = [path for path in (site / ICONS).parent.glob("*.js") if path.name != ICONS.name]
    texts = [path.read_text("utf-8") for path in (*site.rglob("*.html"), *scripts)]
    used = {name for text in texts for name in re.findall(r"\bfa-([a-z0-9-]+)", text)}

    def kept(icon: re.Match) -> str:
        names = {icon["name"], *re.findall(r'"([a-z0-9-]+)"', icon["also"])}
        return icon[0] if names & used else ""

    path = site / ICONS
    path.write_text(ICON.sub(kept, path.read_text("utf-8")), "utf-8")
