"""The last touches to a page's HTML: empty headers, names of folds, and code that fits its page."""

import re
from html import unescape

EMPTY_HEADER = re.compile(r"<th\b([^>]*)>(\s*(?:<p>\s*</p>)?\s*)</th>")
TOGGLE = '<summary aria-label="Toggle hidden content">'
CODE = re.compile(
    r'(highlight-(?!myst-ansi)[\w-]+ notranslate"><div class="highlight"><pre>)(.*?)(</pre>)', re.DOTALL
)
PLAIN = re.compile(r'<span class="[npw]">([^<]*)</span>')  # names, brackets, spaces: the color of text
LONG = 40  # characters that a phone's page has room for


def finished(body: str) -> str:
    """A page's HTML with the touches of this file."""
    body = EMPTY_HEADER.sub(r"<td\1>\2</td>", body)
    body = body.replace(TOGGLE, "<summary>")  # its own words name it
    return CODE.sub(lambda code: code[1] + breakable(PLAIN.sub(r"\1", code[2])) + code[3], body)


def breakable(code: str) -> str:
    """Highlighted code, each long line in an element that knows its indent: broken, it goes on behind that.

    A line may be broken at spaces and behind brackets that open. No element of Pygments spans two lines.
    """
    return "\n".join(map(_line, code.split("\n")))


def _line(line: str) -> str:
    text = unescape(re.sub(r"<[^>]+>", "", line))
    if len(text) <= LONG:
        return line
    indent = len(text) - len(text.lstrip(" "))
    parts = line.replace("(", "(<wbr>").replace("[", "[<wbr>")
    return f'<span class="line" style="--indent: {indent}ch">{parts}</span>'
