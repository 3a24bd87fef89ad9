"""All pages as one page of HTML: nothing to fetch, nothing to run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...language import _
from ...present.html import Element, append, element, inline, page
from .pages import (
    Block,
    Code,
    Details,
    Heading,
    Inline,
    Link,
    Paragraph,
    Picture,
    Points,
    Reference,
    Table,
    coded,
)

STYLE = """
:root { color: #1d2733; background: #fff; line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial,
    "PingFang TC", "Microsoft JhengHei", "Noto Sans CJK TC", "Noto Sans TC", sans-serif; }
body { margin: 0; overflow-wrap: break-word; }
main { display: grid; grid-template-columns: 17rem minmax(0, 1fr); max-width: 90rem; margin: 0 auto; }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto;
  padding: 1.5rem 1rem 3rem; font-size: .87rem; border-right: 1px solid #d6e0e9; box-sizing: border-box; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li { margin: .15rem 0; }
nav > ul > li { margin-top: .9rem; font-weight: 600; }
nav ul ul { font-weight: 400; padding-left: .6rem; }
article { padding: 1.5rem 2rem 4rem; min-width: 0; }
a { color: #0b5c8f; text-decoration: none; }
a:hover, a:focus { text-decoration: underline; }
h1, h2, h3, h4 { line-height: 1.25; color: #0b3c5d; scroll-margin-top: .5rem; break-after: avoid; }
h1 { font-size: 1.9rem; margin: .2rem 0 1rem; }
h2 { font-size: 1.5rem; margin: 3.5rem 0 .8rem; padding-bottom: .3rem; border-bottom: 2px solid #0b3c5d; }
h3 { font-size: 1.2rem; margin: 2.4rem 0 .5rem; }
h4 { font-size: 1rem; margin: 1.6rem 0 .3rem; }
h2 code, h3 code, h4 code { font-size: .8em; font-weight: 400; }
:target { background: #fff3c4; }
p { margin: .5rem 0; max-width: 48rem; }
.quiet, footer { color: #51606f; font-size: .92rem; }
footer { margin-top: 4rem; border-top: 1px solid #d6e0e9; padding-top: .6rem; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .88em;
  background: #f1f4f7; padding: .05em .3em; border-radius: 3px; color: #33414f; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .8rem 0 1rem; font-size: .88rem; line-height: 1.4; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0;
  border-bottom: 1px solid #d6e0e9; min-width: 5.5rem; }
thead th { border-bottom: 2px solid #0b3c5d; color: #0b3c5d; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem 1.1rem; margin: .5rem 0 1rem;
  font-size: .95rem; }
dt { color: #51606f; max-width: 11rem; }
dd { margin: 0; max-width: 48rem; }
figure { margin: 1rem 0; overflow: auto; max-height: 46rem; border: 1px solid #d6e0e9; }
figure svg { display: block; }
@media (max-width: 52rem) {
  main { display: block; }
  nav { position: static; max-height: 40vh; border-right: 0; border-bottom: 1px solid #d6e0e9; }
  article { padding: 1rem; }
  dl { display: block; }
  dd { margin: 0 0 .5rem; }
}
@media print {
  main { display: block; }
  nav { display: none; }
  figure { max-height: none; overflow: visible; border: 0; }
  figure svg { max-width: 100%; height: auto; }
}
"""


def reference_html(reference: Reference, drawings: Mapping[str, bytes]) -> str:
    """The whole reference as one document.

    Args:
        reference: what it says.
        drawings: for each picture, by its file, the drawing as SVG.
    """
    article = element("article", element("h1", reference.title))
    for n, each in enumerate(reference.pages):
        if n:
            article.append(element("h2", each.title, id=f"page-{each.file}"))
        article.extend(part for block in each.blocks for part in _block(block, drawings))
    article.append(element("footer", reference.footer))
    return page(reference.title, STYLE, reference.language, _contents(reference), article)


def _contents(reference: Reference) -> Element:
    """The way around: each page, with its first level of headings."""
    pages = element("ul")
    for n, each in enumerate(reference.pages):
        headings = [b for b in each.blocks if isinstance(b, Heading) and b.level == 2]
        inner = element("ul", *(element("li", _link(b.text, b.anchor)) for b in headings))
        title = _link(each.title, f"page-{each.file}") if n else element("a", each.title, href="#")
        pages.append(element("li", title, *([inner] if headings else [])))
    return element("nav", pages, aria_label=_("Contents"))


def _block(block: Block, drawings: Mapping[str, bytes]) -> Iterator[Element]:
    if isinstance(block, Heading):
        # The document has the title, and each page a heading, above those of the page.
        heading = element(f"h{min(block.level + 1, 6)}", block.text, id=block.anchor)
        if block.code:
            append(heading, " ", element("code", block.code))
        yield heading
    elif isinstance(block, Paragraph):
        yield element("p", *_inline(block.content), class_="quiet" if block.quiet else "")
    elif isinstance(block, Points):
        yield element("ul", *(element("li", *_inline(item)) for item in block.items))
    elif isinstance(block, Details):
        rows = element("dl")
        for label, content in block.rows:
            append(rows, element("dt", label), element("dd", *_inline(content)))
        yield rows
    elif isinstance(block, Table):
        yield element("div", _table(block), class_="wide")
    elif isinstance(block, Picture):
        drawn = inline(drawings[block.file], block.file)
        size = drawn.get("viewBox", "0 0 0 0").split()[2:]
        # As large as it was drawn: to be legible, it is scrolled.
        drawn.set("width", f"{size[0]}pt")
        drawn.set("height", f"{size[1]}pt")
        drawn.set("role", "img")
        drawn.set("aria-label", block.alt)
        yield element("figure", drawn)


def _table(block: Table) -> Element:
    head = element("thead", element("tr", *(element("th", cell, scope="col") for cell in block.header)))
    body = element("tbody")
    for row in block.rows:
        body.append(element("tr", *(element("td", *_inline(cell)) for cell in row)))
    return element("table", head, body)


def _inline(content: Inline) -> Iterator[Element | str]:
    for part in content:
        if isinstance(part, Link):
            yield _link(part.text, part.anchor)
        elif isinstance(part, Code):
            yield element("code", part.text)
        else:
            for piece in coded(part):
                yield piece if isinstance(piece, str) else element("code", piece.text)


def _link(text: str, anchor: str) -> Element:
    return element("a", text, href=f"#{anchor}")
